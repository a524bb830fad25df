import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** As in AWS: the id names the caller, the secret proves it. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The key of the user who started the cloud; `local env` prints it. */
export const ownerKeyId = "AKIASHIPSHAPELOCAL00";

/**
 * The account of the user who started the embedded cloud: AWS's own example account, so that it is not mistaken for a
 * real one. Another one exists once it has a key.
 */
export const ownerAccountId = "123456789012";

/**
 * `alice` → `AKIAALICE00000000000`: the padded user name, from which the cloud derives the caller's name. In another
 * account than the owner's, the account's number is before the name.
 */
export function keyIdOf(userName: string, accountId = ownerAccountId): string {
  const account = accountId === ownerAccountId ? "" : accountId;
  return `AKIA${account}${userName.toUpperCase().padEnd(16, "0")}`;
}

/** A key's account, as in AWS a part of its id. Ids without one are the owner's. */
export const accountOfKey = (accessKeyId: string): string =>
  /^A[KS]IA(\d{12})[A-Z0-9]{16}$/.exec(accessKeyId)?.[1] ?? ownerAccountId;

/** The key with that id in a data folder; undefined when there is none. */
export function findAccessKey(dataFolder: string, accessKeyId: string): AccessKey | undefined {
  // The id comes from requests too, and becomes the name of a file.
  if (!/^[A-Z0-9]{16,128}$/.test(accessKeyId)) return undefined;
  try {
    return { accessKeyId, secretAccessKey: readFileSync(join(keysFolder(dataFolder), accessKeyId), "utf8").trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The key with that id, created if there is none. Safe to call concurrently: every caller gets the same key. */
export function ensureAccessKey(dataFolder: string, accessKeyId = ownerKeyId): AccessKey {
  const known = findAccessKey(dataFolder, accessKeyId);
  if (known) return known;
  const folder = keysFolder(dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `.${accessKeyId}-${randomBytes(6).toString("hex")}`);
  // 40 characters, like AWS's. Linked under its name once complete, and only if no other process was faster.
  writeFileSync(partial, randomBytes(30).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(partial, join(folder, accessKeyId));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(partial);
  }
  const key = findAccessKey(dataFolder, accessKeyId);
  if (!key)
    throw new Error(`'${accessKeyId}' cannot be an access key id: it takes 16 to 128 capital letters and digits`);
  return key;
}

const keysFolder = (dataFolder: string): string => join(dataFolder, "access-keys");
