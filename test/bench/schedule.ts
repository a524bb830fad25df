import { builtIn } from "../../components/standards/built-in";
import { openControlPlane } from "../../automation/control-plane";
import type { LogContent, LogEntry } from "../../automation/evidence/reading";
import { restoreDrill } from "../../automation/operations/restore-drill/restore-drill";
import type { RestoreDrillSteps } from "../../automation/operations/restore-drill/steps";
import { targetDatabase, type FleetDatabase } from "../../automation/fleet-records";
import { makeControlPlaneDatabase } from "../automation/control-plane-database";
import type { Measure } from "./measure";

const databases = 10_000;
const requestsPerPass = 100;

/** One pass of a worker with `--schedule`, once the cloud and the log have been read. */
export const scheduledDatabases: Measure = {
  name: `schedule of ${databases.toLocaleString("en")} databases`,
  ours: `what is known of each, when it is due, and ${requestsPerPass} requests`,
  floor: "reading their requests and runs of a day, once",
  runs: 5,
  async prepare() {
    const postgres = await makeControlPlaneDatabase();
    const controlPlane = await openControlPlane({
      standard: builtIn,
      databaseUrl: postgres.url,
      signer: () => {
        throw new Error("nothing is signed here");
      },
      toolVersions: {},
      operations: async () => [restoreDrill({} as RestoreDrillSteps, builtIn)],
    });
    const { database } = controlPlane;
    const fleet = { asked: true as const, databases: Array.from({ length: databases }, (_, at) => inCloud(at)) };
    const log: LogContent = { head: undefined, problems: [], entries: fleet.databases.map(drillOf) };
    await database.query(
      `insert into request (id, operation, input, requested_by, reason)
       select 'old-' || n, 'restore-drill', jsonb_build_object('database', 'database-' || n), 'ana', 'scheduled' from generate_series(0, $1::int - 1) n`,
      [databases],
    );
    await database.query(
      `insert into run (request_id, status, plan, finished_at) select id, 'succeeded', jsonb_build_object('database',
         jsonb_build_object('account', '123456789012', 'region', 'eu-central-1', 'resourceId', 'db-' || substr(id, 5))), now() from request`,
    );
    return {
      async ours() {
        const began = performance.now();
        // Two days later: nothing was requested within the day, and what was seen then is due.
        const now = new Date(Date.now() + 2 * 86_400_000);
        const recoveries = await controlPlane.recovery(log, fleet, now);
        const budget = { now, openMax: requestsPerPass, perDayMax: requestsPerPass * 24, requestedBy: "ana" };
        const { submitted } = await controlPlane.submitDueDrills(recoveries, fleet, budget);
        const seconds = (performance.now() - began) / 1000;
        if (submitted.length !== requestsPerPass) throw new Error(`${submitted.length} drills were requested`);
        await database.query("delete from run where request_id not like 'old-%'");
        await database.query("delete from request where id not like 'old-%'");
        return seconds;
      },
      floor: async () =>
        void (await database.query(
          "select request.*, run.* from request join run on run.request_id = request.id where operation = 'restore-drill'",
        )),
      async after() {
        await controlPlane.close();
        await postgres.remove();
      },
    };
  },
};

function inCloud(at: number): FleetDatabase {
  const identifier = `database-${at}`;
  const arn = `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`;
  const tags = { tier: "gold", environment: "production", "shipshape:standard": "shipshape/1.1.0/0123456789ab" };
  const known = targetDatabase({ identifier, resourceId: `db-${at}`, arn });
  return {
    ...known,
    restorableFrom: new Date(0),
    backupRetentionDays: 35,
    size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
    tags,
  };
}

/** The newest verdict about it: every tenth database failed, the others are due in the next days. */
function drillOf({ identifier, resourceId, arn, account, region }: FleetDatabase, position: number): LogEntry {
  const issued = Date.now() - (position % 72) * 3_600_000;
  const predicate = {
    operation: "restore-drill",
    requestId: `old-${position}`,
    target: identifier,
    database: { identifier, resourceId, arn, account, region },
    verdict: position % 10 === 0 ? "fail" : "pass",
    teardown: "none",
    issuedAt: new Date(issued).toISOString(),
    expiresOn: new Date(issued + 7 * 86_400_000).toISOString(),
    plan: null,
    outcome: null,
    error: null,
  };
  const subject = { name: `urn:shipshape:run:old-${position}`, digest: { sha256: "ab" } };
  const run = { id: `old-${position}.verdict`, kind: "verdict", subject, predicate };
  return { position, envelope: "", statement: {}, run } as unknown as LogEntry;
}
