/** The runs that people look at. */
import type { Database } from "../database";
import { sqlIsOneOf, type Targets } from "../fleet-records";
import type { RunStatus } from "../records";
import { readRuns } from "./runs";

/** What runs to list: those for which all of these hold. */
export interface RunFilter {
  /** About one of these databases. @default about any */
  targets?: Targets | undefined;
  operation?: string | undefined;
  status?: RunStatus | undefined;
}

const isOneOf = (identities: string) => sqlIsOneOf("(run.plan -> 'database')", identities);

/** The latest runs, newest first. */
export const latestRuns = (database: Database, countMax: number, { targets, operation, status }: RunFilter = {}) =>
  readRuns(
    database,
    `where ($2::text[] is null or coalesce(run.plan ->> 'target', request.input ->> 'database') = any ($2))
       and ${isOneOf("$5")} and ($3::text is null or request.operation = $3) and ($4::text is null or run.status = $4)
     order by request.received_at desc limit $1`,
    [countMax, targets?.names ?? null, operation ?? null, status ?? null, targets?.identities ?? null],
  );

/** The runs of a request's children, in the order in which they were requested. */
export const runsOfChildren = (database: Database, requestId: string) =>
  readRuns(database, "where request.parent_id = $1 order by request.received_at, request.id", [requestId]);

/** The runs that wait for people, the oldest first. */
export const runsAwaitingApproval = (database: Database, countMax: number, targets?: Targets) =>
  readRuns(
    database,
    `where run.status = 'waiting' and ($2::text[] is null or run.plan ->> 'target' = any ($2))
       and ${isOneOf("$3")} order by request.received_at limit $1`,
    [countMax, targets?.names ?? null, targets?.identities ?? null],
  );

/** The trains that have a plan and have not ended, the first requested first. */
export const openTrains = (database: Database, countMax: number) =>
  readRuns(
    database,
    `where request.operation = 'ringed-patch' and run.finished_at is null and run.plan is not null
     order by request.received_at, request.id limit $1`,
    [countMax],
  );
