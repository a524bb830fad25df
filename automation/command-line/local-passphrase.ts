import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The passphrase of the stacks that this repository tracks for the embedded cloud: their files carry a salt for it, so
 * that pulumi writes to no tracked file. Everybody knows it, so it protects nothing: those files must hold no secret (a
 * test looks), and their state is protected by the modes of its folder alone.
 */
export const knownPassphrase = "shipshape-local";

const passphraseFile = (dataFolder: string): string => join(dataFolder, "passphrase");

/**
 * What encrypts secrets in stack files and in state, kept in a file for its owner's eyes only. Made with the data
 * folder: a project of its own gets a random one. A folder that has states already was made with the known one, and
 * keeps it.
 */
export function ensurePassphrase(dataFolder: string, { inCheckout }: { inCheckout: boolean }): void {
  if (existsSync(passphraseFile(dataFolder))) return;
  const passphrase = inCheckout || hasStates(dataFolder) ? knownPassphrase : randomBytes(30).toString("base64url");
  try {
    writeFileSync(passphraseFile(dataFolder), `${passphrase}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Another start was quicker, and its passphrase counts.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Undefined in a folder that `local start` did not make. */
export function readPassphrase(dataFolder: string): string | undefined {
  return existsSync(passphraseFile(dataFolder)) ? readFileSync(passphraseFile(dataFolder), "utf8").trim() : undefined;
}

function hasStates(dataFolder: string): boolean {
  const stacks = join(dataFolder, "pulumi-state", ".pulumi", "stacks");
  return existsSync(stacks) && readdirSync(stacks).length > 0;
}
