import { existsSync } from "node:fs";
import { openDatabase } from "../database";
import { ShipshapeError } from "../errors";
import { currentKey } from "../evidence/key-history";
import { changeKey } from "../evidence/ledger";
import { historyOf, latestCheckpoint } from "../evidence/log-head";
import { sameKey, verifierKey } from "../evidence/public-key";
import { nextSigningKey, takeNextSigningKey } from "../evidence/signing-key";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { principal, withRecords } from "./open-records";
import { createFirstKey, knownLog, signerOf } from "./evidence-log";

/**
 * `shipshape evidence key …`: the key that signs the log. Only these commands and the first `local start` of a data
 * folder create one.
 */
export async function create({ settings, terminal }: CommandContext): Promise<void> {
  terminal.say(await createForLog(settings));
  terminal.progress(
    `the private key is ${settings.controlPlane.signingKeyFile}: keep a copy with your other secrets; above is the public key, for auditors`,
  );
}

export async function show(options: { all?: boolean }, { settings, terminal }: CommandContext): Promise<void> {
  await withRecords(settings, async ({ database }) => {
    const log = (await knownLog(settings, database, terminal)) ?? (await signerOf(settings));
    const keys = await historyOf(database, log);
    for (const { verifierKey: text } of options.all ? keys : keys.slice(-1)) terminal.say(text);
  });
}

export async function rotate({ settings, terminal }: CommandContext): Promise<void> {
  await withRecords(settings, async (records) => {
    const { database } = records;
    const { signingKeyFile } = settings.controlPlane;
    const signer = await signerOf(settings);
    const next = nextSigningKey(signingKeyFile);
    const { key: current } = currentKey(await historyOf(database, signer));
    if (!sameKey(current, next.key)) await changeKey(database, signer, next, await principal(records));
    takeNextSigningKey(signingKeyFile);
    terminal.say(verifierKey(signer.origin, next.key));
    terminal.progress(`${signingKeyFile} is the new key; the old one is gone, but what it signed still verifies`);
  });
}

/** Errors: signing-key-exists, signing-key-lost. */
async function createForLog(settings: Settings): Promise<string> {
  const { signingKeyFile: file, evidenceOrigin: origin, databaseUrl } = settings.controlPlane;
  if (!existsSync(file) && databaseUrl !== undefined && (await hasLog(databaseUrl)))
    throw new ShipshapeError("signing-key-lost", { origin, file });
  return createFirstKey(settings);
}

async function hasLog(databaseUrl: string): Promise<boolean> {
  const database = await openDatabase(databaseUrl);
  try {
    return (await latestCheckpoint(database)) !== undefined;
  } finally {
    await database.close();
  }
}
