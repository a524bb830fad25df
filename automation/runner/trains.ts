/**
 * Trains in tables: which ring may be patched, and by what decision. Each change locks the ring that it is about, and a
 * database takes its turn under the same lock, so that a halt comes before it or after it.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import type { GateResult, RingState, Train, TrainDecision, TrainRing, TrainWaiver, TrainWord } from "../train-records";

export interface PlannedRing {
  number: number;
  identities: string[];
}

/** Its rings wait. `window`: of each week, in UTC; null: it has none. Safe to repeat. */
export async function openTrain(
  transaction: Database,
  trainId: string,
  { rings, window }: { rings: PlannedRing[]; window: string | null },
): Promise<void> {
  for (const { number, identities } of rings) {
    await transaction.query(
      "insert into train_ring (train_id, number, week_window) values ($1, $2, $3) on conflict do nothing",
      [trainId, number, window],
    );
    await transaction.query(
      "insert into train_database (train_id, ring, identity) select $1, $2, unnest($3::text[]) on conflict do nothing",
      [trainId, number, identities],
    );
  }
}

const lockRing = async (transaction: Database, trainId: string, number: number): Promise<RingState> => {
  const [ring] = await transaction.query<{ state: RingState }>(
    "select state from train_ring where train_id = $1 and number = $2 for update",
    [trainId, number],
  );
  if (!ring) throw new ShipshapeError("train-unknown", { id: trainId });
  return ring.state;
};

const setState = (transaction: Database, trainId: string, number: number, state: RingState) =>
  transaction.query(
    "update train_ring set state = $3, since = clock_timestamp() where train_id = $1 and number = $2 and state <> $3",
    [trainId, number, state],
  );

/** Resolves to the state that it has then. A ring that waits is begun if the one before it is promoted. */
export async function beginRing(transaction: Database, trainId: string, number: number): Promise<RingState> {
  const state = await lockRing(transaction, trainId, number);
  if (state !== "waiting") return state;
  const [before] = await transaction.query<{ state: RingState }>(
    "select state from train_ring where train_id = $1 and number < $2 and state <> 'promoted' limit 1",
    [trainId, number],
  );
  if (before) return state;
  await setState(transaction, trainId, number, "patching");
  return "patching";
}

/** All that it patches was patched. Resolves to the state that it has then: a halt stays. */
export async function bakeRing(transaction: Database, trainId: string, number: number): Promise<RingState> {
  const state = await lockRing(transaction, trainId, number);
  if (state !== "patching") return state;
  await setState(transaction, trainId, number, "baking");
  return "baking";
}

/** What its health gate says decides, unless people have halted or aborted it meanwhile. */
export async function concludeRing(
  transaction: Database,
  trainId: string,
  number: number,
  gate: GateResult,
): Promise<{ state: RingState; isNew: boolean }> {
  const state = await lockRing(transaction, trainId, number);
  const mayPromote = state === "baking" && gate.verdict === "pass";
  if (state !== "baking" && state !== "patching") return { state, isNew: false };
  const next = mayPromote ? "promoted" : "halted";
  await setState(transaction, trainId, number, next);
  const reason = mayPromote ? "the health gate passed" : `the health gate: ${gate.verdict}`;
  await addDecision(transaction, trainId, {
    ...{ ring: number, word: mayPromote ? "promote" : "halt", by: "health gate", reason, gate, waiver: null },
  });
  return { state: next, isNew: true };
}

/**
 * A request that patches a database of a train takes its turn; any other request has no train. Resolves to why it may
 * not: the train does not have this database, its window is closed, its ring is not under way, or people have skipped
 * the database. The ring is locked first, as by each decision. Safe to repeat: a turn is kept, but for the window.
 */
export async function takeTurn(
  transaction: Database,
  requestId: string,
  identity: string,
  isOpen: (window: string | null) => boolean,
): Promise<{ train: string; reason: string } | undefined> {
  const [found] = await transaction.query<{ train: string; ring: number | null; window: string | null }>(
    `select train_ring.train_id as train, ring, week_window as window
     from request join train_ring on train_ring.train_id = request.parent_id
       left join train_database on train_database.train_id = request.parent_id and identity = $2
     where request.id = $1 and (ring is null or ring = number) limit 1`,
    [requestId, identity],
  );
  if (!found) return undefined;
  const { train, ring, window } = found;
  if (ring === null) return { train, reason: "it has another database of this name, or none" };
  const state = await lockRing(transaction, train, ring);
  if (!isOpen(window)) return { train, reason: `its window, ${window} UTC, is closed, or about to close` };
  const [taken] = await transaction.query(
    `update train_database set turn_of = $3,
       turn_at = coalesce(turn_at, clock_timestamp())
     where train_id = $1 and identity = $2
       and (turn_of = $3 or ($4 = 'patching' and waiver is null)) returning 1`,
    [train, identity, requestId, state],
  );
  if (taken) return undefined;
  return { train, reason: state === "patching" ? "people have skipped the database" : `ring ${ring} is ${state}` };
}

export interface PersonsDecision {
  word: Exclude<TrainWord, "promote">;
  by: string;
  reason: string;
  /** Of the database that is skipped. */
  skips?: { identity: string; waiver: TrainWaiver };
}

/**
 * Resolves to the ring that it is about. Errors: train-unknown, train-over, train-database-unknown, train-skips-all,
 * train-decision-idle.
 */
export async function decideTrain(transaction: Database, trainId: string, d: PersonsDecision): Promise<number> {
  const rings = await transaction.query<{ number: number; state: RingState }>(
    "select number, state from train_ring where train_id = $1 order by number for update",
    [trainId],
  );
  if (rings.length === 0) throw new ShipshapeError("train-unknown", { id: trainId });
  const current = rings.find(({ state }) => state !== "promoted");
  if (!current || current.state === "aborted") throw new ShipshapeError("train-over", { id: trainId });
  const { number, state } = current;
  const idle = () => new ShipshapeError("train-decision-idle", { id: trainId, word: d.word, ring: number, state });
  if (d.word === "halt" && state === "halted") throw idle();
  if (d.word === "resume" && state !== "halted") throw idle();
  if (d.word === "halt") await setState(transaction, trainId, number, "halted");
  if (d.word === "resume") await setState(transaction, trainId, number, "patching");
  if (d.word === "abort")
    for (const ring of rings.filter((one) => one.state !== "promoted"))
      await setState(transaction, trainId, ring.number, "aborted");
  const ring = d.skips ? await skip(transaction, trainId, d.skips) : number;
  const { word, by, reason } = d;
  await addDecision(transaction, trainId, { ring, word, by, reason, gate: null, waiver: d.skips?.waiver ?? null });
  return ring;
}

/**
 * A database of a ring that is not promoted. One that was patched already stays patched, and no gate asks for it. A ring
 * that has begun keeps one: else its gate would ask about nothing, and promote it.
 */
async function skip(
  transaction: Database,
  trainId: string,
  { identity, waiver }: NonNullable<PersonsDecision["skips"]>,
): Promise<number> {
  const [skipped] = await transaction.query<{ ring: number; state: RingState }>(
    `update train_database d set waiver = $3 from train_ring r
     where d.train_id = $1 and d.identity = $2 and d.waiver is null
       and r.train_id = d.train_id and r.number = d.ring and r.state not in ('promoted', 'aborted') returning d.ring, r.state`,
    [trainId, identity, JSON.stringify(waiver)],
  );
  if (!skipped) throw new ShipshapeError("train-database-unknown", { id: trainId, database: waiver.resource });
  const { ring, state } = skipped;
  const [left] = await transaction.query(
    "select from train_database where train_id = $1 and ring = $2 and waiver is null limit 1",
    [trainId, ring],
  );
  if (!left && state !== "waiting")
    throw new ShipshapeError("train-skips-all", { id: trainId, database: waiver.resource, ring });
  return ring;
}

const addDecision = (transaction: Database, trainId: string, d: Omit<TrainDecision, "at">) =>
  transaction.query(
    "insert into train_decision (train_id, ring, word, decided_by, reason, waiver, gate) values ($1, $2, $3, $4, $5, $6, $7)",
    [
      ...[trainId, d.ring, d.word, d.by, d.reason],
      d.waiver && JSON.stringify(d.waiver),
      d.gate && JSON.stringify(d.gate),
    ],
  );

/** Errors: train-unknown. */
export async function readRing(database: Database, trainId: string, number: number): Promise<TrainRing> {
  const [ring] = await database.query<TrainRing>(`${RING} where train_id = $1 and number = $2`, [trainId, number]);
  if (!ring) throw new ShipshapeError("train-unknown", { id: trainId });
  return ring;
}

const RING = `select number, state, since,
  extract(epoch from clock_timestamp() - since)::float8 as seconds from train_ring`;

/** Without rings, there is no such train, or it has not begun. */
export async function readTrain(database: Database, trainId: string): Promise<Train> {
  return {
    rings: await database.query<TrainRing>(`${RING} where train_id = $1 order by number`, [trainId]),
    decisions: await database.query<TrainDecision>(
      `select ring, word, decided_by as by, reason, decided_at as at, waiver, gate
       from train_decision where train_id = $1 order by id`,
      [trainId],
    ),
    databases: await database.query<Train["databases"][number]>(
      `select identity, ring, turn_of as "turnOf", waiver from train_database where train_id = $1 order by ring, identity`,
      [trainId],
    ),
  };
}

/** The ids of the requests that it has made. */
export async function childrenOf(database: Database, trainId: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>("select id from request where parent_id = $1 order by id", [
    trainId,
  ]);
  return rows.map(({ id }) => id);
}
