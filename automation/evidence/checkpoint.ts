/**
 * The head of the evidence log as a signed checkpoint that standard tools can read.
 *
 * Text: origin, tree size, base64 root, one per line. Signature line: `— <name> base64(key hash ‖ signature)`, key hash
 * = the first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key). Sources: C2SP signed-note and tlog-checkpoint;
 * the same format as `golang.org/x/mod/sumdb/note`.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { bytesOf } from "./base64";
import type { Hash } from "./merkle-tree";

export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
}

const ED25519 = Buffer.of(1);
/** An Ed25519 SubjectPublicKeyInfo is this header and the 32 bytes of the key (RFC 8410). */
const SPKI_HEADER = Buffer.from("302a300506032b6570032100", "hex");

export const rawPublicKey = (key: KeyObject): Buffer =>
  (key.type === "private" ? createPublicKey(key) : key)
    .export({ type: "spki", format: "der" })
    .subarray(SPKI_HEADER.length);

function keyHash(name: string, key: KeyObject): Buffer {
  return createHash("sha256").update(`${name}\n`).update(ED25519).update(rawPublicKey(key)).digest().subarray(0, 4);
}

/**
 * The verifier key in the format of signed-note tools: `<name>+<key hash in hex>+<base64 of 0x01 and the public key>`.
 */
export function verifierKey(name: string, key: KeyObject): string {
  return `${name}+${keyHash(name, key).toString("hex")}+${Buffer.concat([ED25519, rawPublicKey(key)]).toString("base64")}`;
}

/** Parses a verifier key. Throws a plain Error that says what is wrong with it. */
export function parseVerifierKey(text: string): { name: string; key: KeyObject } {
  const [, name, hash, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded ?? "", "base64");
  if (!name || bytes.length !== 33 || bytes[0] !== 1)
    throw new Error(`not an Ed25519 verifier key "<name>+<hash>+<key>"`);
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEADER, bytes.subarray(1)]), format: "der", type: "spki" });
  if (keyHash(name, key).toString("hex") !== hash)
    throw new Error(`the verifier key of "${name}" does not match its own hash ${hash}`);
  return { name, key };
}

const textOf = (c: Checkpoint) => `${c.origin}\n${c.size}\n${c.root.toString("base64")}\n`;

/** The signed note of a checkpoint, signed by each key. The log's name is its origin. */
export function signCheckpoint(c: Checkpoint, ...keys: KeyObject[]): string {
  const line = (key: KeyObject) =>
    `— ${c.origin} ${Buffer.concat([keyHash(c.origin, key), sign(null, Buffer.from(textOf(c)), key)]).toString("base64")}\n`;
  return `${textOf(c)}\n${keys.map(line).join("")}`;
}

/**
 * Opens a signed note: returns its checkpoint if the named key signed it. Throws a plain Error that says what does not
 * match.
 */
export function openCheckpoint(note: string, trusted: { name: string; key: KeyObject }): Checkpoint {
  const [, text = "", origin = "", size = "", root = "", signatures = ""] =
    /^((\S+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n)\n((?:— \S+ \S+\n){1,8})$/.exec(note) ?? [];
  if (text === "")
    throw new Error(
      "not a checkpoint: expected origin, size and root, one per line, then an empty line and signatures",
    );
  if (origin !== trusted.name) throw new Error(`the checkpoint is of log "${origin}", not of "${trusted.name}"`);
  const expected = keyHash(trusted.name, trusted.key);
  for (const line of signatures.trimEnd().split("\n")) {
    const [, name, encoded = ""] = line.split(" ");
    const bytes = Buffer.from(encoded, "base64");
    if (name !== trusted.name || !bytes.subarray(0, 4).equals(expected)) continue;
    if (verify(null, Buffer.from(text), trusted.key, bytes.subarray(4)))
      return { origin, size: Number(size), root: bytesOf(root) };
    throw new Error(`the signature of "${trusted.name}" does not match the checkpoint's text`);
  }
  throw new Error(`no signature of "${trusted.name}" with key ${expected.toString("hex")}`);
}
