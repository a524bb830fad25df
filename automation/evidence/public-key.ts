/**
 * The keys that sign a log: Ed25519, which every tool for signed notes reads, and ECDSA P-256, which key services have.
 *
 * Sources: C2SP signed-note (types 0x01 and 0x02); RFC 8410 for an Ed25519 SubjectPublicKeyInfo; for verifier keys of
 * ECDSA, which signed-note leaves open, github.com/transparency-dev/formats.
 */
import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";

interface Kind {
  /** The type's byte in verifier keys. */
  type: number;
  /** The public key as verifier keys contain it. */
  encoded(key: KeyObject): Buffer;
  decoded(bytes: Buffer): KeyObject;
  /** The first four bytes of this, hashed, identify the key in signed notes. */
  hashed(name: string, encoded: Buffer): Buffer;
  verify(message: Buffer, key: KeyObject, signature: Buffer): boolean;
}

/** An Ed25519 SubjectPublicKeyInfo is this header and the 32 bytes of the key. */
const ED25519_HEADER = Buffer.from("302a300506032b6570032100", "hex");

const fromSpki = (key: Buffer) => createPublicKey({ key, format: "der", type: "spki" });
/** Exporting a key takes as long as signing with it, and one append asks for the same key again and again. */
const exported = new WeakMap<KeyObject, Buffer>();
function spkiOf(key: KeyObject): Buffer {
  const known = exported.get(key) ?? publicKeyOf(key).export({ type: "spki", format: "der" });
  exported.set(key, known);
  return known;
}

const kinds: Record<"ed25519" | "ec", Kind> = {
  ed25519: {
    type: 1,
    encoded: (key) => spkiOf(key).subarray(ED25519_HEADER.length),
    decoded: (bytes) => fromSpki(Buffer.concat([ED25519_HEADER, bytes])),
    hashed: (name, encoded) => Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(1), encoded]),
    verify: (message, key, signature) => verify(null, message, key, signature),
  },
  ec: {
    type: 2,
    encoded: spkiOf,
    decoded: fromSpki,
    hashed: (_, encoded) => encoded,
    verify: (message, key, signature) => verify("sha256", message, key, signature), // a signature is ASN.1 in DER
  },
};

/** Throws a plain Error for a key of another kind, which can sign no log. */
function kindOf(key: KeyObject): Kind {
  const { asymmetricKeyType: type, asymmetricKeyDetails } = key;
  if (type === "ed25519") return kinds.ed25519;
  if (type === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1") return kinds.ec;
  throw new Error(`its type is ${[type, asymmetricKeyDetails?.namedCurve].filter(Boolean).join(" ")}`);
}

export const publicKeyOf = (key: KeyObject): KeyObject => (key.type === "private" ? createPublicKey(key) : key);

export const sameKey = (a: KeyObject, b: KeyObject): boolean => spkiOf(a).equals(spkiOf(b));

/** The key's id in envelopes: SHA-256 of the key as verifier keys have it, in hex. A hint for finding it, never proof. */
export const keyIdOf = (key: KeyObject): string => createHash("sha256").update(kindOf(key).encoded(key)).digest("hex");

/** The key's id in signed notes. */
export function noteKeyId(name: string, key: KeyObject): Buffer {
  const kind = kindOf(key);
  return createHash("sha256")
    .update(kind.hashed(name, kind.encoded(key)))
    .digest()
    .subarray(0, 4);
}

export const isSignedBy = (key: KeyObject, message: Buffer, signature: Buffer): boolean =>
  kindOf(key).verify(message, key, signature);

/** The verifier key in the format of signed-note tools: `<name>+<key id in hex>+<base64 of its type and the key>`. */
export function verifierKey(name: string, key: KeyObject): string {
  const { type, encoded } = kindOf(key);
  return `${name}+${noteKeyId(name, key).toString("hex")}+${Buffer.concat([Buffer.of(type), encoded(key)]).toString("base64")}`;
}

/** Parses a verifier key. Throws a plain Error that says what is wrong with it. */
export function parseVerifierKey(text: string): { name: string; key: KeyObject } {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const key = decoded(Buffer.from(encoded ?? "", "base64"));
  if (!name || !key) throw new Error(`not an Ed25519 or ECDSA P-256 verifier key "<name>+<hash>+<key>"`);
  if (noteKeyId(name, key).toString("hex") !== id)
    throw new Error(`the verifier key of "${name}" does not match its own hash ${id}`);
  return { name, key };
}

function decoded(bytes: Buffer): KeyObject | undefined {
  const kind = Object.values(kinds).find(({ type }) => type === bytes[0]);
  try {
    const key = kind?.decoded(bytes.subarray(1));
    // Only its one encoding: another would be the same key under another name.
    return key && kindOf(key) === kind && kind.encoded(key).equals(bytes.subarray(1)) ? key : undefined;
  } catch {
    return undefined; // not a key
  }
}
