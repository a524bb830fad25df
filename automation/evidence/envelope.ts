/**
 * Statements in signed envelopes: in-toto Statement v1 as the payload of a DSSE envelope, signed with Ed25519.
 * Sources: in-toto attestation spec (Statement v1), DSSE protocol v1.0 (pre-authentication encoding).
 */
import { createHash, sign, verify, type KeyObject } from "node:crypto";
import { rawPublicKey } from "./checkpoint";

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

/** What a statement is about: a name, and the digest that pins it. */
export interface Subject {
  name: string;
  digest: { sha256: string };
}

export interface Statement<Predicate = Record<string, unknown>> {
  _type: typeof STATEMENT_TYPE;
  subject: Subject[];
  predicateType: string;
  predicate: Predicate & { issuedAt: string; expiresOn: string };
}

export interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

/** PAE: what is signed, so that neither type nor payload can be swapped or shifted. Lengths are in bytes. */
export function preAuthenticationEncoding(payloadType: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
}

/** The key's id in envelopes: SHA-256 of the raw public key, in hex. A hint for finding the key, never proof. */
export const keyIdOf = (key: KeyObject): string => createHash("sha256").update(rawPublicKey(key)).digest("hex");

/** The envelope's bytes, exactly as they are logged and exported: their SHA-256 leaf is what the log commits to. */
export function sealStatement(statement: Statement<object>, key: KeyObject): string {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(null, preAuthenticationEncoding(PAYLOAD_TYPE, payload), key).toString("base64");
  const envelope: Envelope = { payloadType: PAYLOAD_TYPE, payload: payload.toString("base64"), signatures: [{ keyid: keyIdOf(key), sig }] };
  return JSON.stringify(envelope);
}

/** Opens an envelope: its statement, if `key` signed it. Throws a plain Error naming what does not fit. */
export function openEnvelope(text: string, key: KeyObject): Statement {
  const envelope = JSON.parse(text) as Partial<Envelope>;
  if (envelope.payloadType !== PAYLOAD_TYPE || typeof envelope.payload !== "string") throw new Error(`not an envelope of ${PAYLOAD_TYPE}`);
  const payload = Buffer.from(envelope.payload, "base64");
  const encoded = preAuthenticationEncoding(PAYLOAD_TYPE, payload);
  if (!envelope.signatures?.some((s) => verify(null, encoded, key, Buffer.from(s.sig, "base64"))))
    throw new Error(`no signature of key ${keyIdOf(key)} fits the payload`);
  const statement = JSON.parse(payload.toString()) as Statement;
  if (statement._type !== STATEMENT_TYPE || !Array.isArray(statement.subject)) throw new Error(`not an in-toto statement (${STATEMENT_TYPE})`);
  return statement;
}
