/**
 * Places: at most so many runs at once, of one operation, in one account and Region, and of what a run has alone,
 * whatever workers there are. A
 * run that may begin takes a place for each, or is held, without a workflow, until there is one. It keeps them until its
 * clean-up is over: what it created counts against the account's quotas until then.
 */
import type { Database } from "../database";
import { identityOf, type TargetDatabase } from "../fleet-records";
import type { PlanBasis } from "../records";
import { runsPerAccountAndRegionMax, runsPerOperationMax } from "./limits";

/** What a company has set instead of the numbers in limits.ts. */
export interface Bounds {
  accountAndRegion?: number | undefined;
  /** By the operation's name. */
  operations?: Record<string, number> | undefined;
}

export interface BoundState {
  /** What is bounded, such as "runs of restore-drill". */
  scope: string;
  runsMax: number;
  running: number;
  /** Runs in it that are held, by this bound or another. */
  held: number;
  /** Whether `shipshape.yaml` may set it. */
  isSet: boolean;
}

/** The database that a run has to itself. */
export const ownDatabase = (plan: PlanBasis | undefined): TargetDatabase | undefined =>
  plan?.waits ? undefined : plan?.database;

/** The same for every run of that database, and for no run of another one of its name. */
export function ownIdentity(plan: PlanBasis | undefined): string | undefined {
  const own = ownDatabase(plan);
  return own && identityOf(own);
}

const OF = "runs of ";
/** What one run at a time has, of whatever operation and about whatever database. */
const ALONE = "the ";
const scopesOf = (operation: string, plan: PlanBasis | undefined): string[] => {
  const database = ownDatabase(plan);
  return [
    `${OF}${operation}`,
    ...(database ? [`runs in ${database.account} ${database.region}`] : []),
    ...(plan?.alone === undefined ? [] : [`${ALONE}${plan.alone}`]),
  ];
};

const boundOf = (scope: string, { operations = {}, accountAndRegion = runsPerAccountAndRegionMax }: Bounds): number => {
  if (scope.startsWith(ALONE)) return 1;
  const operation = scope.startsWith(OF) ? scope.slice(OF.length) : undefined;
  if (operation === undefined) return accountAndRegion;
  return (Object.hasOwn(operations, operation) && operations[operation]) || runsPerOperationMax;
};

/** Of a scope, with the parameters of `bounds`. */
const BOUND = `case when starts_with(scope, '${ALONE}') then 1 when starts_with(scope, '${OF}') then coalesce(($1::jsonb ->> substr(scope, ${OF.length + 1}))::int, $2) else $3 end`;
const bounds = ({ operations = {}, accountAndRegion = runsPerAccountAndRegionMax }: Bounds) => [
  JSON.stringify(operations),
  runsPerOperationMax,
  accountAndRegion,
];

const TAKEN =
  "select scope, count(distinct place_of)::int as n from run, unnest(scopes) as scope where has_place group by scope";
const HELD = "held_at is not null and scopes is not null and not has_place and finished_at is null";
/**
 * The combinations of scopes that runs are held in: as many as there are operations in accounts and Regions, found by
 * the index, however many runs are held.
 */
const HELD_SCOPES = `held_scopes (scopes) as (
  (select scopes from run where ${HELD} order by scopes limit 1)
  union all
  select (select run.scopes from run where ${HELD} and run.scopes > one.scopes order by run.scopes limit 1)
  from held_scopes as one where one.scopes is not null)`;

/** Two that count at once would both take the last place. Comes last in a transaction: it waits for no other lock. */
const lockPlaces = (transaction: Database) =>
  transaction.query("select pg_advisory_xact_lock(hashtext('shipshape places'))");

/**
 * Whether the run takes its places. If not, it is held: a bound is reached, or else another was held there before it,
 * which may fit now.
 */
export async function takePlace(
  transaction: Database,
  run: { requestId: string; operation: string; plan: PlanBasis | undefined },
  inForce: Bounds,
): Promise<"taken" | "full" | "behind"> {
  const scopes = scopesOf(run.operation, run.plan);
  // Runs of one database come one after the other, whatever places they have. But a clean-up is not among them, and it
  // may still work on what its run had alone.
  const place = ownIdentity(run.plan) ?? run.requestId;
  await lockPlaces(transaction);
  const [found] = await transaction.query<{ hasPlace: boolean; isFull: boolean }>(
    `with recursive ${HELD_SCOPES},
     taken as (
       select scope, count(distinct place_of) as n from run, unnest(scopes) as scope
       where has_place and request_id <> $1 and (place_of <> $4 or starts_with(scope, '${ALONE}')) group by scope),
     found as (select
       exists (select from unnest($2::text[], $3::int[]) as own (scope, bound) join taken using (scope) where n >= bound) as is_full,
       exists (select from held_scopes where scopes && $2) as is_behind)
     update run set scopes = $2, place_of = $4, has_place = not is_full and not is_behind,
       held_at = case when is_full or is_behind then clock_timestamp() end
     from found where request_id = $1 returning has_place as "hasPlace", is_full as "isFull"`,
    [run.requestId, scopes, scopes.map((scope) => boundOf(scope, inForce)), place],
  );
  return found?.hasPlace ? "taken" : found?.isFull ? "full" : "behind";
}

export const areHeld = async (database: Database): Promise<boolean> =>
  (await database.query(`select from run where ${HELD} limit 1`)).length > 0;

/** Gives the oldest run that is held and fits its places. Undefined if there is none. */
export async function fillPlace(transaction: Database, inForce: Bounds): Promise<string | undefined> {
  await lockPlaces(transaction);
  const [filled] = await transaction.query<{ requestId: string }>(
    `with recursive ${HELD_SCOPES},
     taken as (${TAKEN}),
     reached as (select coalesce(array_agg(scope), '{}') as full from taken where n >= ${BOUND}),
     fitting as (select oldest.request_id from held_scopes as of, reached, lateral (
         select request_id, held_at from run where ${HELD} and run.scopes = of.scopes
         order by held_at, request_id limit 1 for update skip locked) as oldest
       where not of.scopes && reached.full
       order by oldest.held_at, oldest.request_id limit 1)
     update run set has_place = true, held_at = null where request_id = (select request_id from fitting)
     returning request_id as "requestId"`,
    bounds(inForce),
  );
  return filled?.requestId;
}

/** Each bound with what counts against it now. */
export const boundStates = (database: Database, inForce: Bounds) =>
  database.query<BoundState>(
    `select scope, ${BOUND} as "runsMax", count(distinct place_of) filter (where has_place)::int as running,
       count(*) filter (where not has_place)::int as held, not starts_with(scope, '${ALONE}') as "isSet"
     from run, unnest(scopes) as scope where has_place or (${HELD}) group by scope order by scope`,
    bounds(inForce),
  );
