/** How the alarms of a train's databases were before their patches, in a table: thousands are too much for a step. */
import type { AlarmStates } from "../alarm-records";
import type { Database } from "../database";

/** The first are kept, also when a train is resumed: those after a patch say nothing of before. */
export const keepAlarms = (database: Database, trainId: string, identity: string, states: AlarmStates) =>
  database.query(
    "insert into train_alarms (train_id, identity, states) values ($1, $2, $3) on conflict (train_id, identity) do nothing",
    [trainId, identity, JSON.stringify(states)],
  );

/** By the identities of the databases. */
export async function keptAlarms(
  database: Database,
  trainId: string,
  identities: readonly string[],
): Promise<ReadonlyMap<string, AlarmStates>> {
  const rows = await database.query<{ identity: string; states: AlarmStates }>(
    "select identity, states from train_alarms where train_id = $1 and identity = any ($2)",
    [trainId, identities],
  );
  return new Map(rows.map(({ identity, states }) => [identity, states]));
}

/** Once the train is over, nothing compares them. Resolves to how many there were. Safe to repeat. */
export async function forgetAlarms(database: Database, trainId: string): Promise<number> {
  return (await database.query("delete from train_alarms where train_id = $1 returning 1", [trainId])).length;
}
