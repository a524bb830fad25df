import { createHash } from "node:crypto";
import { accountId } from "./arn";

/** The user of an access key: each key has its own, the same on every call. */
export interface Caller {
  /** `AKIASHIPSHAPELOCAL00` → `shipshapelocal`: no user's name ends with a zero (`local env --as`). */
  userName: string;
  /** `AIDA…`, as IAM's ids of users. */
  userId: string;
  arn: string;
}

export function callerOf(accessKeyId: string): Caller {
  const userName = accessKeyId.replace(/^A[KS]IA|0+$/g, "").toLowerCase();
  const digits = createHash("sha256")
    .update(accessKeyId)
    .digest("hex")
    .toUpperCase()
    .replace(/[0189]/g, "7");
  return { userName, userId: `AIDA${digits.slice(0, 17)}`, arn: `arn:aws:iam::${accountId}:user/${userName}` };
}
