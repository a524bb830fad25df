import { offers } from "../vocabulary/engines";
import { followsKnownSource, isRestored } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

/** Resources that generate random values. */
const generators = ["random:index/randomPassword:RandomPassword", "random:index/randomString:RandomString"];
const passwords = ["password", "passwordWo", "masterPassword", "masterPasswordWo"];

export const requireManagedMasterPassword = defineRule({
  id: "require-managed-master-password",
  title: "No one knows the master's password",
  severity: "high",
  owner: "team-security",
  controls: ["CKV_AWS_388"],
  properties: ["manageMasterUserPassword", ...passwords],
  why: "A password in a program or its config is known to everyone who can read them, including every copy and old commit, and is rarely changed.",
  solution:
    'Set `manageMasterUserPassword` to true. If RDS refuses that (read replicas, blue/green), compute the password from a generated one: `masterPassword: "own"` of `StandardDatabase`.',
  // With the stack's other resources, which show whether a password was generated or written by a person.
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
      found: given === undefined ? undefined : "a value written in the program or its config",
      allowed: "manageMasterUserPassword: true, or a password computed from a generated one",
      change:
        "set manageMasterUserPassword to true and remove the password; RDS generates a new one and stores it in Secrets Manager",
    };
  },
});
