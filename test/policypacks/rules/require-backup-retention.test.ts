import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireBackupRetention } from "../../../policypacks/database-guardrails/rules/require-backup-retention";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, named, some, tagged, throwaway, throwawayTags, withSource } from "../fixtures";

claims(requireBackupRetention, {
  passes: {
    "production gold with 35 days": database(),
    "bronze with 7": database({ backupRetentionPeriod: 7, ...tagged({ tier: "bronze" }) }),
    "a number given as text, as a config does": database({ backupRetentionPeriod: "35" }),
    "a replica, whose source is backed up": withSource({ backupRetentionPeriod: 0 }),
    "a replica of a replica": [
      database({ identifier: "a", replicateSourceDb: "b", backupRetentionPeriod: 0 }),
      named(
        "b",
        database({ identifier: "b", replicateSourceDb: "arn:aws:rds:eu-central-1:123456789012:db:orders-production" }),
      ),
      named("c", database()),
    ],
    "what the RDS API calls a replica": database(
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
    "none said, which AWS takes for one day": [
      database({ backupRetentionPeriod: undefined }),
      "not set, which is 1 on AWS",
    ],
    "gold's retention where tags name no tier": [database({ backupRetentionPeriod: 14, tags: {} }), "35 days or more"],
    "a replica of what nobody can see": [database({ backupRetentionPeriod: 0, replicateSourceDb: "whatever" }), "is 0"],
    "a replica of itself": [database({ backupRetentionPeriod: 0, replicateSourceDb: "orders-production" }), "is 0"],
    "two that call each other their source": [
      [
        database({ identifier: "a", replicateSourceDb: "b", backupRetentionPeriod: 0 }),
        named("b", database({ identifier: "b", replicateSourceDb: "a" })),
      ],
      "is 0",
    ],
    "tags of a throwaway on a database that is no copy": [
      database({ backupRetentionPeriod: 0, tags: throwawayTags }),
      "is 0",
    ],
    "a copy that is to be thrown away in some years": [
      throwaway({ backupRetentionPeriod: 0, tags: { ...throwawayTags, "shipshape:expires-on": "9999-12-31" } }),
      "is 0",
    ],
    "a cluster without backups": [some(cluster, { backupRetentionPeriod: 1 }), "is 1"],
    "a value of the wrong type": [database({ backupRetentionPeriod: "a month" }), "is a month; allowed: a number"],
  },
  undecided: { "days that are not known": database({ backupRetentionPeriod: unknown }) },
});
