import { unknown, unseen } from "../../../policypacks/database-guardrails/properties";
import { forbidUnmaskedCopy } from "../../../policypacks/database-guardrails/rules/forbid-unmasked-copy";
import { claims, database, tagged } from "../fixtures";

const development = (properties: Record<string, unknown>, tags: Record<string, unknown> = {}) =>
  database({ ...properties, ...tagged({ environment: "development", ...tags }) });

claims(forbidUnmaskedCopy, {
  passes: {
    "a copy in production": database({ snapshotIdentifier: "orders-production-final" }),
    "a masked one": development({ snapshotIdentifier: "orders-production-final" }, { "shipshape:masking-profile": "orders-v3" }),
    "a copy of development": development({ restoreToPointInTime: { sourceDbInstanceIdentifier: "orders-development" } }),
    "a drill's, which no application reaches": development(
      { restoreToPointInTime: { sourceDbiResourceId: "db-1" } },
      { "shipshape:run": "r", "shipshape:purpose": "restore-drill" },
    ),
    "what is no copy": development({}),
    "a living database, whose origin is not told": development({ restoreToPointInTime: unseen, snapshotIdentifier: unseen }),
  },
  fails: {
    "a copy of production": [development({ snapshotIdentifier: "orders-production-final" }), "make the copy by an environment refresh"],
    "a copy of nobody knows what": [development({ restoreToPointInTime: { sourceDbiResourceId: "db-1" } }), "its source may be production"],
    "a replica outside production": [development({ replicateSourceDb: "orders-production" }), "masking-profile is not set"],
    "a throwaway that an application may reach": [development({ snapshotIdentifier: "x" }, { "shipshape:run": "r" }), "masking-profile"],
    "an origin of the wrong type": [development({ restoreToPointInTime: "yesterday" }), "an object"],
  },
  undecided: { "an origin that is not known": development({ restoreToPointInTime: unknown }) },
});
