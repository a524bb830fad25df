import { createHash } from "node:crypto";
import { accountOfKey } from "../../access/access-keys";
import type { Session } from "../sts/sessions";

/** The user of an access key, or the session of a role. */
export interface Caller {
  /** `AKIASHIPSHAPELOCAL00` → `shipshapelocal`: no user's name ends with a zero (`local env --as`). */
  userName: string;
  /** `AIDA…`, as IAM's ids of users; `AROA…:<session>` of a role. */
  userId: string;
  arn: string;
  accountId: string;
}

/** Who signed a call: each key is its own user, the same on every call. */
export function callerOf({ accessKeyId, session }: { accessKeyId: string; session?: Session | undefined }): Caller {
  if (session) {
    const { accountId, roleId, roleName, name } = session;
    const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${name}`;
    return { userName: name, userId: `${roleId}:${name}`, arn, accountId };
  }
  const accountId = accountOfKey(accessKeyId);
  const userName = accessKeyId.replace(/^A[KS]IA(\d{12}(?=[A-Z0-9]{16}$))?|0+$/g, "").toLowerCase();
  const digits = createHash("sha256")
    .update(accessKeyId)
    .digest("hex")
    .toUpperCase()
    .replace(/[0189]/g, "7");
  const arn = `arn:aws:iam::${accountId}:user/${userName}`;
  return { userName, userId: `AIDA${digits.slice(0, 17)}`, arn, accountId };
}
