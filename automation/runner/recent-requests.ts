/** What was requested recently, for schedules: no more than a day of it is read, however much there is. */
import type { Database } from "../database";

/**
 * The requests for an operation that are open, or were received in the day before that moment, for each database. Those
 * that have any of these fields are not among the `latestAt`.
 */
export const recentRequests = (database: Database, operation: string, now: Date, fields: string[]) =>
  database.query<{
    target: string;
    account: string | null;
    region: string | null;
    identity: string | null;
    latestAt: Date | null;
    isOpen: boolean;
    underWay: number;
    ofLastHour: number;
    ofLastDay: number;
    /** Of the last day: begun, and over. Not those that were denied, rejected or cancelled, or that nobody approved. */
    carriedOut: number;
  }>(
    `with recent as (
       select id from request where received_at > $2::timestamptz - interval '1 day'
       union select request_id from run where finished_at is null)
     select input ->> 'database' as target, input ->> 'account' as account, input ->> 'region' as region, max(received_at) filter (where not input ?| $3::text[]) as "latestAt", bool_or(finished_at is null) as "isOpen",
       count(*) filter (where finished_at is null and run.status <> 'waiting')::int as "underWay",
       case when plan is not null then format('%s %s %s', plan #>> '{database,account}', plan #>> '{database,region}', plan #>> '{database,resourceId}') end as identity,
       count(*) filter (where received_at > $2::timestamptz - interval '1 hour')::int as "ofLastHour",
       count(*) filter (where received_at > $2::timestamptz - interval '1 day')::int as "ofLastDay",
       count(*) filter (where received_at > $2::timestamptz - interval '1 day' and finished_at is not null and run.status <> 'cancelled'
         and coalesce(run.error ->> 'code', '') <> all (array['request-denied', 'approval-rejected', 'approval-missing']))::int as "carriedOut"
     from recent join request using (id) join run on run.request_id = id
     where operation = $1 group by target, account, region, identity`,
    [operation, now, fields],
  );

/**
 * The requests for a comparison of a whole tier, or of the fleet, that are open or were received in the two days before
 * that moment. Those that are narrowed by anything else compare only a part, and are not among them.
 */
export const recentSweeps = (database: Database, operation: string, now: Date) =>
  database.query<{ tier: string | null; latestAt: Date | null; failedAt: Date | null; isOpen: boolean }>(
    `with recent as (
       select id from request where received_at > $2::timestamptz - interval '2 days'
       union select request_id from run where finished_at is null)
     select input ->> 'tier' as tier, bool_or(finished_at is null) as "isOpen",
       max(received_at) filter (where run.status not in ('failed', 'cancelled')) as "latestAt",
       max(received_at) filter (where run.status in ('failed', 'cancelled')) as "failedAt"
     from recent join request using (id) join run on run.request_id = id
     where operation = $1 and input ?| array['tier', 'fleet']
       and not input ?| array['database', 'owner', 'environment', 'service', 'stack', 'account', 'region']
     group by 1`,
    [operation, now],
  );
