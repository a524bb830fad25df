import { offers } from "../vocabulary/engines";
import { followsKnownSource, isRestored } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

/** What makes a value that nobody typed. */
const generators = ["random:index/randomPassword:RandomPassword", "random:index/randomString:RandomString"];
const passwords = ["password", "passwordWo", "masterPassword", "masterPasswordWo"];

export const requireManagedMasterPassword = defineRule({
  id: "require-managed-master-password",
  title: "No one knows the master's password",
  severity: "high",
  owner: "team-security",
  controls: ["CKV_AWS_388"],
  properties: ["manageMasterUserPassword", ...passwords],
  why: "A password in a program or its config is known to everyone who reads them, in every copy and every old commit, and it is never changed.",
  solution:
    'Set `manageMasterUserPassword` to true. Where RDS refuses that (read replicas, blue/green), compute the password from a generated one: `masterPassword: "own"` of `StandardDatabase`.',
  // Beside the stack's other resources: there it shows whether a password was generated or typed.
  typesInStack: databases,
  *checkInStack(database, stack) {
    if (
      !offers(database, "managedPassword") ||
      database.boolean("manageMasterUserPassword") ||
      followsKnownSource(database, stack)
    )
      return;
    const given = passwords.find((name) => database.has(name));
    if (given !== undefined && stack.comesFrom(database.dependsOn(given), generators)) return;
    if (given === undefined && isRestored(database)) return;
    yield {
      property: given ?? "manageMasterUserPassword",
      found: given === undefined ? undefined : "a value of the program itself",
      allowed: "manageMasterUserPassword: true, or a password computed from a generated one",
      change:
        "set manageMasterUserPassword to true and remove the password; RDS makes a new one and keeps it in Secrets Manager",
    };
  },
});
