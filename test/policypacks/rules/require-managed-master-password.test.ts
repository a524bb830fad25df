import { unknown, notReported, encrypted } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireManagedMasterPassword } from "../../../policypacks/database-guardrails/rules/require-managed-master-password";
import { claims, database, judged, resource, urnOf, withSource } from "../fixtures";

const own = (properties: Record<string, unknown>, dependencies: string[]) =>
  database({ manageMasterUserPassword: undefined, ...properties }, { dependencies: { password: dependencies } });

const random = "urn:pulumi:test::shipshape::random:index/randomPassword:RandomPassword::p";
const secret = resource(
  "aws:secretsmanager/secretVersion:SecretVersion",
  {},
  { name: "secret", dependencies: { secretString: [random] } },
);
const bucket = resource("aws:s3/bucket:Bucket", {}, { name: "bucket" });

claims(requireManagedMasterPassword, {
  passes: {
    "a managed password": database(),
    "a password computed from a generated one": own({ password: encrypted }, [random]),
    "a generated password stored in a secret": [own({ password: encrypted }, [urnOf(secret)]), secret],
    "a restore without a password": database({ manageMasterUserPassword: undefined, snapshotIdentifier: "s" }),
    "a replica": withSource({ manageMasterUserPassword: undefined }),
    "a value that the RDS API does not report": database({ manageMasterUserPassword: notReported }),
  },
  fails: {
    "a password in the program": [
      own({ password: "hunter2" }, []),
      "password is a value written in the program or its config",
    ],
    "a password computed from a resource that does not generate any": [
      [own({ password: encrypted }, [urnOf(bucket)]), bucket],
      "a value written in the program or its config",
    ],
    "a password in encrypted config": [
      own({ password: encrypted }, []),
      "a value written in the program or its config",
    ],
    "a write-only password": [own({ passwordWo: "hunter2" }, []), "passwordWo"],
    "no password and no management by RDS": [
      database({ manageMasterUserPassword: false }),
      "manageMasterUserPassword is not set",
    ],
    "a replica of an unknown source": [
      database({ manageMasterUserPassword: undefined, replicateSourceDb: "elsewhere" }),
      "is not set",
    ],
    "a value of the wrong type": [database({ manageMasterUserPassword: "yes" }), "true or false"],
  },
  undecided: { "an unknown value": database({ manageMasterUserPassword: unknown }) },
});

test("a password does not appear in the message", () => {
  expect(JSON.stringify(judged(requireManagedMasterPassword, own({ password: "hunter2" }, [])))).not.toContain(
    "hunter2",
  );
});
