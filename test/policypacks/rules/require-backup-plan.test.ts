import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireBackupPlan } from "../../../policypacks/database-guardrails/rules/require-backup-plan";
import { backupSelection } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, tagged, urnOf } from "../fixtures";

const bare = database(tagged({ "shipshape:backup-plan": undefined }));

claims(requireBackupPlan, {
  passes: {
    "a database that the platform's plan selects by its tag, in another stack": database(),
    "silver, which RDS's own backups serve": database(tagged({ tier: "silver", "shipshape:backup-plan": "none" })),
    "one selected in its own stack": [
      bare,
      some(backupSelection, {}, { name: "plan", dependencies: { resources: [urnOf(bare)] } }),
    ],
    "one selected by another tag": [
      bare,
      some(
        backupSelection,
        { selectionTags: [{ type: "STRINGEQUALS", key: "tier", value: "gold" }] },
        { name: "plan" },
      ),
    ],
  },
  fails: {
    "a plan that nobody has": [database(tagged({ "shipshape:backup-plan": "nope" })), 'is "nope"'],
    "a plan that JavaScript knows": [database(tagged({ "shipshape:backup-plan": "toString" })), 'is "toString"'],
    "gold without a plan": [bare, "shipshape:backup-plan is not set"],
    "a plan that is none": [database(tagged({ "shipshape:backup-plan": "none" })), 'is "none"'],
    "a selection of something else": [
      [bare, some(backupSelection, { selectionTags: [{ key: "tier", value: "silver" }] }, { name: "plan" })],
      "add the tag",
    ],
    "tags of the wrong type": [database({ tags: 7 }), "an object"],
  },
  undecided: {
    "tags that are not known": database({ tags: unknown }),
    "a plan that is not known": database(tagged({ "shipshape:backup-plan": unknown })),
  },
});
