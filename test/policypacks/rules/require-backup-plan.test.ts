import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireBackupPlan } from "../../../policypacks/database-guardrails/rules/require-backup-plan";
import { backupSelection } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, tagged, urnOf } from "../fixtures";

const bare = database(tagged({ "shipshape:backup-plan": undefined }));

claims(requireBackupPlan, {
  passes: {
    "a database that the platform's plan selects by its tag, in another stack": database(),
    "silver, for which RDS's own backups are enough": database(
      tagged({ tier: "silver", "shipshape:backup-plan": "none" }),
    ),
    "a database selected in its own stack": [
      bare,
      resource(backupSelection, {}, { name: "plan", dependencies: { resources: [urnOf(bare)] } }),
    ],
    "a database selected by another tag": [
      bare,
      resource(
        backupSelection,
        { selectionTags: [{ type: "STRINGEQUALS", key: "tier", value: "gold" }] },
        { name: "plan" },
      ),
    ],
  },
  fails: {
    "a plan that does not exist": [database(tagged({ "shipshape:backup-plan": "nope" })), 'is "nope"'],
    "a plan named like a JavaScript built-in": [
      database(tagged({ "shipshape:backup-plan": "toString" })),
      'is "toString"',
    ],
    "gold without a plan": [bare, "shipshape:backup-plan is not set"],
    "the plan none": [database(tagged({ "shipshape:backup-plan": "none" })), 'is "none"'],
    "a selection of something else": [
      [bare, resource(backupSelection, { selectionTags: [{ key: "tier", value: "silver" }] }, { name: "plan" })],
      "add the tag",
    ],
    "tags of the wrong type": [database({ tags: 7 }), "an object"],
  },
  undecided: {
    "unknown tags": database({ tags: unknown }),
    "an unknown plan": database(tagged({ "shipshape:backup-plan": unknown })),
  },
});
