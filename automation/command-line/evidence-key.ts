import { existsSync } from "node:fs";
import { openDatabase } from "../database";
import { ShipshapeError } from "../errors";
import { currentKey } from "../evidence/key-history";
import { changeKey } from "../evidence/ledger";
import { historyOf, latestCheckpoint } from "../evidence/log-head";
import { sameKey, verifierKey } from "../evidence/public-key";
import { nextSigningKey, takeNextSigningKey } from "../evidence/signing-key";
import { printable } from "../printable";
import type { ControlPlaneSettings, Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { principal, withRecords } from "./open-records";
import { createFirstKey, kmsKey, knownLog, memoryOf, signerOf } from "./evidence-log";

/**
 * `shipshape evidence key …`: the key that signs the log. Only these commands and the first `local start` of a data
 * folder create one.
 */
export async function create(options: { json?: boolean }, { settings, terminal }: CommandContext): Promise<void> {
  const { signingKeyFile, signingKmsKey } = settings.controlPlane;
  const text = await createForLog(settings);
  if (options.json) return terminal.json("evidence key create", { verifierKey: text });
  terminal.exact(text);
  terminal.progress(
    signingKmsKey === undefined
      ? `the private key is ${signingKeyFile}: keep a copy with your other secrets; above is the public key, for auditors`
      : `KMS key ${signingKmsKey} signs the log from now on; above is its public key, for auditors`,
  );
}

export async function show(
  options: { all?: boolean; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  await withRecords(settings, async ({ database }) => {
    const log = (await knownLog(settings, database, terminal)) ?? (await signerOf(settings));
    const keys = await historyOf(database, log);
    const shown = (options.all ? keys : keys.slice(-1)).map((one) => one.verifierKey);
    if (options.json) terminal.json("evidence key show", shown);
    else for (const text of shown) terminal.exact(text);
  });
}

export async function rotate(
  options: { to?: string; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const { signingKeyFile, signingKmsKey } = settings.controlPlane;
  if (options.to === undefined && signingKmsKey !== undefined)
    throw new ShipshapeError("usage", {
      problem: `KMS key ${printable(signingKmsKey)} signs the log: name its successor with --to, another KMS key or \`file\``,
      command: "shipshape evidence key rotate",
    });
  const to = options.to ?? "file";
  await withRecords(settings, async (records) => {
    const { database } = records;
    const signer = await signerOf(settings);
    const next = to === "file" ? nextSigningKey(signingKeyFile) : await kmsKey(to);
    const { key: current } = currentKey(await historyOf(database, signer));
    if (!sameKey(current, next.key)) await changeKey(database, signer, next, await principal(records));
    if (to === "file") takeNextSigningKey(signingKeyFile);
    const text = verifierKey(signer.origin, next.key);
    if (options.json) return terminal.json("evidence key rotate", { verifierKey: text });
    terminal.exact(text);
    terminal.progress(`${rotated(to, settings.controlPlane)}; what the earlier key signed still verifies`);
  });
}

function rotated(to: string, { signingKeyFile, signingKmsKey }: ControlPlaneSettings): string {
  if (to !== "file")
    return `KMS key ${printable(to)} signs from now on: set SHIPSHAPE_SIGNING_KMS_KEY for every worker`;
  const unset = signingKmsKey === undefined ? "" : ": unset SHIPSHAPE_SIGNING_KMS_KEY for every worker";
  return `${signingKeyFile} is the new key${unset}`;
}

/** Errors: signing-key-exists, signing-key-lost, and those of `kmsSigningKey`. */
async function createForLog(settings: Settings): Promise<string> {
  const { signingKeyFile: file, signingKmsKey, evidenceOrigin: origin, databaseUrl } = settings.controlPlane;
  const exists = async () => databaseUrl !== undefined && (await hasLog(databaseUrl));
  if (signingKmsKey === undefined) {
    if (!existsSync(file) && (await exists())) throw new ShipshapeError("signing-key-lost", { origin, file });
    return createFirstKey(settings);
  }
  // Nothing is created but the trust of this machine: a log that has a key gets another one by a change of keys.
  const memory = memoryOf(settings);
  if (memory.of(origin) || (await exists())) throw new ShipshapeError("signing-key-exists", { file: signingKmsKey });
  const text = verifierKey(origin, (await kmsKey(signingKmsKey)).key);
  memory.remember(origin, { verifierKey: text });
  return text;
}

async function hasLog(databaseUrl: string): Promise<boolean> {
  const database = await openDatabase(databaseUrl);
  try {
    return (await latestCheckpoint(database)) !== undefined;
  } finally {
    await database.close();
  }
}
