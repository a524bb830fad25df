import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The passphrase of the stacks that this repository tracks for the embedded cloud: their files carry a salt for it, so
 * that pulumi writes to no tracked file. It is public, so it protects nothing: those files must contain no secret (a
 * test checks), and only the modes of its folder protect their state.
 */
export const publicPassphrase = "shipshape-local";

const passphraseFile = (dataFolder: string): string => join(dataFolder, "passphrase");

/**
 * The passphrase that encrypts secrets in stack files and in state, in a file that only its owner can read. Created
 * with the data folder: outside this repository it is random. A folder that already has states was created with the
 * public one, and keeps it.
 */
export function ensurePassphrase(dataFolder: string, { inCheckout }: { inCheckout: boolean }): void {
  if (existsSync(passphraseFile(dataFolder))) return;
  const passphrase = inCheckout || hasStates(dataFolder) ? publicPassphrase : randomBytes(30).toString("base64url");
  try {
    writeFileSync(passphraseFile(dataFolder), `${passphrase}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Another start was quicker; its passphrase counts.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Undefined in a folder that `local start` did not create. */
export function readPassphrase(dataFolder: string): string | undefined {
  return existsSync(passphraseFile(dataFolder)) ? readFileSync(passphraseFile(dataFolder), "utf8").trim() : undefined;
}

function hasStates(dataFolder: string): boolean {
  const stacks = join(dataFolder, "pulumi-state", ".pulumi", "stacks");
  return existsSync(stacks) && readdirSync(stacks).length > 0;
}
