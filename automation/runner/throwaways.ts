/** Throwaways: registered before they are created, so that nothing a run created is forgotten, whatever is killed. */
import type { Database } from "../database";

export interface Throwaway {
  identifier: string;
  stack: string;
  expiresAt: string;
}

export const registerThrowaway = (database: Database, requestId: string, t: Throwaway) =>
  database.query(
    "insert into throwaway (request_id, identifier, stack, status, expires_at) values ($1, $2, $3, 'registered', $4) on conflict do nothing",
    [requestId, t.identifier, t.stack, t.expiresAt],
  );

export const markRemoved = (database: Database, requestId: string, identifier: string) =>
  database.query(
    "update throwaway set status = 'removed', removed_at = coalesce(removed_at, clock_timestamp()) where request_id = $1 and identifier = $2",
    [requestId, identifier],
  );

export interface OverdueThrowaway {
  requestId: string;
  identifier: string;
  expiresAt: Date;
}

/** Expired throwaways whose run has not ended, of requests after that id. */
export const overdueThrowaways = (database: Database, after: string, countMax: number) =>
  database.query<OverdueThrowaway>(
    `select t.request_id as "requestId", t.identifier, t.expires_at as "expiresAt" from throwaway t join run on run.request_id = t.request_id
     where t.status = 'registered' and t.expires_at < clock_timestamp() and run.finished_at is null and t.request_id > $1 order by t.request_id limit $2`,
    [after, countMax],
  );

/** The throwaways that were registered and not recorded as removed. */
const registeredThrowaways = (database: Database) =>
  database.query<{ requestId: string; identifier: string; stack: string }>(
    `select request_id as "requestId", identifier, stack from throwaway where status = 'registered'`,
  );

/**
 * Says of a database which throwaway it is, if any: one that a run has registered, and whose tags name that run. A tag
 * alone, or a row alone, hides no database.
 */
export async function throwawayOf(database: Database) {
  const registered = new Map((await registeredThrowaways(database)).map((t) => [`${t.requestId} ${t.identifier}`, t]));
  return ({ tags, identifier }: { tags: Record<string, string>; identifier: string }) =>
    registered.get(`${tags["shipshape:run"]} ${identifier}`);
}

/** Expired throwaways whose run has ended and which still exist, each returned once. */
export const newlyOutlived = (database: Database, countMax: number) =>
  database.query<{ requestId: string; identifier: string; expiresAt: Date }>(
    `update throwaway set outlived_at = clock_timestamp() where (request_id, identifier) in (
       select t.request_id, t.identifier from throwaway t join run on run.request_id = t.request_id
       where t.status = 'registered' and t.outlived_at is null and t.expires_at < clock_timestamp() and run.finished_at is not null
       order by t.expires_at limit $1)
     returning request_id as "requestId", identifier, expires_at as "expiresAt"`,
    [countMax],
  );
