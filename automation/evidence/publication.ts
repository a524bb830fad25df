/**
 * The published log: each statement and the heads that cover them, as files named by position and content. A name is
 * written once and never again, so that publishing may be repeated, by any number of workers.
 */
import { createHash } from "node:crypto";
import { ShipshapeError } from "../errors";
import { printable } from "../printable";
import type { PublicationTarget, PublishedKind } from "../publication-records";
import { publishedNamesMax } from "./limits";
import type { Hash } from "./merkle-tree";

export interface PublishedName {
  name: string;
  /** A statement's position; a checkpoint's size. */
  number: number;
  /** A statement's leaf hash; the SHA-256 of a checkpoint's note. */
  hash: Hash;
}

export const statementName = (position: number, leaf: Hash): string => nameOf(position, leaf, "envelope.json");
export const checkpointName = (size: number, note: string): string =>
  nameOf(size, createHash("sha256").update(note).digest(), "checkpoint");

/** Padded, so that names are in the order of the log. */
const nameOf = (number: number, hash: Hash, end: string) =>
  `${String(number).padStart(12, "0")}-${hash.toString("hex")}.${end}`;

const patterns = {
  statements: /^(\d{12})-([0-9a-f]{64})\.envelope\.json$/,
  checkpoints: /^(\d{12})-([0-9a-f]{64})\.checkpoint$/,
} as const;

/** Every file of that kind. Errors: evidence-publication-invalid for one that no publisher wrote. */
export async function publishedNames(target: PublicationTarget, kind: PublishedKind): Promise<PublishedName[]> {
  const names = await target.names(kind);
  if (names.length > publishedNamesMax) throw invalid(target, `it has more than ${publishedNamesMax} ${kind}`);
  return names.map((name) => {
    const [, number, hash] = patterns[kind].exec(name) ?? [];
    if (number === undefined || hash === undefined) throw invalid(target, `nothing vouches for ${kind}/${name}`);
    return { name, number: Number(number), hash: Buffer.from(hash, "hex") };
  });
}

export const invalid = (target: PublicationTarget, reason: string) =>
  new ShipshapeError("evidence-publication-invalid", { target: printable(target.name), reason: printable(reason) });
