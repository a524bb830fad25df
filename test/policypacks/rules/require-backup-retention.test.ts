import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requireBackupRetention } from "../../../policypacks/database-guardrails/rules/require-backup-retention";
import { cluster } from "../../../policypacks/database-guardrails/types";
import { claims, database, some, tagged, throwawayTags } from "../fixtures";

claims(requireBackupRetention, {
  passes: {
    "production gold with 35 days": database(),
    "bronze with 7": database({ backupRetentionPeriod: 7, ...tagged({ tier: "bronze" }) }),
    "a number given as text, as a config does": database({ backupRetentionPeriod: "35" }),
    "a replica, whose source is backed up": database({ backupRetentionPeriod: 0, replicateSourceDb: "orders-production" }),
    "a throwaway without backups": database({ backupRetentionPeriod: 0, tags: throwawayTags }),
  },
  fails: {
    "too few days": [database({ backupRetentionPeriod: 7 }), "backupRetentionPeriod is 7; allowed: 35 days or more (production gold)"],
    "none said, which AWS takes for one day": [database({ backupRetentionPeriod: undefined }), "not set, which is 1 on AWS"],
    "gold's retention where tags name no tier": [database({ backupRetentionPeriod: 14, tags: {} }), "35 days or more"],
    "a cluster without backups": [some(cluster, { backupRetentionPeriod: 1 }), "is 1"],
    "a value of the wrong type": [database({ backupRetentionPeriod: "a month" }), "is a month; allowed: a number"],
  },
  undecided: { "days that are not known": database({ backupRetentionPeriod: unknown }) },
});
