import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { ensureAccessKey } from "../../access/access-keys";

/** What an assumed role's temporary credentials say; they are stored nowhere else. */
export interface Session {
  accountId: string;
  roleName: string;
  roleArn: string;
  /** `AROA…`: a role that is created again under the same name is another one. */
  roleId: string;
  /** As the caller named it. */
  name: string;
  /** ISO, by the real time, which clients hold it against; the cloud's clock can be set. */
  issuedAt: string;
  expiresAt: string;
}

export interface TemporaryKey {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** The token is the session, signed with a secret of the data folder: valid after a restart, and nothing to clean up. */
export function issueSession(dataFolder: string, session: Session): TemporaryKey {
  const content = Buffer.from(JSON.stringify(session)).toString("base64url");
  const sessionToken = `${content}.${keyed(dataFolder, "token", content).toString("base64url")}`;
  const digits = createHash("sha256").update(sessionToken).digest("hex").toUpperCase().slice(0, 16);
  return {
    accessKeyId: `ASIA${session.accountId}${digits}`,
    secretAccessKey: keyed(dataFolder, "secret", sessionToken).toString("base64").slice(0, 40),
    sessionToken,
  };
}

/** The session of a token that this cloud has issued, and its key; expired or not. */
export function findSession(
  dataFolder: string,
  sessionToken: string,
): { session: Session; key: TemporaryKey } | undefined {
  const [content = "", signature = ""] = sessionToken.split(".");
  const expected = keyed(dataFolder, "token", content);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const session = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as Session;
  const key = issueSession(dataFolder, session);
  return key.sessionToken === sessionToken ? { session, key } : undefined;
}

const keyed = (dataFolder: string, purpose: string, text: string): Buffer =>
  createHmac("sha256", ensureAccessKey(dataFolder).secretAccessKey).update(`${purpose} ${text}`).digest();
