import { unknown, notReported, encrypted } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireManagedMasterPassword } from "../../../policypacks/database-guardrails/rules/require-managed-master-password";
import { claims, database, judged, some, urnOf, withSource } from "../fixtures";

const own = (properties: Record<string, unknown>, behind: string[]) =>
  database({ manageMasterUserPassword: undefined, ...properties }, { dependencies: { password: behind } });

const random = "urn:pulumi:test::shipshape::random:index/randomPassword:RandomPassword::p";
const kept = some(
  "aws:secretsmanager/secretVersion:SecretVersion",
  {},
  { name: "kept", dependencies: { secretString: [random] } },
);
const bucket = some("aws:s3/bucket:Bucket", {}, { name: "bucket" });

claims(requireManagedMasterPassword, {
  passes: {
    "a managed password": database(),
    "one computed from a generated one": own({ password: encrypted }, [random]),
    "one that a secret keeps of a generated one": [own({ password: encrypted }, [urnOf(kept)]), kept],
    "a restore that says nothing": database({ manageMasterUserPassword: undefined, snapshotIdentifier: "s" }),
    "a replica": withSource({ manageMasterUserPassword: undefined }),
    "what the RDS API does not tell": database({ manageMasterUserPassword: notReported }),
  },
  fails: {
    "a password in the program": [own({ password: "hunter2" }, []), "password is a value of the program itself"],
    "one that was typed, and computed from something else": [
      [own({ password: encrypted }, [urnOf(bucket)]), bucket],
      "a value of the program itself",
    ],
    "one in encrypted config": [own({ password: encrypted }, []), "a value of the program itself"],
    "a write-only one": [own({ passwordWo: "hunter2" }, []), "passwordWo"],
    "a password nobody declared": [
      database({ manageMasterUserPassword: false }),
      "manageMasterUserPassword is not set",
    ],
    "a replica of what nobody can see": [
      database({ manageMasterUserPassword: undefined, replicateSourceDb: "whatever" }),
      "is not set",
    ],
    "a value of the wrong type": [database({ manageMasterUserPassword: "yes" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ manageMasterUserPassword: unknown }) },
});

test("a password is not repeated in the message", () => {
  expect(JSON.stringify(judged(requireManagedMasterPassword, own({ password: "hunter2" }, [])))).not.toContain(
    "hunter2",
  );
});
