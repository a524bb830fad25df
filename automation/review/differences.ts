/**
 * One finding for each difference of a database: it opens when a detection first sees it, and closes when one that
 * compared that part no longer does. `difference-rules.ts` says which; here is what that writes.
 */
import { createHash } from "node:crypto";
import type { Database } from "../database";
import type { Compared, FoundDifference, LookedAt } from "../difference-records";
import {
  afterAbsent,
  afterSeen,
  type AfterAbsent,
  type AfterSeen,
  type Look,
  type StoredDifference,
} from "./difference-rules";

/** A look at a database by one run. */
export interface DatabaseComparison {
  requestId: string;
  target: string;
  owner: string | null;
  database: LookedAt;
  compared: Compared;
  /** When the run began, by this database's clock: no look of it is older. */
  startedAt: Date;
}

/** What a look changed: `opened` counts the openings of the finding, `toldOpening` is the one people were told of. */
export interface ChangedDifference {
  id: string;
  after: AfterSeen | AfterAbsent;
  difference: FoundDifference;
  opened: number;
  toldOpening: number | null;
}

/** Never changes when a database is renamed. A name without a database is one, too. */
export const databaseIdentity = (d: LookedAt): string =>
  "resourceId" in d
    ? `${d.account} ${d.region} ${d.resourceId}`
    : `named ${d.identifier} ${d.account ?? ""} ${d.region ?? ""}`;

const findingId = (identity: string, key: string): string =>
  `drift-${createHash("sha256").update(`${identity}\n${key}`).digest("hex").slice(0, 16)}`;

/**
 * Records what a run says of a database, after any other look at the database that is being recorded. Repeated, it
 * changes nothing.
 */
export async function recordComparison(transaction: Database, c: DatabaseComparison): Promise<ChangedDifference[]> {
  const identity = databaseIdentity(c.database);
  await transaction.query("select pg_advisory_xact_lock(hashtext($1))", [`shipshape differences of ${identity}`]);
  const lookedAt = await timeOf(transaction, c);
  const looks = await looksOf(transaction, identity);
  const ids = new Map(c.compared.differences.map((one) => [findingId(identity, one.key), one]));
  const stored = await storedOf(transaction, identity, [...ids.keys()]);
  const seen = [...ids].map(([id, difference]) => ({
    ...{ id, difference },
    after: afterSeen(
      stored.find((one) => one.id === id),
      difference,
      lookedAt,
      looks,
    ),
  }));
  const absent = stored
    .filter(({ id }) => !ids.has(id))
    .map((one) => ({ ...one, after: afterAbsent(one, c.compared, lookedAt) }));
  await recordLook(transaction, identity, c, lookedAt);
  const written = [
    ...(await writeSeen(transaction, identity, c, lookedAt, seen)),
    ...(await writeAbsent(transaction, c.requestId, lookedAt, absent)),
  ];
  return [...seen, ...absent].flatMap(({ id, difference, after }) => {
    const row = written.find((one) => one.id === id);
    return row ? [{ ...row, difference, after }] : [];
  });
}

/** No earlier than the run, no later than now: a worker with a wrong clock must not outdate the looks of others. */
async function timeOf(transaction: Database, { startedAt, compared }: DatabaseComparison): Promise<Date> {
  const [row] = await transaction.query<{ at: Date }>(
    "select least(greatest($1::timestamptz, $2::timestamptz), clock_timestamp()) as at",
    [startedAt, compared.lookedAt ?? null],
  );
  return row!.at;
}

const looksOf = (database: Database, identity: string) =>
  database.query<Look>(`select source, looked_at as "lookedAt", unread from look where database_identity = $1`, [
    identity,
  ]);

/** Those that are open or answered, and those of these ids. */
const storedOf = (database: Database, identity: string, ids: string[]) =>
  database.query<StoredDifference>(
    `select id, answered_at is null as "isOpen", closed_by is not null as "isGone", difference, looked_at as "lookedAt",
       (select run.finished_at from review join run on run.request_id = review.follow_up_request_id
        where review.finding_id = finding.id and review.reviewed_at >= finding.first_seen
          and not exists (select from expected_change e where e.request_id = run.request_id and e.status = 'open')
        order by review.id desc limit 1) as "followedUpAt"
     from finding where database_identity = $1 and (closed_by is null or id = any ($2))`,
    [identity, ids],
  );

/** A part that was not compared keeps its last look. */
const recordLook = (
  transaction: Database,
  identity: string,
  { target, owner, requestId, compared }: DatabaseComparison,
  lookedAt: Date,
) =>
  transaction.query(
    `insert into look (database_identity, source, target, owner, request_id, looked_at, unread)
     select $1, source, $3, $4, $5, $6, $7 from unnest($2::text[]) as source
     on conflict (database_identity, source) do update set target = excluded.target, owner = excluded.owner,
       request_id = excluded.request_id, looked_at = excluded.looked_at, unread = excluded.unread
     where look.looked_at <= excluded.looked_at`,
    [identity, compared.sources, target, owner, requestId, lookedAt, JSON.stringify(compared.unread)],
  );

type Written = Pick<ChangedDifference, "id" | "opened" | "toldOpening">;

async function writeSeen(
  transaction: Database,
  identity: string,
  c: DatabaseComparison,
  lookedAt: Date,
  seen: Pick<ChangedDifference, "id" | "difference" | "after">[],
): Promise<Written[]> {
  const current = seen.filter(({ after }) => after !== "outdated" && after !== "answered");
  const answered = seen.filter(({ after }) => after === "answered").map(({ id }) => id);
  await transaction.query(
    "update finding set last_seen = clock_timestamp(), looked_at = $2, seen_by = $3 where id = any ($1)",
    [answered, lookedAt, c.requestId],
  );
  const rows = await transaction.query<Written>(
    `insert into finding (id, request_id, target, summary, database_identity, database, difference, looked_at, seen_by)
     select id, $2, $3, summary, $4, $5, difference, $6, $2
     from jsonb_to_recordset($1) as seen(id text, summary text, difference jsonb)
     on conflict (id) do update set summary = excluded.summary, target = excluded.target, database = excluded.database,
       difference = excluded.difference, looked_at = excluded.looked_at, seen_by = excluded.seen_by,
       last_seen = clock_timestamp(), answered_at = null, closed_by = null,
       request_id = case when finding.answered_at is null then finding.request_id else excluded.request_id end,
       first_seen = case when finding.answered_at is null then finding.first_seen else clock_timestamp() end,
       opened = finding.opened + (finding.answered_at is not null)::int
     returning id, opened, told_opening as "toldOpening"`,
    [
      JSON.stringify(current.map(({ id, difference }) => ({ id, difference, summary: summaryOf(difference) }))),
      c.requestId,
      c.target,
      identity,
      JSON.stringify(c.database),
      lookedAt,
    ],
  );
  const changes = current.filter(({ after }) => after !== "seen");
  await recordEvents(
    transaction,
    c.requestId,
    changes.map(({ id, after, difference }) => ({ id, what: after, actual: difference.actual })),
  );
  return rows;
}

async function writeAbsent(
  transaction: Database,
  requestId: string,
  lookedAt: Date,
  absent: { id: string; after: AfterAbsent }[],
): Promise<Written[]> {
  const idsOf = (word: AfterAbsent) => absent.filter(({ after }) => after === word).map(({ id }) => id);
  const rows = await transaction.query<Written>(
    `update finding set answered_at = coalesce(answered_at, clock_timestamp()), closed_by = $2, looked_at = $3
     where id = any ($1) returning id, opened, told_opening as "toldOpening"`,
    [[...idsOf("closed"), ...idsOf("gone")], requestId, lookedAt],
  );
  await recordEvents(
    transaction,
    requestId,
    idsOf("closed").map((id) => ({ id, what: "closed" })),
  );
  return rows;
}

const recordEvents = (
  transaction: Database,
  requestId: string,
  events: { id: string; what: string; actual?: string }[],
) =>
  transaction.query(
    `insert into finding_event (finding_id, what, request_id, actual)
     select id, what, $2, actual from jsonb_to_recordset($1) as happened(id text, what text, actual text)`,
    [JSON.stringify(events), requestId],
  );

const summaryOf = ({ severity, name, desired, actual, class: kind }: FoundDifference): string =>
  kind === "drift"
    ? `${severity}: ${name}: declared ${desired}, actual ${actual}`
    : `${severity}: ${name}: ${kind}: ${actual}`;

/** Told at one opening, it is not told again until it opens again. */
export const markTold = (transaction: Database, { id, opened }: Pick<ChangedDifference, "id" | "opened">) =>
  transaction.query("update finding set told_opening = $2 where id = $1", [id, opened]);

/** A run that found the database answers what was open for its name alone: then nothing was known of it. */
export const closeNamed = (
  transaction: Database,
  { requestId, database }: Pick<DatabaseComparison, "requestId" | "database">,
): Promise<ChangedDifference[]> =>
  close(
    transaction,
    requestId,
    `database ->> 'identifier' = $2 and database ->> 'resourceId' is null
       and coalesce(database ->> 'account', $3) = $3 and coalesce(database ->> 'region', $4) = $4`,
    [database.identifier, database.account, database.region],
  );

/** A look at the whole fleet closes those of databases that are not in it, unless they were looked at since. */
export const closeOthers = (
  transaction: Database,
  { requestId, startedAt }: Pick<DatabaseComparison, "requestId" | "startedAt">,
  present: readonly LookedAt[],
): Promise<(ChangedDifference & { target: string })[]> =>
  close(
    transaction,
    requestId,
    `database_identity is not null and looked_at < $2 and not exists (
       select from jsonb_to_recordset($3) as there("identifier" text, "account" text, "region" text, "resourceId" text)
       where there."identifier" = database ->> 'identifier' and there."account" = coalesce(database ->> 'account', there."account")
         and there."region" = coalesce(database ->> 'region', there."region") and database ->> 'resourceId' is null
         or concat_ws(' ', there."account", there."region", there."resourceId") = database_identity)`,
    [startedAt, JSON.stringify(present)],
  );

async function close(transaction: Database, requestId: string, which: string, values: unknown[]) {
  const rows = await transaction.query<Omit<ChangedDifference, "after"> & { target: string }>(
    `update finding set answered_at = clock_timestamp(), closed_by = $1 where answered_at is null and ${which}
     returning id, target, difference, opened, told_opening as "toldOpening"`,
    [requestId, ...values],
  );
  const events = rows.map(({ id }) => ({ id, what: "closed" }));
  await recordEvents(transaction, requestId, events);
  return rows.map((row) => ({ ...row, after: "closed" as const }));
}
