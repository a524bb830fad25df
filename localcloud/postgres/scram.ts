import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/**
 * The SCRAM-SHA-256 verifier PostgreSQL stores (RFC 5803), computed here so that a password is never in a statement and
 * thus in no log. Passwords of RDS masters are printable ASCII, which SASLprep leaves unchanged.
 */
export function passwordVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const iterations = 4096; // PostgreSQL's default
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${hmac("Server Key").toString("base64")}`;
}
