/** Expected changes: what delivered changes are to bring about. Nothing waits for them but these rows. */
import type { Database } from "../database";
import {
  sqlIsOneOf,
  type ExpectedChange,
  type ExpectedStatus,
  type ExpectedValue,
  type PlannedChange,
  type TargetDatabase,
  type Targets,
} from "../fleet-records";

/** Resolves to the moment until which they are waited for; the first delivery decides that. */
export async function expectChanges(
  database: Database,
  { requestId, stack, expected, withinDays }: PlannedChange,
  target: TargetDatabase,
): Promise<Date> {
  await database.query(
    `insert into expected_change (request_id, property, database, stack, from_value, to_value, until)
     select $1, property, $2, $3, coalesce("from", 'null'), coalesce("to", 'null'), clock_timestamp() + make_interval(days => $4)
     from jsonb_to_recordset($5) as one (property text, "from" jsonb, "to" jsonb) on conflict do nothing`,
    [requestId, JSON.stringify(target), stack, withinDays, JSON.stringify(expected)],
  );
  const [{ until } = { until: new Date() }] = await database.query<{ until: Date }>(
    "select until from expected_change where request_id = $1 limit 1",
    [requestId],
  );
  return until;
}

const columns = `request_id as "requestId", property, database, stack, from_value as "from", to_value as "to", until, status, found, looked_at as "lookedAt"`;

/** Those of one request. */
export const expectedChangesOf = (database: Database, requestId: string) =>
  database.query<ExpectedChange>(`select ${columns} from expected_change where request_id = $1 order by property`, [
    requestId,
  ]);

/** Those that the cloud does not show yet, the first to be late first. */
export const awaitedChanges = (database: Database, countMax: number, targets?: Targets) =>
  database.query<ExpectedChange>(
    `select ${columns} from expected_change where status in ('open', 'overdue') and ($2::text[] is null or database ->> 'identifier' = any ($2))
       and ${sqlIsOneOf("database", "$3")}
     order by until, request_id, property limit $1`,
    [countMax, targets?.names ?? null, targets?.identities ?? null],
  );

export interface ChangeToLookFor extends ExpectedChange {
  isLate: boolean;
  /** Whether a later change of the same property of this database was delivered. */
  isReplaced: boolean;
}

/**
 * Takes those that nobody has looked for lately, of runs that have ended: other workers leave them for so many seconds.
 */
export const takeChangesToLookFor = (database: Database, everySeconds: number, countMax: number) =>
  database.query<ChangeToLookFor>(
    `update expected_change set looked_at = clock_timestamp() where (request_id, property) in (
       select e.request_id, e.property from expected_change e join run using (request_id)
       where e.status in ('open', 'overdue') and run.finished_at is not null
         and coalesce(looked_at, '-infinity') < clock_timestamp() - make_interval(secs => $1)
       order by looked_at nulls first limit $2 for update of e skip locked)
     returning ${columns}, until <= clock_timestamp() as "isLate",
       exists (select from expected_change later where later.property = expected_change.property
         and later.expected_at > expected_change.expected_at
         and later.database ->> 'resourceId' = expected_change.database ->> 'resourceId'
         and later.database ->> 'account' = expected_change.database ->> 'account'
         and later.database ->> 'region' = expected_change.database ->> 'region') as "isReplaced"`,
    [everySeconds, countMax],
  );

/** False if it had this status already, or has ended. */
export async function setExpected(
  transaction: Database,
  { requestId, property }: Pick<ExpectedChange, "requestId" | "property">,
  status: ExpectedStatus,
  found: ExpectedValue["to"],
): Promise<boolean> {
  const awaited = "request_id = $1 and property = $2 and status in ('open', 'overdue')";
  await transaction.query(`update expected_change set found = $3 where ${awaited}`, [
    requestId,
    property,
    JSON.stringify(found),
  ]);
  const changed = await transaction.query(
    `update expected_change set status = $3 where ${awaited} and status <> $3 returning 1`,
    [requestId, property, status],
  );
  return changed.length > 0;
}
