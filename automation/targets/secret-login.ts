/**
 * Whether the secret of a role still is what its stack wrote, and still logs in. Values are tried, and never returned or
 * named in a reason; that a value is another one is known by its version.
 */
import { GetSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import { DatabaseError } from "pg";
import { reasonOf } from "../errors";
import type { AwsClients } from "./aws-access";
import { connectToDatabase } from "./database-connection";
import type { DatabaseLogin } from "./database-login";
import { shownText } from "./shown-text";

/** A secret as its stack wrote it, without its value. */
export interface WrittenSecret {
  secretId: string;
  /** Null where RDS writes it. */
  versionId: string | null;
  /** Whom it may log in as; null if that is not known. */
  usernames: string[] | null;
}

export interface SecretLogin {
  /** Whether others wrote it since. */
  isWritten: boolean;
  /** Its fields that lead elsewhere: to another host, port, database or role. */
  elsewhere: string[];
  /** unknown: the database did not say. */
  login: "works" | "refused" | "unknown";
  /** Why not. */
  reason: string;
}

/** `at` is the instance as RDS describes it: a password is never sent to a host that only the secret names. */
export async function trySecret(
  { secrets }: Pick<AwsClients, "secrets">,
  { secretId, versionId, usernames }: WrittenSecret,
  at: Omit<DatabaseLogin, "user" | "password">,
  rootCertificateFile: string | undefined,
): Promise<SecretLogin> {
  let answer;
  try {
    answer = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  } catch (error) {
    const none = { isWritten: false, elsewhere: [] };
    if (error instanceof ResourceNotFoundException)
      return { ...none, login: "refused", reason: "the secret does not exist, or has no value" };
    return { ...none, login: "unknown", reason: `the secret cannot be read: ${shownText(reasonOf(error))}` };
  }
  const isWritten = versionId !== null && answer.VersionId !== versionId;
  const { username, password, host, port, dbname } = fieldsOf(answer.SecretString ?? "");
  if (typeof username !== "string" || typeof password !== "string")
    return { isWritten, elsewhere: [], login: "refused", reason: "it has no user name and password any more" };
  const elsewhere = [
    ...(host === undefined || host === at.host ? [] : ["host"]),
    ...(port === undefined || Number(port) === at.port ? [] : ["port"]),
    ...(dbname === undefined || dbname === at.database ? [] : ["dbname"]),
    ...(usernames === null || usernames.includes(username) ? [] : ["username"]),
  ];
  const { role: _, ...place } = at;
  return { isWritten, elsewhere, ...(await tried({ ...place, user: username, password }, rootCertificateFile)) };
}

async function tried(
  login: DatabaseLogin,
  rootCertificateFile: string | undefined,
): Promise<Pick<SecretLogin, "login" | "reason">> {
  try {
    await (await connectToDatabase(login, rootCertificateFile, session)).end();
    return { login: "works", reason: "" };
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof DatabaseError)) return { login: "unknown", reason: shownText(reasonOf(error)) };
    return { login: isRefusal(cause.code) ? "refused" : "unknown", reason: shownText(cause.message) };
  }
}

/** No trigger at login holds it up for longer. */
const session = { options: "-c statement_timeout=10s -c lock_timeout=5s", queryTimeoutSeconds: 15 };

/** Class 28: the password, or that it may not log in; 42501: it may not connect to this database. */
const isRefusal = (code = ""): boolean => code.startsWith("28") || code === "42501";

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
