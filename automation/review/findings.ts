/** The review stage: what a human must answer. A failure opens a finding, which stays open until it is answered. */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { sqlIsOneOf, type Targets } from "../fleet-records";
import { findingsNamedMax } from "./limits";
import type { Run } from "../records";

/** Resolves to how often it was opened: one that was open is not counted again. */
export async function openFinding(
  database: Database,
  f: { id: string; requestId: string; target: string; summary: string },
): Promise<number> {
  const [row] = await database.query<{ opened: number }>(
    `insert into finding (id, request_id, target, summary) values ($1, $2, $3, $4)
     on conflict (id) do update set last_seen = clock_timestamp(), summary = excluded.summary, answered_at = null,
       opened = finding.opened + (finding.answered_at is not null)::int
     returning opened`,
    [f.id, f.requestId, f.target, f.summary],
  );
  return row!.opened;
}

/** Closes a finding that has resolved itself. */
export const closeFinding = (database: Database, id: string) =>
  database.query("update finding set answered_at = clock_timestamp() where id = $1 and answered_at is null", [id]);

/** False if it was answered, has resolved itself, or never opened. */
export const isFindingOpen = async (database: Database, id: string): Promise<boolean> =>
  (await database.query("select from finding where id = $1 and answered_at is null", [id])).length > 0;

/**
 * A later proof closes the open findings of earlier runs of the same operation and database, by resource id, account
 * and Region. A run that ended before it found a database has only a name, and a proof of the database with that name
 * closes its finding. A run about a part of the database closes only the findings of those about the same part, and one
 * about several databases those of runs about what has the same name.
 */
export const closeVerdictsOf = (database: Database, { plan, operation }: Pick<Run, "plan" | "operation">) =>
  database.query(
    `update finding set answered_at = clock_timestamp() from run join request on request.id = run.request_id
     where run.request_id = finding.request_id and request.operation = $5 and finding.id like '%.verdict' and answered_at is null
       and case when run.plan is null then target = $1 and $6::text is null
         else run.plan ->> 'subject' is not distinct from $6 and run.plan #>> '{database,resourceId}' is not distinct from $2
           and run.plan #>> '{database,account}' is not distinct from $3 and run.plan #>> '{database,region}' is not distinct from $4
           and ($2 is not null or target = $1) end`,
    [
      plan?.target,
      plan?.database?.resourceId,
      plan?.database?.account,
      plan?.database?.region,
      operation,
      plan?.subject,
    ],
  );

export interface Answer {
  findingId: string;
  status: "accepted" | "rejected" | "follow-up";
  reviewer: string;
  comment: string;
  /** The request that fixes it, if the answer is a follow-up. */
  followUpRequestId?: string | undefined;
}

/** Records a person's answer, and closes the finding. Errors: finding-unknown. */
export async function answerFinding(database: Database, a: Answer): Promise<void> {
  await database.transaction(async (t) => {
    const [closed] = await t.query<{ request_id: string }>(
      "update finding set answered_at = clock_timestamp() where id = $1 and answered_at is null returning request_id",
      [a.findingId],
    );
    if (!closed) {
      const open = await openFindings(t, findingsNamedMax);
      throw new ShipshapeError("finding-unknown", {
        id: a.findingId,
        known: open.map((f) => f.id).join(", ") || "none",
      });
    }
    await t.query(
      "insert into review (request_id, finding_id, status, reviewer, comment, follow_up_request_id) values ($1, $2, $3, $4, $5, $6)",
      [closed.request_id, a.findingId, a.status, a.reviewer, a.comment, a.followUpRequestId ?? null],
    );
    await t.query(
      `insert into finding_event (finding_id, what, request_id)
       select id, 'answered', request_id from finding where id = $1 and difference is not null`,
      [a.findingId],
    );
  });
}

/** What people have answered to the findings of a request, the first first. */
export const answersOf = (database: Database, requestId: string) =>
  database.query<Answer & { answeredAt: Date; followUpRequestId: string | null }>(
    `select coalesce(finding_id, request_id) as "findingId", status, reviewer, comment, follow_up_request_id as "followUpRequestId", reviewed_at as "answeredAt"
     from review where request_id = $1 order by id`,
    [requestId],
  );

/** The finding that a request is the follow-up of; undefined if it is none. */
export async function followedFinding(database: Database, requestId: string): Promise<string | undefined> {
  const [row] = await database.query<{ id: string }>(
    "select coalesce(finding_id, request_id) as id from review where follow_up_request_id = $1 order by review.id limit 1",
    [requestId],
  );
  return row?.id;
}

export interface Finding {
  id: string;
  requestId: string;
  target: string;
  summary: string;
  firstSeen: Date;
  lastSeen: Date;
}

/** Those about one run: differences of databases are many, and have a list of their own (`open-differences.ts`). */
export const openFindings = (database: Database, countMax: number, targets?: Targets) =>
  database.query<Finding>(
    `select id, request_id as "requestId", target, summary, first_seen as "firstSeen", last_seen as "lastSeen"
     from finding where answered_at is null and difference is null and ($2::text[] is null or target = any ($2))
       and ${sqlIsOneOf("(select plan -> 'database' from run where run.request_id = finding.request_id)", "$3")}
     order by last_seen desc limit $1`,
    [countMax, targets?.names ?? null, targets?.identities ?? null],
  );

/** How many are open, by the identity of the database that the run found, or else by the name in its request. */
export const openFindingsByDatabase = (database: Database) =>
  database.query<{ identity: string | null; target: string; count: number }>(
    `select format('%s %s %s', d ->> 'account', d ->> 'region', d ->> 'resourceId') as identity, '' as target, count(*)::int
     from finding join run using (request_id), lateral (select coalesce(finding.database, run.plan -> 'database') as d) found
     where answered_at is null and d ->> 'resourceId' is not null group by 1
     union all
     select null, target, count(*)::int
     from finding join run using (request_id), lateral (select coalesce(finding.database, run.plan -> 'database') as d) found
     where answered_at is null and d ->> 'resourceId' is null and (run.plan is null or difference is not null) group by 2`,
  );
