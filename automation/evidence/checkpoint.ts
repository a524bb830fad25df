/**
 * The head of the evidence log as a signed checkpoint that standard tools can read.
 *
 * Text: origin, tree size, base64 root, one per line. Signature line: `— <name> base64(key id ‖ signature)`. Sources:
 * C2SP signed-note and tlog-checkpoint; the same format as `golang.org/x/mod/sumdb/note`.
 */
import type { KeyObject } from "node:crypto";
import { bytesOf } from "./base64";
import type { Hash } from "./merkle-tree";
import { isSignedBy, noteKeyId } from "./public-key";
import type { SigningKey } from "../signing-records";

export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
}

const textOf = (c: Checkpoint) => `${c.origin}\n${c.size}\n${c.root.toString("base64")}\n`;

/** The signed note of a checkpoint, signed by each key. The log's name is its origin. */
export async function signCheckpoint(c: Checkpoint, ...keys: SigningKey[]): Promise<string> {
  const text = Buffer.from(textOf(c));
  const lines: string[] = [];
  for (const { key, sign } of keys) {
    const signature = Buffer.concat([noteKeyId(c.origin, key), await sign(text)]);
    lines.push(`— ${c.origin} ${signature.toString("base64")}\n`);
  }
  return `${textOf(c)}\n${lines.join("")}`;
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
  const expected = noteKeyId(trusted.name, trusted.key);
  for (const line of signatures.trimEnd().split("\n")) {
    const [, name, encoded = ""] = line.split(" ");
    const bytes = Buffer.from(encoded, "base64");
    if (name !== trusted.name || !bytes.subarray(0, 4).equals(expected)) continue;
    if (isSignedBy(trusted.key, Buffer.from(text), bytes.subarray(4)))
      return { origin, size: Number(size), root: bytesOf(root) };
    throw new Error(`the signature of "${trusted.name}" does not match the checkpoint's text`);
  }
  throw new Error(`no signature of "${trusted.name}" with key ${expected.toString("hex")}`);
}
