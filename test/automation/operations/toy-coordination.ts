/**
 * An operation about several databases: it has each labelled by a child request, the first one before the others, which
 * wait until a person says so.
 */
import { z } from "zod";
import type { RegisteredOperation } from "../../../automation/operations/registry";
import { verdictOf, type ChildEnd, type PlanBasis } from "../../../automation/records";
import type { Operation, OperationDescription } from "../../../automation/runner/operation";
import type { OrderOfSteps } from "../harness/order-of-steps";

const labelAllRequest = z.strictObject({
  databases: z.string().meta({ description: "their identifiers, with commas between" }),
  labelText: z.string().meta({ description: "what to write on them" }),
  waitSeconds: z.number().default(600).meta({ description: "how long to wait for each thing" }),
});
type LabelAllRequest = z.infer<typeof labelAllRequest>;

const labelAll: OperationDescription<LabelAllRequest> = {
  name: "label-all",
  version: 1,
  owner: "a test",
  title: "write a label on several databases",
  examples: ['--databases orders,ledger --label-text paid --reason "as agreed"'],
  effect: "reads",
  request: labelAllRequest,
};

interface LabelAllPlan extends PlanBasis {
  databases: string[];
  labelText: string;
  waitSeconds: number;
}
interface Outcome {
  goneOn: string | undefined;
  ends: (ChildEnd | undefined)[];
}

const operation: Operation<LabelAllRequest, undefined, LabelAllPlan, Outcome> = {
  ...labelAll,
  observe: () => Promise.resolve(undefined),
  plan: ({ databases, labelText, waitSeconds }) => ({
    target: databases,
    tags: {},
    evidenceValidDays: 7,
    databases: databases.split(","),
    labelText,
    waitSeconds,
  }),
  run: async ({ databases, labelText, waitSeconds }, step) => {
    const [first = "", ...others] = databases;
    const ends: Outcome["ends"] = [];
    const request = (database: string) => step.keyed(database).child("label", { database, labelText });
    const end = async () => ends.push(await step.keyed(String(ends.length + 1)).childEnd(waitSeconds));
    await request(first);
    await end();
    const message = await step.waitFor("go on", waitSeconds);
    if (message) for (const database of others) await request(database);
    if (message) for (const _ of others) await end();
    return { goneOn: message?.sentBy, ends };
  },
  verify: ({ databases }, { ends }) =>
    verdictOf(
      databases.map((name, at) => ({
        name,
        verdict: ends[at]?.verdict ?? "inconclusive",
        explanation: `its request has ${ends[at]?.status ?? "not ended"}`,
        figures: {},
      })),
    ),
};

export const toyCoordinationOrder: OrderOfSteps = {
  1: {
    "two databases": {
      observe: [],
      run: [
        "request label (orders)",
        "wait for a child (1)",
        "wait for go on",
        "request label (ledger)",
        "wait for a child (2)",
      ],
      cleanUp: [],
    },
  },
};

export const toyCoordination: RegisteredOperation = { ...labelAll, open: () => Promise.resolve(operation) };
