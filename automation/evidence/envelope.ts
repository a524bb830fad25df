/**
 * Statements in signed envelopes: in-toto Statement v1 as the payload of a DSSE envelope.
 * Sources: in-toto attestation spec (Statement v1), DSSE protocol v1.0 (pre-authentication encoding).
 */
import { createHash, type KeyObject } from "node:crypto";
import { z } from "zod";
import { bytesOf } from "./base64";
import { signedWholeBytes } from "./limits";
import { isSignedBy, keyIdOf } from "./public-key";
import type { SigningKey } from "../signing-records";

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";
/** What a key signs that cannot sign a statement of that length: its SHA-512, as a payload of this type. */
export const DIGEST_TYPE = `${PAYLOAD_TYPE};digest=sha-512`;
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

const envelopeSchema = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.string(),
  signatures: z
    .array(z.strictObject({ keyid: z.string(), sig: z.string() }))
    .min(1)
    .max(4),
});
export type Envelope = z.infer<typeof envelopeSchema>;

const time = z.iso.datetime();
const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([
    z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }),
  ]),
  predicateType: z.string(),
  // What was proven about a run expires; what happened to keys, or in a period, does not.
  predicate: z.looseObject({ issuedAt: time, expiresOn: time.nullable() }),
});
/** The subject of a statement: a name, and the digest that pins it. */
export type Statement = z.infer<typeof statementSchema>;
export type Subject = Statement["subject"][0];

/** PAE, the signed bytes: neither type nor payload can be swapped or shifted. Lengths are in bytes. */
export function preAuthenticationEncoding(payloadType: string, payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `),
    payload,
  ]);
}

/** The envelope's bytes, exactly as logged and exported: the log commits to their SHA-256 leaf. */
export async function sealStatement(statement: Statement, ...keys: SigningKey[]): Promise<string> {
  const payload = Buffer.from(JSON.stringify(statement));
  const encoded = preAuthenticationEncoding(PAYLOAD_TYPE, payload);
  const signatures: Envelope["signatures"] = [];
  for (const { key, sign, messageBytesMax = Infinity } of keys) {
    const sig = await sign(encoded.length <= messageBytesMax ? encoded : digested(payload));
    signatures.push({ keyid: keyIdOf(key), sig: sig.toString("base64") });
  }
  return JSON.stringify({
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString("base64"),
    signatures,
  } satisfies Envelope);
}

/**
 * Opens an envelope: returns its statement if each key signed it. Throws a plain Error that says what does not match.
 */
export function openEnvelope(text: string, ...keys: KeyObject[]): Statement {
  const { envelope, payload } = unpack(text);
  const encoded = preAuthenticationEncoding(PAYLOAD_TYPE, payload);
  for (const key of keys) {
    const isSigned = (message: Buffer) => envelope.signatures.some((s) => isSignedBy(key, message, bytesOf(s.sig)));
    if (!isSigned(encoded) && !(encoded.length > signedWholeBytes && isSigned(digested(payload))))
      throw new Error(`no signature of key ${keyIdOf(key)} matches the payload`);
  }
  return statementIn(payload);
}

const digested = (payload: Buffer) =>
  preAuthenticationEncoding(DIGEST_TYPE, createHash("sha512").update(payload).digest());

/** The statement of an envelope without verifying its signature: what it claims, to find the keys to verify it with. */
export const claimOf = (text: string): Statement => statementIn(unpack(text).payload);

function unpack(text: string): { envelope: Envelope; payload: Buffer } {
  const parsed = envelopeSchema.safeParse(parse(text));
  if (!parsed.success) throw new Error(`not an envelope of ${PAYLOAD_TYPE}`);
  return { envelope: parsed.data, payload: bytesOf(parsed.data.payload) };
}

function statementIn(payload: Buffer): Statement {
  const parsed = statementSchema.safeParse(parse(payload.toString()));
  if (!parsed.success) throw new Error(`not an in-toto statement (${STATEMENT_TYPE})`);
  return parsed.data;
}

/** Undefined for invalid JSON: the schema then refuses it with our message. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
