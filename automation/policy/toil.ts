import type { Database } from "../database";

/** How many requests for an operation needed a person, in a period. */
export interface Toil {
  operation: string;
  /** Requests that were decided on in that period. */
  requests: number;
  neededPerson: number;
  /** From the decision to the last answer; half took longer. Null without answers. */
  medianAnswerSeconds: number | null;
  /** Each rule that asked for a person, with the number of requests. */
  rules: { id: string; requests: number }[];
}

/** By operation. A request counts once, however often it was planned. */
export const readToil = (database: Database, from: Date, until: Date): Promise<Toil[]> =>
  database.query<Toil>(
    `with decided as (
       select decision.*, request.operation from decision join request on request.id = request_id
       where decided_at >= $1 and decided_at < $2
     ), answered as (
       select request_id, plan_digest, max(answered_at) as answered_at from approval group by 1, 2
     ), asked as (
       select operation, decided.request_id, bool_or(status = 'needs-approval') as is_needed,
         max(extract(epoch from answered_at - decided_at)) filter (where status = 'needs-approval' and answered_at > decided_at) as seconds
       from decided left join answered using (request_id, plan_digest) group by 1, 2
     ), by_rule as (
       select operation, rule ->> 'id' as id, count(distinct request_id)::int as requests
       from decided, jsonb_array_elements(rules) as rule
       where status = 'needs-approval' and rule ->> 'verdict' = 'needs-approval' group by 1, 2
     )
     select operation, count(*)::int as requests, (count(*) filter (where is_needed))::int as "neededPerson",
       percentile_cont(0.5) within group (order by seconds)::float8 as "medianAnswerSeconds",
       (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'requests', by_rule.requests) order by by_rule.requests desc, id), '[]')
        from by_rule where by_rule.operation = asked.operation) as rules
     from asked group by operation order by operation`,
    [from, until],
  );
