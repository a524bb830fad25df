import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireBackupRetention } from "../../../policypacks/database-guardrails/rules/require-backup-retention";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, named, resource, tagged, throwaway, throwawayTags, withSource } from "../fixtures";

claims(requireBackupRetention, {
  passes: {
    "production gold with 35 days": database(),
    "bronze with 7": database({ backupRetentionPeriod: 7, ...tagged({ tier: "bronze" }) }),
    "a number given as a string, as in a config": database({ backupRetentionPeriod: "35" }),
    "a replica, whose source is backed up": withSource({ backupRetentionPeriod: 0 }),
    "a replica of a replica": [
      database({ identifier: "a", replicateSourceDb: "b", backupRetentionPeriod: 0 }),
      named(
        "b",
        database({ identifier: "b", replicateSourceDb: "arn:aws:rds:eu-central-1:123456789012:db:orders-production" }),
      ),
      named("c", database()),
    ],
    "a database that the RDS API reports as a replica": database(
      { backupRetentionPeriod: 0, replicateSourceDb: "elsewhere" },
      { reportedBy: "api" },
    ),
    "a throwaway without backups": throwaway({ backupRetentionPeriod: 0 }),
  },
  fails: {
    "too few days": [
      database({ backupRetentionPeriod: 7 }),
      "backupRetentionPeriod is 7; allowed: 35 days or more (production gold)",
    ],
    "no value, for which AWS uses one day": [
      database({ backupRetentionPeriod: undefined }),
      "not set (AWS default: 1)",
    ],
    "less than gold requires, if the tags name no tier": [
      database({ backupRetentionPeriod: 14, tags: {} }),
      "35 days or more",
    ],
    "a replica of an unknown source": [database({ backupRetentionPeriod: 0, replicateSourceDb: "elsewhere" }), "is 0"],
    "a replica of itself": [database({ backupRetentionPeriod: 0, replicateSourceDb: "orders-production" }), "is 0"],
    "two replicas that name each other as their source": [
      [
        database({ identifier: "a", replicateSourceDb: "b", backupRetentionPeriod: 0 }),
        named("b", database({ identifier: "b", replicateSourceDb: "a" })),
      ],
      "is 0",
    ],
    "tags of a throwaway on a database that is not a copy": [
      database({ backupRetentionPeriod: 0, tags: throwawayTags }),
      "is 0",
    ],
    "a copy that expires in the distant future": [
      throwaway({ backupRetentionPeriod: 0, tags: { ...throwawayTags, "shipshape:expires-on": "9999-12-31" } }),
      "is 0",
    ],
    "a cluster without backups": [resource(cluster, { backupRetentionPeriod: 1 }), "is 1"],
    "a value of the wrong type": [database({ backupRetentionPeriod: "a month" }), "is a month; allowed: a number"],
  },
  undecided: { "an unknown number of days": database({ backupRetentionPeriod: unknown }) },
});
