/** What signs: the stages that sign, and those that only hand a key over, share no more than this. */
import type { KeyObject } from "node:crypto";

/**
 * What signs evidence: the evidence stage has a key in a file, `targets/` one in AWS KMS. It may be elsewhere, and take
 * a while or fail; what was signed may be signed again.
 */
export interface SigningKey {
  /** The public half: Ed25519 or ECDSA P-256. */
  key: KeyObject;
  /** An Ed25519 signature (RFC 8032), or ECDSA with SHA-256 in DER. */
  sign(message: Buffer): Promise<Buffer>;
  /** The longest message that it signs. @default any */
  messageBytesMax?: number;
}
