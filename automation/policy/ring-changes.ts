/** The changes that databases of one ring have in a day, from decisions and runs: `forbid-wide-changes` bounds them. */
import type { Ring } from "../../components/standards/fixed";
import type { Database } from "../database";
import { changesPerDayCeiling } from "../limits";
import type { Decision } from "../records";
import { tierOf } from "../tier-of";
import type { AdmissionFacts, RingChange } from "./rule";

/**
 * The ring whose database it changes; undefined if it changes none but a copy that it makes, or leaves that to a request
 * for each.
 */
export const changedRing = ({
  operation,
  plan,
  standard,
}: Pick<AdmissionFacts, "operation" | "plan" | "standard">): Ring | undefined =>
  operation.effect === "changes" && plan.database && !plan.copies
    ? tierOf(plan.tags, standard).objectives.ring
    : undefined;

/**
 * The changes of a ring that came before that request, those first that end first: they wait for people, or for a
 * worker, or go on, or were begun in the last day. Decisions on one ring are made one after the other, so that two
 * cannot both be the last that is allowed: `transaction` is that of the decision.
 */
export async function changesBefore(
  transaction: Database,
  requestId: string,
  ring: Ring | undefined,
): Promise<RingChange[]> {
  if (ring === undefined) return [];
  await transaction.query("select pg_advisory_xact_lock(hashtext('shipshape changes of a ring'), $1)", [ring]);
  return transaction.query<RingChange>(
    `with own as (
       select min(decided_at) as decided_at from decision
       where request_id = $1 and changed_ring = $2 and status <> 'denied'
     ), counted as (
       select request_id, decision.preparation from run join decision using (request_id)
       where finished_at is null and decision.preparation = planned_preparation
       union select request_id, preparation from decision
       where changed_ring = $2 and begun_at > clock_timestamp() - interval '1 day'
     )
     select request_id as "requestId", run.plan ->> 'target' as target,
       case when finished_at is not null then begun_at + interval '1 day' end as "endsAt"
     from counted join decision using (request_id, preparation) join run using (request_id), own
     where changed_ring = $2 and decision.status <> 'denied' and request_id <> $1
       and decision.decided_at < coalesce(own.decided_at, 'infinity')
     order by "endsAt" nulls last, request_id limit $3`,
    [requestId, ring, changesPerDayCeiling],
  );
}

/** A plan is carried out from here on. */
export const markBegun = (
  database: Database,
  { requestId, preparation }: Pick<Decision, "requestId" | "preparation">,
) =>
  database.query(
    "update decision set begun_at = coalesce(begun_at, clock_timestamp()) where request_id = $1 and preparation = $2",
    [requestId, preparation],
  );
