/** Removals of masked copies that have begun: what is half removed is never brought back. */
import type { Database } from "../database";
import { identityOf, sqlIsOneOf, type TargetDatabase } from "../fleet-records";

/** The step of the operation after whose beginning parts of the copy may be gone. */
export const removalStepName = "remove the copy";

/**
 * The removal of that database that has begun, whatever became of it; undefined if none has. One that ended because the
 * copy was extended meanwhile has removed nothing.
 */
export async function removalBegun(database: Database, copy: TargetDatabase): Promise<string | undefined> {
  const [found] = await database.query<{ id: string }>(
    `select request.id from run join request on request.id = run.request_id
     where request.operation = 'refresh-removal' and run.plan -> 'database' is not null
       and ${sqlIsOneOf("(run.plan -> 'database')", "$1")} and run.steps ? $2
       and coalesce(run.error ->> 'code', '') <> 'removal-moved'
     order by request.received_at desc limit 1`,
    [[identityOf(copy)], removalStepName],
  );
  return found?.id;
}
