import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidUnmaskedCopy } from "../../../policypacks/database-guardrails/rules/forbid-unmasked-copy";
import { cluster, exportTask } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, named, some, tagged } from "../fixtures";

const development = (properties: Record<string, unknown>, tags: Record<string, unknown> = {}) =>
  database({ identifier: "orders-development", ...properties, ...tagged({ environment: "development", ...tags }) });
const snapshot = "arn:aws:rds:eu-central-1:123456789012:snapshot";

claims(forbidUnmaskedCopy, {
  passes: {
    "a copy in production": database({ snapshotIdentifier: "orders-production-final" }),
    "a copy of development": development({
      restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-development" },
    }),
    "an automated backup of development": development({
      snapshotIdentifier: "rds:orders-development-2026-11-20-03-05",
    }),
    "the same by its ARN": development({ snapshotIdentifier: `${snapshot}:rds:orders-development-2026-11-20-03-05` }),
    "an automated backup of a development cluster by its ARN": development({
      snapshotIdentifier:
        "arn:aws:rds:eu-central-1:123456789012:cluster-snapshot:rds:orders-development-2026-11-20-03-05",
    }),
    "the primary of a global cluster": some(cluster, {
      ...tagged({ environment: "development" }),
      clusterIdentifier: "orders-development",
      globalClusterIdentifier: "orders",
      masterUsername: "a",
    }),
    "a secondary cluster of development": some(cluster, {
      ...tagged({ environment: "development" }),
      clusterIdentifier: "x-development",
      globalClusterIdentifier: "orders-development",
    }),
    "what is no copy": development({}),
    "a replica of what is not production, whatever it is called": [
      development({ identifier: "copy", replicateSourceDb: "reports" }),
      named("source", database({ identifier: "reports", ...tagged({ environment: "staging" }) })),
    ],
    "a living database, whose origin is not told": development({
      restoreToPointInTime: notReported,
      snapshotIdentifier: notReported,
    }),
    "an export of staging": some(exportTask, { sourceArn: `${snapshot}:rds:orders-staging-2026-11-20-03-05` }),
  },
  fails: {
    "a copy of production": [
      development({ restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-production" } }),
      "a copy of production",
    ],
    "a copy of nobody knows what": [
      development({ restoreToPointInTime: { sourceDbiResourceId: "db-1" } }),
      "nobody can tell the environment of",
    ],
    "a snapshot that its maker gave a harmless name": [
      development({ snapshotIdentifier: "development-x" }),
      "nobody can tell",
    ],
    "a replica outside production": [development({ replicateSourceDb: "orders-production" }), "a copy of production"],
    "a replica of a production database in its own stack, whatever it is called": [
      [
        development({ identifier: "copy", replicateSourceDb: "reports" }),
        named("source", database({ identifier: "reports" })),
      ],
      "nobody can tell",
    ],
    "a copy that says itself that it was masked": [
      development({ snapshotIdentifier: "x" }, { "shipshape:masking-profile": "none" }),
      "nobody can tell",
    ],
    "a copy that says itself that it is a drill's": [
      development(
        { restoreToPointInTime: { sourceDbiResourceId: "db-1" } },
        { "shipshape:run": "r", "shipshape:purpose": "restore-drill" },
      ),
      "nobody can tell",
    ],
    "a copy that says it is production's, under a name that says otherwise": [
      database({ identifier: "orders-development", snapshotIdentifier: "x" }),
      "made for development",
    ],
    "an export of production to a bucket": [
      some(exportTask, { sourceArn: `${snapshot}:orders-production-final` }),
      "do not export production data",
    ],
    "a copy that calls itself development, under a name that says production": [
      database({
        identifier: "orders-production-copy",
        restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-production" },
        ...tagged({ environment: "development" }),
      }),
      "made for development",
    ],
    "a harmless origin beside one that nobody can tell": [
      development({
        restoreToPointInTime: {
          sourceDbInstanceIdentifier: "orders-development",
          sourceDbInstanceAutomatedBackupsArn: "arn:x",
        },
      }),
      "nobody can tell",
    ],
    "a harmless snapshot beside what is followed": [
      development({ snapshotIdentifier: "rds:orders-development-2026-11-20-03-05", s3Import: { bucketName: "x" } }),
      "nobody can tell",
    ],
    "a copy of what is called production for short": [
      development({ restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-prod2" } }),
      "a copy of production",
    ],
    "a replica of a database elsewhere that is called as one of the stack": [
      [
        development({ replicateSourceDb: "arn:aws:rds:us-east-1:999999999999:db:reports" }),
        named(
          "source",
          database({
            identifier: "reports",
            arn: "arn:aws:rds:eu-central-1:123456789012:db:reports",
            ...tagged({ environment: "staging" }),
          }),
        ),
      ],
      "nobody can tell",
    ],
    "a replica of production that was computed from something else": [
      [
        {
          ...development({ replicateSourceDb: "orders-production" }),
          dependencies: { replicateSourceDb: ["urn:pulumi:test::shipshape::aws:rds/instance:Instance::source"] },
        },
        named("source", database({ identifier: "reports", ...tagged({ environment: "staging" }) })),
      ],
      "a copy of production",
    ],
    "a secondary cluster of a production one, in another Region": [
      some(cluster, {
        ...tagged({ environment: "development" }),
        clusterIdentifier: "orders-development",
        globalClusterIdentifier: "orders-production",
      }),
      "a copy of production",
    ],
    "an origin of the wrong type": [development({ restoreToPointInTime: "yesterday" }), "an object"],
  },
  undecided: { "an origin that is not known": development({ restoreToPointInTime: unknown }) },
});
