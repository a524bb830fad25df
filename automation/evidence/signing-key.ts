/** The Ed25519 key that signs evidence. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Reads the signing key, or makes it where there is none. Two processes starting at once agree on one key: each writes a file of its own and
 * links it to the name, which only the first can.
 */
export function signingKey(file: string): KeyObject {
  return read(file) ?? make(file);
}

function read(file: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function make(file: string): KeyObject {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  const handle = openSync(own, "w", 0o600);
  writeSync(handle, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  fsyncSync(handle);
  closeSync(handle);
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return read(file) as KeyObject;
}
