/** How the alarms of a train's databases were before their patches, in a table: thousands are too much for a step. */
import type { AlarmStates, NotedAlarms } from "../alarm-records";
import type { Database } from "../database";

/** The newest are kept, until the database has its turn: those after a patch say nothing of before. */
export const keepAlarms = (database: Database, trainId: string, identity: string, states: AlarmStates) =>
  database.query(
    `insert into train_alarms (train_id, identity, states) values ($1, $2, $3)
     on conflict (train_id, identity) do update set states = excluded.states, read_at = excluded.read_at
     where not exists (select from train_database d
       where d.train_id = excluded.train_id and d.identity = excluded.identity and d.turn_of is not null)`,
    [trainId, identity, JSON.stringify(states)],
  );

/** The identities of those whose alarms are known from before their turn. */
export async function knownForGood(database: Database, trainId: string): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ identity: string }>(
    `select identity from train_alarms join train_database using (train_id, identity)
     where train_id = $1 and turn_of is not null`,
    [trainId],
  );
  return new Set(rows.map(({ identity }) => identity));
}

/** By the identities of the databases. */
export async function keptAlarms(
  database: Database,
  trainId: string,
  identities: readonly string[],
): Promise<ReadonlyMap<string, NotedAlarms>> {
  const rows = await database.query<NotedAlarms & { identity: string }>(
    `select identity, states, turn_at as "patchedFrom" from train_alarms join train_database using (train_id, identity)
     where train_id = $1 and identity = any ($2)`,
    [trainId, identities],
  );
  return new Map(rows.map(({ identity, ...noted }) => [identity, noted]));
}

/** Once the train is over, nothing compares them. Resolves to how many there were. Safe to repeat. */
export async function forgetAlarms(database: Database, trainId: string): Promise<number> {
  return (await database.query("delete from train_alarms where train_id = $1 returning 1", [trainId])).length;
}
