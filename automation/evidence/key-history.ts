/**
 * The keys a log was signed with, one after the other. A change of keys is a statement in the log, signed by the old
 * key and by the new, so that anyone who trusts one of them can follow it to all others, forwards and backwards.
 */
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { openCheckpoint, type Checkpoint } from "./checkpoint";
import { claimOf, openEnvelope, sealStatement, STATEMENT_TYPE, type Statement } from "./envelope";
import { keyIdOf, parseVerifierKey, sameKey, verifierKey } from "./public-key";
import type { SigningKey } from "../signing-records";

export const KEY_CHANGE_TYPE = "urn:shipshape:evidence:key-change:v1";

const keyChangeSchema = z.strictObject({
  origin: z.string(),
  from: z.string(),
  to: z.string(),
  changedBy: z.string(),
  issuedAt: z.string(),
  expiresOn: z.null(),
});

/**
 * A key, and the positions of the log whose statements it signs: from the first to before `end`; the last key has no
 * end.
 */
export interface KeyPeriod {
  key: KeyObject;
  verifierKey: string;
  begin: number;
  end: number;
}

export type KeyHistory = readonly [KeyPeriod, ...KeyPeriod[]];

export const currentKey = (history: KeyHistory): KeyPeriod => history.at(-1) as KeyPeriod;

/** The statement of a change, signed by both keys. */
export async function sealKeyChange(
  origin: string,
  from: SigningKey,
  to: SigningKey,
  changedBy: string,
  now: Date,
): Promise<{ statement: Statement; envelope: string }> {
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: `urn:shipshape:evidence-log:${origin}`, digest: { sha256: keyIdOf(to.key) } }],
    predicateType: KEY_CHANGE_TYPE,
    predicate: {
      origin,
      from: verifierKey(origin, from.key),
      to: verifierKey(origin, to.key),
      changedBy,
      issuedAt: now.toISOString(),
      expiresOn: null,
    },
  };
  return { statement, envelope: await sealStatement(statement, from, to) };
}

interface KeyChange {
  position: number;
  from: KeyObject;
  to: KeyObject;
}

/**
 * The history of the trusted key. Not part of it: claims of a change that not both keys signed, and changes not linked
 * to the trusted key.
 */
export function keyHistory(
  origin: string,
  trusted: KeyObject,
  changes: { position: number; envelope: string }[],
): KeyHistory {
  const all = changes
    .flatMap(({ position, envelope }) => openKeyChange(origin, position, envelope))
    .sort((a, b) => a.position - b.position);
  const taken: KeyChange[] = [];
  for (let first = trusted, position = Infinity; ;) {
    const change = all.findLast((c) => c.position < position && sameKey(c.to, first));
    if (!change) break;
    taken.unshift(change);
    ({ from: first, position } = change);
  }
  for (let last = trusted, position = taken.at(-1)?.position ?? -1; ;) {
    const change = all.find((c) => c.position > position && sameKey(c.from, last));
    if (!change) break;
    taken.push(change);
    ({ to: last, position } = change);
  }
  const period = (key: KeyObject, i: number): KeyPeriod => ({
    key,
    verifierKey: verifierKey(origin, key),
    begin: taken[i - 1]?.position ?? 0,
    end: taken[i]?.position ?? Infinity,
  });
  return [period(taken[0]?.from ?? trusted, 0), ...taken.map((change, i) => period(change.to, i + 1))];
}

/**
 * The keys that must have signed the statement at a position: the current one, and at the position of a change also the
 * previous one.
 */
export function keysAt(history: KeyHistory, position: number): KeyObject[] {
  const at = history.findIndex((p) => position >= p.begin && position < p.end);
  const period = history[at] as KeyPeriod;
  return at > 0 && period.begin === position ? [(history[at - 1] as KeyPeriod).key, period.key] : [period.key];
}

/** Opens a checkpoint if the key that was current for its newest statement signed it. Throws a plain Error. */
export function openCheckpointBy(note: string, origin: string, history: KeyHistory): Checkpoint {
  let failure: unknown;
  for (const period of [...history].reverse()) {
    try {
      const checkpoint = openCheckpoint(note, { name: origin, key: period.key });
      requireCurrent(period, checkpoint.size);
      return checkpoint;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** The newest statement of a checkpoint is at `size - 1`; an empty log has the first key. */
function requireCurrent({ begin, end }: KeyPeriod, size: number): void {
  const signed = `the checkpoint of ${size} statements is signed by a key that`;
  if (size > end) throw new Error(`${signed} was replaced at ${end}`);
  if (size <= begin && begin > 0) throw new Error(`${signed} is the log's only from ${begin}`);
}

function openKeyChange(origin: string, position: number, envelope: string): KeyChange[] {
  try {
    const claim = claimOf(envelope);
    if (claim.predicateType !== KEY_CHANGE_TYPE) return [];
    const { from, to, origin: log } = keyChangeSchema.parse(claim.predicate);
    const [previous, next] = [parseVerifierKey(from), parseVerifierKey(to)];
    if (log !== origin || previous.name !== origin || next.name !== origin) return [];
    openEnvelope(envelope, previous.key, next.key);
    return [{ position, from: previous.key, to: next.key }];
  } catch {
    return []; // not a change of keys that both keys signed
  }
}
