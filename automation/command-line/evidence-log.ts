/** The evidence log as this machine knows it: the trusted key, and what was seen before. */
import { existsSync } from "node:fs";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { FollowedLog } from "../evidence/followed-log";
import { firstKeyOf, type Signer } from "../evidence/ledger";
import { type KnownLog } from "../evidence/log-head";
import { LogMemory } from "../evidence/log-memory";
import { parseVerifierKey, verifierKey } from "../evidence/public-key";
import { readLog, unreadLog, type LogContent } from "../evidence/reading";
import { createSigningKey, readSigningKey } from "../evidence/signing-key";
import type { TargetDatabase } from "../fleet-records";
import { printable } from "../printable";
import type { SigningKey } from "../signing-records";
import type { Settings } from "../settings";
import type { Terminal } from "./terminal";

export const memoryOf = ({ controlPlane }: Settings): LogMemory => new LogMemory(controlPlane.logMemoryFile);

/**
 * The signer of this machine. Errors: signing-key-missing, signing-key-exposed, signing-key-unusable, and those of
 * `kmsSigningKey`.
 */
export async function signerOf(settings: Settings): Promise<Signer> {
  const { evidenceOrigin: origin } = settings.controlPlane;
  return { origin, ...(await signingKeyOf(settings)), memory: memoryOf(settings) };
}

async function signingKeyOf({ controlPlane: { signingKeyFile, signingKmsKey } }: Settings): Promise<SigningKey> {
  return signingKmsKey === undefined ? readSigningKey(signingKeyFile) : kmsKey(signingKmsKey);
}

// Loaded when used: the AWS SDK.
export const kmsKey = async (name: string): Promise<SigningKey> =>
  (await import("../targets/kms-signing-key")).kmsSigningKey(name);

/**
 * Reads the log by the key that this machine trusts: a remembered key, or the signing key, or the log's own, which is
 * then remembered.
 */
export async function readEvidence(
  settings: Settings,
  database: Database,
  terminal: Pick<Terminal, "progress">,
): Promise<LogContent> {
  const log = await knownLog(settings, database, terminal);
  return log ? readLog(database, log) : unreadLog(database);
}

/** The same of a part of the log, for as long as this process lives: only the first reading is of the whole log. */
export interface FollowedEvidence {
  /** Of one operation on one database. */
  about(operation: string, database: TargetDatabase): Promise<LogContent>;
  /** Of these operations. */
  of(operations: readonly string[]): Promise<LogContent>;
}

export function followedEvidence(
  settings: Settings,
  database: Database,
  terminal: Pick<Terminal, "progress">,
): FollowedEvidence {
  let followed: FollowedLog | undefined;
  const reading = async (part: (log: FollowedLog) => Promise<LogContent>) => {
    const log = followed ? undefined : await knownLog(settings, database, terminal);
    if (log) followed ??= new FollowedLog(database, log);
    return followed ? part(followed) : unreadLog(database);
  };
  return {
    about: (operation, one) => reading((log) => log.about(operation, one)),
    of: (operations) => reading((log) => log.of(operations)),
  };
}

export async function knownLog(
  settings: Settings,
  database: Database,
  terminal: Pick<Terminal, "progress">,
): Promise<KnownLog | undefined> {
  const known = await ownKey(settings);
  if (known) return known;
  const { evidenceOrigin: origin } = settings.controlPlane;
  const memory = memoryOf(settings);
  const first = await firstKeyOf(database, origin);
  if (!first) return undefined;
  const text = verifierKey(origin, first);
  memory.remember(origin, { verifierKey: text });
  terminal.progress(
    `the evidence log ${printable(origin)} is read here for the first time; its key is trusted from now on: ${text}`,
  );
  return { origin, key: first, memory };
}

/** The log by a key that this machine remembers or has. */
export async function ownKey(settings: Settings): Promise<KnownLog | undefined> {
  const { evidenceOrigin: origin } = settings.controlPlane;
  const memory = memoryOf(settings);
  const remembered = memory.of(origin);
  if (remembered) return { origin, key: parseVerifierKey(remembered.verifierKey).key, memory };
  try {
    return { origin, key: (await signingKeyOf(settings)).key, memory };
  } catch {
    return undefined; // Reading needs no signing key.
  }
}

/**
 * Creates the first key of the log that the settings name, and trusts it on this machine. Resolves to its verifier key.
 * Errors: signing-key-exists, signing-key-lost.
 */
export function createFirstKey(settings: Settings): string {
  const { signingKeyFile: file, evidenceOrigin: origin } = settings.controlPlane;
  if (existsSync(file)) throw new ShipshapeError("signing-key-exists", { file });
  if (memoryOf(settings).of(origin)) throw new ShipshapeError("signing-key-lost", { origin, file });
  const text = verifierKey(origin, createSigningKey(file).key);
  memoryOf(settings).remember(origin, { verifierKey: text });
  return text;
}
