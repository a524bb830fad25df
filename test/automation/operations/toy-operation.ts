/**
 * An operation that no other file knows, as someone would add it: its description, its code, and the line that
 * registers it (the last). As a program it is the `shipshape` command with this operation alone:
 * `tsx toy-operation.ts <moment> <word>…`; at the moment, `before <step>` or `after <step>`, its process is killed.
 */
import { join } from "node:path";
import { z } from "zod";
import { main } from "../../../automation/command-line/main";
import type { OperationContext } from "../../../automation/operations/operation-context";
import { targetDatabase, verdictOf, type PlanBasis } from "../../../automation/records";
import type { Operation, OperationDescription, Step } from "../../../automation/runner/operation";

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

const [moment = "", ...words] = process.argv.slice(2);
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
  const killed = (step: Step, name: string, work: () => Promise<string>) =>
    step(name, once, async () => {
      if (moment === `before ${name}`) process.kill(process.pid, "SIGKILL");
      const result = await work();
      if (moment === `after ${name}`) process.kill(process.pid, "SIGKILL");
      return result;
    });
  return {
    ...label,
    observe: (request, step) => killed(step, "read the label", () => read(request.database)),
    plan: ({ database: identifier, labelText, copies, colour, shout }, before) => ({
      target: identifier,
      database: targetDatabase({
        identifier,
        resourceId: "db-LABELLED",
        arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
      }),
      tags: { owner: "team-orders", "shipshape:standard": "shipshape/1.1.0/0123456789ab" },
      evidenceValidDays: 7,
      before,
      after: `${colour ?? "black"}: ${(shout ? labelText.toUpperCase() : labelText).repeat(copies)}`,
    }),
    stillHolds: (plan, before) => plan.before === before,
    run: async ({ target, after }, step) => {
      await killed(step, "write the label", async () => (await write(target, after), after));
      return killed(step, "read what was written", () => read(target));
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

void main(words, join(__dirname, "../../.."), [{ ...label, open }]).then((code) => (process.exitCode = code));
