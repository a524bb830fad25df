/**
 * The key that signs evidence, in a file. Only a command creates it: a key created implicitly would continue a log for
 * which auditors know another key.
 */
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import type { SigningKey } from "../signing-records";
import { signingKeyBytesMax } from "./limits";
import { publicKeyOf } from "./public-key";

/** An Ed25519 key in this process. */
export const heldKey = (key: KeyObject): SigningKey => ({
  key: publicKeyOf(key),
  sign: (message) => Promise.resolve(sign(null, message, key)),
});

/** Errors: signing-key-missing, signing-key-exposed, signing-key-unusable. */
export function readSigningKey(file: string): SigningKey {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new ShipshapeError("signing-key-missing", { file });
  const unusable = (reason: string) => new ShipshapeError("signing-key-unusable", { file, reason });
  if (!stats.isFile() || stats.size > signingKeyBytesMax) throw unusable("it is not a small regular file");
  // Windows has no such mode: every file there shows all bits.
  if (process.platform !== "win32" && (stats.mode & 0o077) !== 0)
    throw new ShipshapeError("signing-key-exposed", { file, mode: (stats.mode & 0o777).toString(8).padStart(4, "0") });
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(file));
  } catch (error) {
    throw unusable(reasonOf(error));
  }
  if (key.asymmetricKeyType !== "ed25519") throw unusable(`its type is ${key.asymmetricKeyType}, not ed25519`);
  return heldKey(key);
}

/** Creates the key; the file appears whole, and only if there is none. Errors: signing-key-exists. */
export function createSigningKey(file: string): SigningKey {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const own = `${file}.${process.pid}`;
  writeKey(own, privateKey);
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new ShipshapeError("signing-key-exists", { file });
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return heldKey(privateKey);
}

/**
 * The key that will replace the one in `file`, kept next to it until the log knows it: an interrupted rotation
 * continues with the same one.
 */
export function nextSigningKey(file: string): SigningKey {
  const next = nextFileOf(file);
  return statSync(next, { throwIfNoEntry: false }) ? readSigningKey(next) : createSigningKey(next);
}

/** Replaces the old key by the next one; its signatures are verified with its public key. */
export const takeNextSigningKey = (file: string): void => renameSync(nextFileOf(file), file);

const nextFileOf = (file: string) => `${file}.next`;

function writeKey(file: string, key: KeyObject): void {
  rmSync(file, { force: true });
  const handle = openSync(file, "wx", 0o600);
  writeSync(handle, key.export({ type: "pkcs8", format: "pem" }).toString());
  fsyncSync(handle);
  closeSync(handle);
}
