/** What was counted of the load of a train's databases, in a table: thousands are too much for a step's output. */
import type { Database } from "../database";
import type { SampleMoment, TakenSample } from "../load-records";

/** The first from before the patch is kept, also when a train is resumed; of the others, the newest is. */
export const keepSample = (
  database: Database,
  trainId: string,
  identity: string,
  moment: SampleMoment,
  sample: TakenSample,
) =>
  database.query(
    `insert into train_load (train_id, identity, moment, sample) values ($1, $2, $3, $4)
     on conflict (train_id, identity, moment) do update set sample = excluded.sample, taken_at = excluded.taken_at
     where train_load.moment <> 'before'`,
    [trainId, identity, moment, JSON.stringify(sample)],
  );

export async function readSamples(database: Database, trainId: string, identity: string) {
  const rows = await database.query<{ moment: SampleMoment; sample: TakenSample }>(
    "select moment, sample from train_load where train_id = $1 and identity = $2",
    [trainId, identity],
  );
  return new Map(rows.map(({ moment, sample }) => [moment, sample]));
}

/** Once the train is over, nothing compares them. Resolves to how many there were. Safe to repeat. */
export async function forgetSamples(database: Database, trainId: string): Promise<number> {
  const gone = await database.query("delete from train_load where train_id = $1 returning 1", [trainId]);
  return gone.length;
}
