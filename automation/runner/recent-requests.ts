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
  }>(
    `with recent as (
       select id from request where received_at > $2::timestamptz - interval '1 day'
       union select request_id from run where finished_at is null)
     select input ->> 'database' as target, input ->> 'account' as account, input ->> 'region' as region, max(received_at) filter (where not input ?| $3::text[]) as "latestAt", bool_or(finished_at is null) as "isOpen",
       count(*) filter (where finished_at is null and run.status <> 'waiting')::int as "underWay",
       case when plan is not null then format('%s %s %s', plan #>> '{database,account}', plan #>> '{database,region}', plan #>> '{database,resourceId}') end as identity,
       count(*) filter (where received_at > $2::timestamptz - interval '1 hour')::int as "ofLastHour",
       count(*) filter (where received_at > $2::timestamptz - interval '1 day')::int as "ofLastDay"
     from recent join request using (id) join run on run.request_id = id
     where operation = $1 group by target, account, region, identity`,
    [operation, now, fields],
  );
