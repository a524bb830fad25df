/** What people read of differences: those that are open, what became of them, and when databases were looked at. */
import type { Database } from "../database";
import type {
  DatabaseLook,
  DifferenceFilter,
  DifferenceFinding,
  DifferenceTrend,
  FindingEvent,
} from "../difference-records";

const matches = `difference is not null and ($1::text is null or target = $1) and ($2::text is null or difference ->> 'owner' = $2)
  and ($3::text is null or difference ->> 'severity' = $3) and ($4::text is null or difference ->> 'class' = $4)`;

const valuesOf = ({ database, owner, severity, class: kind }: DifferenceFilter) => [
  database ?? null,
  owner ?? null,
  severity ?? null,
  kind ?? null,
];

const columns = `id, database, difference, opened, first_seen as "firstSeen", last_seen as "lastSeen",
  request_id as "openedBy", seen_by as "seenBy"`;

/** The worst first, and of these the ones that are open longest. */
export const openDifferences = (database: Database, countMax: number, filter: DifferenceFilter = {}) =>
  database.query<DifferenceFinding>(
    `select ${columns} from finding where ${matches} and answered_at is null
     order by array_position(array['critical', 'high', 'medium', 'low'], difference ->> 'severity'), first_seen, id limit $5`,
    [...valuesOf(filter), countMax],
  );

/** How many are open, by severity. */
export const countOpenDifferences = (database: Database, filter: DifferenceFilter = {}) =>
  database.query<{ severity: string; count: number }>(
    `select difference ->> 'severity' as severity, count(*)::int from finding
     where ${matches} and answered_at is null group by 1`,
    valuesOf(filter),
  );

/** A difference counts as open until it is closed or answered. */
export async function differenceTrend(
  database: Database,
  since: Date,
  filter: DifferenceFilter = {},
): Promise<DifferenceTrend> {
  const [row] = await database.query<Omit<DifferenceTrend, "since">>(
    `with chosen as (select id, answered_at from finding where ${matches}),
       event as (select chosen.id as finding_id, event.id, what, happened_at from chosen join finding_event event on finding_id = chosen.id),
       before as (select distinct on (finding_id) what from event where happened_at <= $5 order by finding_id, id desc)
     select (select count(*)::int from event where what = 'opened' and happened_at > $5) as opened,
       (select count(*)::int from event where what in ('closed', 'answered') and happened_at > $5) as closed,
       (select count(*)::int from before where what in ('opened', 'changed')) as "openThen",
       (select count(*)::int from chosen where answered_at is null) as "openNow"`,
    [...valuesOf(filter), since],
  );
  return { since, ...row! };
}

/** When each database was last compared, by the run that could look at it at all. */
export const latestLooks = (database: Database) =>
  database.query<DatabaseLook>(
    `select database_identity as identity, target, owner, request_id as "requestId", looked_at as "lookedAt"
     from look where source = 'run' order by target`,
  );

/** What a run has opened, seen with another value and closed, the worst first. */
export const eventsOfRun = (database: Database, requestId: string, countMax: number) =>
  database.query<FindingEvent>(
    `select finding.id, what, difference from finding_event event join finding on finding.id = event.finding_id
     where event.request_id = $1 and what <> 'answered'
     order by array_position(array['critical', 'high', 'medium', 'low'], difference ->> 'severity'), event.id limit $2`,
    [requestId, countMax],
  );

/** What became of a difference, the first first. */
export const eventsOf = (database: Database, findingId: string) =>
  database.query<{ what: string; requestId: string; actual: string | null; happenedAt: Date }>(
    `select what, request_id as "requestId", actual, happened_at as "happenedAt" from finding_event where finding_id = $1 order by id`,
    [findingId],
  );
