/**
 * A worker with one small operation, for tests that kill it: `tsx probe-worker.ts <database url> <kill at> [<request id>]`.
 * It submits a request where none is given, kills itself (SIGKILL) at the named moment, and otherwise ends when the run is over.
 */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { openControlPlane } from "../../automation/main";
import { targetDatabase, verdictOf, type PlanBasis } from "../../automation/records";
import type { Operation, Step } from "../../automation/runner/operation";
import { readRun } from "../../automation/runner/runs";

const [url = "", killAt = "", keyFile = "", givenId] = process.argv.slice(2);
const once = { attemptsMax: 1, timeoutSeconds: 30 };

function dieAt(moment: string): void {
  if (moment === killAt) process.kill(process.pid, "SIGKILL");
}

async function main(): Promise<void> {
  const controlPlane = await openControlPlane({
    databaseUrl: url,
    signer: { origin: "shipshape.test/evidence", key: createPrivateKey(readFileSync(keyFile)) },
    toolVersions: {},
    operations: () => [probe],
  });
  const { database } = controlPlane;
  await database.query("create table if not exists effect (moment text, at timestamptz default clock_timestamp())");
  const effect = (moment: string, step: Step) =>
    step(moment, once, async () => {
      dieAt(`before ${moment}`);
      await database.query("insert into effect (moment) values ($1)", [moment]);
      dieAt(`after ${moment}`);
      return moment;
    });
  Object.assign(probe, {
    observe: (_: unknown, step: Step) => effect("observe", step),
    run: async (_: unknown, step: Step) => [await effect("first", step), await effect("second", step)],
    cleanUp: async (_: unknown, step: Step) => ({ removed: [{ kind: "probe", identifier: await effect("remove", step), provenGoneBy: "a test" }] }),
  });
  const id = givenId ?? (await controlPlane.submit("restore-drill", { database: "orders" }, { requestedBy: "a test", reason: "to be killed" }));
  process.stdout.write(`${id}\n`);
  const worker = await controlPlane.work();
  for (;;) {
    const run = await readRun(database, id);
    if (run.finishedAt && run.cleanUp !== "pending") break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await worker.stop();
  await controlPlane.close();
}

const probe: Operation<{ database: string }, string, PlanBasis, string[]> = {
  name: "restore-drill",
  owner: "a test",
  request: z.strictObject({ database: z.string() }),
  observe: () => Promise.reject(new Error("replaced in main")),
  plan: ({ database }) => ({
    target: database,
    database: targetDatabase({ identifier: database, resourceId: "db-PROBED", arn: `arn:aws:rds:eu-central-1:123456789012:db:${database}` }),
    evidenceValidDays: 7,
  }),
  run: () => Promise.reject(new Error("replaced in main")),
  verify: (_, outcome) =>
    verdictOf([{ name: "probed", verdict: outcome.length === 2 ? "pass" : "fail", explanation: "both steps ran", figures: { steps: outcome.length } }]),
};

void main();
