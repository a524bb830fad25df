/**
 * A worker with one small operation, for tests that kill or freeze it:
 * `tsx probe-worker.ts <database url> <key file> <moment> [<request id>] [<silent seconds>]`.
 * It submits a request if none is given, prints its id, does what the moment says, and otherwise ends with the run, or
 * when that waits for people or a pause holds it. In place of an id, `change` submits the probe that changes its
 * database; its plan holds while the table `world` says what it said when the plan was made. `change unowned` is the
 * same for a database without tags, and `change gold` for one whose tier is gold. The table `proven` says what is known
 * about the recovery of each.
 *
 * A moment can begin with `version <n>: `: then that is the probe's only version that this worker has.
 *
 * Moments: `submitted` kills the process (SIGKILL) before it works; `before <step>` and `after <step>` kill it then;
 * `stay in first` repeats effects in that step until the effect `go on` is recorded; `end in <step>` cancels the run in
 * that step; `pause while it looks` pauses everything while the change observes.
 */
import { heldTo } from "../../automation/tier-of";
import { builtIn } from "../../components/standards/built-in";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { openControlPlane } from "../../automation/control-plane";
import { heldKey } from "../../automation/evidence/signing-key";
import { targetDatabase } from "../../automation/fleet-records";
import { verdictOf, type PlanBasis, type Recoverability } from "../../automation/records";
import type { Operation, Step } from "../../automation/runner/operation";
import { readRun } from "../../automation/runner/runs";

const [url = "", keyFile = "", when = "", given = "", silentSeconds] = process.argv.slice(2);
const [, version = "1", moment = ""] = /^(?:version (\d+): )?(.*)$/.exec(when) ?? [];
const once = { attemptsMax: 1, timeoutSeconds: 120 };

function dieAt(reached: string): void {
  if (reached === moment) process.kill(process.pid, "SIGKILL");
}

async function main(): Promise<void> {
  process.noDeprecation = true; // as the command does: the durable engine uses what a later node-postgres will refuse
  const controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: url,
    signer: async () => ({
      origin: "shipshape.test/evidence",
      ...heldKey(createPrivateKey(readFileSync(keyFile))),
    }),
    toolVersions: {},
    operations: async () => [probe, probeChange],
    recoveryOf: async () => ({ recoverability: await recoverability(), reason: "the test says so", drill: null }),
    ...(silentSeconds !== undefined && { workerSilentSecondsMax: Number(silentSeconds) }),
  });
  const { database } = controlPlane;
  const recoverability = async () =>
    (await database.query<{ recoverability: Recoverability }>("select recoverability from proven"))[0]
      ?.recoverability ?? "never";
  await database.query("create table if not exists proven (recoverability text)");
  await database.query("create table if not exists effect (moment text, at timestamptz default clock_timestamp())");
  const record = (what: string) => database.query("insert into effect (moment) values ($1)", [what]);
  const stay = async () => {
    for (;;) {
      await record("stayed");
      if ((await database.query("select 1 from effect where moment = 'go on'")).length > 0) return;
      await sleep(5);
    }
  };
  // As a cancel does, in the moment before the durable engine knows of it.
  const endOutside = () =>
    database.query("update run set status = 'cancelled', finished_at = now() where finished_at is null");
  const effect = (name: string, step: Step) =>
    step(name, once, async () => {
      dieAt(`before ${name}`);
      await record(name);
      if (moment === `stay in ${name}`) await stay();
      if (moment === `end in ${name}`) await endOutside();
      dieAt(`after ${name}`);
      return name;
    });
  Object.assign(probe, {
    observe: (_: unknown, step: Step) => effect("observe", step),
    run: async (_: unknown, step: Step) => [
      await effect("first", step),
      await effect(moment === "a name twice" ? "first" : "second", step),
    ],
    cleanUp: async (_: unknown, step: Step) => ({
      removed: [{ kind: "probe", identifier: await effect("remove", step), provenGoneBy: "a test" }],
    }),
  });
  await database.query("create table if not exists world (state text)");
  const look = async () => {
    if (moment === "pause while it looks") await controlPlane.pause("all", { principal: "ops", reason: "an incident" });
    return seen();
  };
  const seen = async () => (await database.query<{ state: string }>("select state from world"))[0]?.state ?? "new";
  Object.assign(probeChange, {
    observe: (_: unknown, step: Step) => step("look", once, look),
    run: async (_: unknown, step: Step) => [await effect("first", step), await effect("second", step)],
  });
  const by = { requestedBy: "ana", reason: "to be killed" };
  const input = { database: given.startsWith("change ") ? given.slice("change ".length) : "orders" };
  const id = given.startsWith("change")
    ? await controlPlane.submit("probe-change", input, by)
    : given || (await controlPlane.submit("probe", input, by));
  process.stdout.write(`${id}\n`);
  dieAt("submitted");
  const worker = await controlPlane.work((error) => {
    process.stderr.write(`${error.code}\n`);
    process.exit(error.exitCode);
  });
  for (;;) {
    const run = await readRun(database, id);
    const goesOn = run.cleanUp === "pending" || (run.cleanUp === "stuck" && moment === "never, until cleaned up");
    if (run.status === "waiting" || run.heldAt || (run.finishedAt && !goesOn && run.sealedAt)) break;
    await sleep(50);
  }
  await worker.stop();
  await controlPlane.close();
}

interface ProbePlan extends PlanBasis {
  seen: string;
}
const replaced = () => Promise.reject(new Error("replaced in main"));
const tags: Record<string, string> = {
  tier: "bronze",
  owner: "team-orders",
  "shipshape:standard": "shipshape/1.1.0/0123456789ab",
};
const tagsOf = (database: string): Record<string, string> =>
  database === "unowned" ? {} : database === "gold" ? { ...tags, tier: "gold" } : tags;
const probe: Operation<{ database: string }, string, ProbePlan, string[]> = {
  name: "probe",
  version: Number(version),
  owner: "a test",
  title: "be killed",
  examples: [],
  effect: "throwaway",
  request: z.strictObject({ database: z.string() }),
  observe: replaced,
  plan: ({ database }, seen) => ({
    target: database,
    database: targetDatabase({
      identifier: database,
      resourceId: `db-${database}`,
      arn: `arn:aws:rds:eu-central-1:123456789012:db:${database}`,
    }),
    tags: tagsOf(database),
    heldTo: heldTo(tagsOf(database), builtIn),
    evidenceValidDays: 7,
    seen,
  }),
  run: replaced,
  verify: (_, outcome) =>
    verdictOf([
      {
        name: "probed",
        verdict: outcome.length === 2 ? "pass" : "fail",
        explanation: "both steps ran",
        figures: { steps: outcome.length },
      },
    ]),
};

const probeChange: typeof probe = {
  ...probe,
  name: "probe-change",
  effect: "changes",
  stillHolds: (plan, seen) => plan.seen === seen,
};

void main();
