/** Instances that a switchover has replaced: they are kept, known by what they were, and deleted by a request only. */
import type { Database } from "../database";
import { identityOf, type TargetDatabase } from "../fleet-records";

/** The tag of an instance that was replaced: the request that has done so. */
export const replacedByTag = "shipshape:replaced-by";

export interface ReplacedInstance {
  identity: string;
  /** As RDS called it afterwards: "orders-old1". */
  identifier: string;
  /** The identity of the instance that has its name now. */
  successor: string;
  requestId: string;
  replacedAt: Date;
}

/** Safe to repeat. */
export const recordReplaced = (database: Database, one: Omit<ReplacedInstance, "replacedAt">) =>
  database.query(
    "insert into replaced_instance (identity, identifier, successor, request_id) values ($1, $2, $3, $4) on conflict do nothing",
    [one.identity, one.identifier, one.successor, one.requestId],
  );

export const markRetired = (database: Database, identity: string) =>
  database.query(
    "update replaced_instance set retired_at = coalesce(retired_at, clock_timestamp()) where identity = $1",
    [identity],
  );

const REPLACED = `select identity, identifier, successor, request_id as "requestId", replaced_at as "replacedAt" from replaced_instance`;

/** Those that were not deleted yet. */
export const replacedInstances = (database: Database): Promise<ReplacedInstance[]> =>
  database.query<ReplacedInstance>(`${REPLACED} where retired_at is null`);

/**
 * Says of a database whether it was replaced, and is kept: one that a run has recorded, and whose tags name that run. A
 * tag alone, or a row alone, hides no database.
 */
export async function replacedOf(database: Database) {
  const known = new Map((await replacedInstances(database)).map((one) => [one.identity, one]));
  return (one: TargetDatabase & { tags: Record<string, string> }): ReplacedInstance | undefined => {
    const found = known.get(identityOf(one));
    return found?.requestId === one.tags[replacedByTag] ? found : undefined;
  };
}

/** The instance that has taken the place of another, however often; itself, if none has. */
export async function standingIn(database: Database, identity: string): Promise<string> {
  const [last] = await database.query<{ identity: string }>(
    `with recursive place (identity, hops) as (
       select $1::text, 0 union all
       select successor, hops + 1 from place join replaced_instance using (identity) where hops < 100)
     select identity from place order by hops desc limit 1`,
    [identity],
  );
  return last?.identity ?? identity;
}
