/**
 * An operation that no file of the product knows, as someone would add it: its description, its code, and the line that
 * registers it (the last).
 */
import { z } from "zod";
import type { OperationContext } from "../../../automation/operations/operation-context";
import type { RegisteredOperation } from "../../../automation/operations/registry";
import { targetDatabase } from "../../../automation/fleet-records";
import { verdictOf, type PlanBasis } from "../../../automation/records";
import type { Operation, OperationDescription } from "../../../automation/runner/operation";
import type { OrderOfSteps } from "../harness/order-of-steps";

const labelRequest = z.strictObject({
  database: z.string().meta({ description: "the database to label", placeholder: "identifier" }),
  labelText: z.string().min(3, "give 3 letters or more").meta({ description: "what to write on it" }),
  copies: z.number().int("give a whole number").max(9).default(1).meta({ description: "how often" }),
  colour: z.enum(["blue", "green"]).optional().meta({ description: "in which colour" }),
  shout: z.boolean().default(false).meta({ description: "in capital letters" }),
});
type LabelRequest = z.infer<typeof labelRequest>;

const label: OperationDescription<LabelRequest> = {
  name: "label",
  version: 1,
  owner: "a test",
  title: "write a label on a database",
  examples: ['--database orders --label-text paid --shout --reason "as agreed"'],
  effect: "changes",
  request: labelRequest,
};

interface LabelPlan extends PlanBasis {
  before: string;
  after: string;
}

const once = { attemptsMax: 1, timeoutSeconds: 60 };

/** The world is a table: it stays when a worker is killed. */
const open = async ({ database }: OperationContext): Promise<Operation<LabelRequest, string, LabelPlan, string>> => {
  await database.query("create table if not exists label (target text primary key, text text, writes int default 1)");
  const read = async (target: string) =>
    (await database.query<{ text: string }>("select text from label where target = $1", [target]))[0]?.text ?? "";
  const write = (target: string, text: string) =>
    database.query(
      "insert into label values ($1, $2) on conflict (target) do update set text = excluded.text, writes = label.writes + 1",
      [target, text],
    );
  return {
    ...label,
    observe: (request, step) => step("read the label", once, () => read(request.database)),
    plan: ({ database: identifier, labelText, copies, colour, shout }, before) => ({
      target: identifier,
      database: targetDatabase({
        identifier,
        resourceId: `db-${identifier}`,
        arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
      }),
      tags: { tier: "bronze", owner: "team-orders", "shipshape:standard": "shipshape/1.1.0/0123456789ab" },
      evidenceValidDays: 7,
      before,
      after: `${colour ?? "black"}: ${(shout ? labelText.toUpperCase() : labelText).repeat(copies)}`,
    }),
    stillHolds: (plan, before) => plan.before === before,
    run: async ({ target, after }, step) => {
      await step("write the label", once, async () => void (await write(target, after)));
      return step("read what was written", once, () => read(target));
    },
    verify: ({ after }, found) =>
      verdictOf([
        {
          name: "label-is-written",
          verdict: found === after ? "pass" : "fail",
          explanation: `the label says "${found}"`,
          figures: {},
        },
      ]),
  };
};

export const toyOrder: OrderOfSteps = {
  1: {
    "a label": {
      observe: ["read the label", "read the label (before the run)"],
      run: ["write the label", "read what was written"],
      cleanUp: [],
    },
  },
};

export const toyOperation: RegisteredOperation = { ...label, open };
