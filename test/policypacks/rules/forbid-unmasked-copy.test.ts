import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidUnmaskedCopy } from "../../../policypacks/database-guardrails/rules/forbid-unmasked-copy";
import { cluster, exportTask } from "../../../policypacks/database-guardrails/vocabulary/types";
import type { CopyProof } from "../../../policypacks/database-guardrails/judging/rule";
import { claims, database, judged, named, resource, tagged } from "../fixtures";

const copyTags = {
  ...{ "shipshape:copy-of": "orders-production", "shipshape:copy-profile": "9".repeat(64) },
  ...{ "shipshape:copy-request": "261119090000-0a1b2c3d", "shipshape:copy-expires-on": "2027-03-31" },
};

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
    "an automated backup of development by its ARN": development({
      snapshotIdentifier: `${snapshot}:rds:orders-development-2026-11-20-03-05`,
    }),
    "an automated backup of a development cluster by its ARN": development({
      snapshotIdentifier:
        "arn:aws:rds:eu-central-1:123456789012:cluster-snapshot:rds:orders-development-2026-11-20-03-05",
    }),
    "the primary of a global cluster": resource(cluster, {
      ...tagged({ environment: "development" }),
      clusterIdentifier: "orders-development",
      globalClusterIdentifier: "orders",
      masterUsername: "a",
    }),
    "a secondary cluster of development": resource(cluster, {
      ...tagged({ environment: "development" }),
      clusterIdentifier: "x-development",
      globalClusterIdentifier: "orders-development",
    }),
    "a database that is not a copy": development({}),
    "a replica of a database that is not production, under any name": [
      development({ identifier: "copy", replicateSourceDb: "reports" }),
      named("source", database({ identifier: "reports", ...tagged({ environment: "staging" }) })),
    ],
    "a live database, whose origin is not reported": development({
      restoreToPointInTime: notReported,
      snapshotIdentifier: notReported,
    }),
    "an export of staging": resource(exportTask, { sourceArn: `${snapshot}:rds:orders-staging-2026-11-20-03-05` }),
  },
  fails: {
    "a copy of production": [
      development({ restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-production" } }),
      "a copy of production",
    ],
    "a copy of an unknown database": [
      development({ restoreToPointInTime: { sourceDbiResourceId: "db-1" } }),
      "a database of unknown environment",
    ],
    "a manual snapshot with a harmless name": [
      development({ snapshotIdentifier: "development-x" }),
      "unknown environment",
    ],
    "a replica outside production": [development({ replicateSourceDb: "orders-production" }), "a copy of production"],
    "a replica of a production database in the same stack, under any name": [
      [
        development({ identifier: "copy", replicateSourceDb: "reports" }),
        named("source", database({ identifier: "reports" })),
      ],
      "unknown environment",
    ],
    "a copy whose tag says that it was masked": [
      development({ snapshotIdentifier: "x" }, { "shipshape:masking-profile": "none" }),
      "unknown environment",
    ],
    "a copy whose tags say that it belongs to a drill": [
      development(
        { restoreToPointInTime: { sourceDbiResourceId: "db-1" } },
        { "shipshape:run": "r", "shipshape:purpose": "restore-drill" },
      ),
      "unknown environment",
    ],
    "a copy tagged as production under a development name": [
      database({ identifier: "orders-development", snapshotIdentifier: "x" }),
      "created for development",
    ],
    "an export of production to a bucket": [
      resource(exportTask, { sourceArn: `${snapshot}:orders-production-final` }),
      "do not export production data",
    ],
    "a copy tagged as development under a production name": [
      database({
        identifier: "orders-production-copy",
        restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-production" },
        ...tagged({ environment: "development" }),
      }),
      "created for development",
    ],
    "a harmless origin together with an unknown one": [
      development({
        restoreToPointInTime: {
          sourceDbInstanceIdentifier: "orders-development",
          sourceDbInstanceAutomatedBackupsArn: "arn:x",
        },
      }),
      "unknown environment",
    ],
    "a harmless snapshot together with an import": [
      development({ snapshotIdentifier: "rds:orders-development-2026-11-20-03-05", s3Import: { bucketName: "x" } }),
      "unknown environment",
    ],
    "a copy of a database whose name has a short form of production": [
      development({ restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-prod2" } }),
      "a copy of production",
    ],
    "a replica of a database elsewhere with the same name as one in the stack": [
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
      "unknown environment",
    ],
    "a replica of production that depends on another database": [
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
      resource(cluster, {
        ...tagged({ environment: "development" }),
        clusterIdentifier: "orders-development",
        globalClusterIdentifier: "orders-production",
      }),
      "a copy of production",
    ],
    "an origin of the wrong type": [development({ restoreToPointInTime: "yesterday" }), "an object"],
  },
  undecided: {
    "an unknown origin": development({ restoreToPointInTime: unknown }),
    "a database tagged as a masked copy, as the pack alone sees it": development({}, copyTags),
  },
});

describe("with the evidence", () => {
  const says = (word: CopyProof["word"], tags: Record<string, string>, environment = "development") =>
    judged(forbidUnmaskedCopy, database({ identifier: `orders-${environment}`, ...tagged({ environment, ...tags }) }), {
      settings: { copyProofOf: () => ({ word, reason: "as the log says" }) },
    }).map(({ kind, found }) => [kind, found]);
  const refused = [["violation", "a masked copy without proof: as the log says"]];

  test("a copy with a signed, unexpired refresh statement of its own passes", () => {
    expect(says("proven", copyTags)).toEqual([]);
  });

  test("tags that no statement bears out are a violation, and so is one of them", () => {
    expect(says("none", copyTags)).toEqual(refused);
    for (const [key, value] of Object.entries(copyTags)) expect(says("none", { [key]: value })).toEqual(refused);
  });

  test("a copy whose statement has expired or was withdrawn is a violation, also without its tags", () => {
    expect(says("refuted", copyTags)).toEqual(refused);
    expect(says("refuted", {})).toEqual(refused);
  });

  test("evidence that cannot be relied on leaves a tagged database undecided", () => {
    expect(says("unknown", copyTags)).toEqual([["undecided", undefined]]);
    expect(says("unknown", {})).toEqual([]);
  });

  test("a database that is no copy needs no evidence", () => {
    expect(says("none", {})).toEqual([]);
    expect(says("none", {}, "production")).toEqual([]);
  });
});
