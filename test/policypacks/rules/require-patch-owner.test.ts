import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requirePatchOwner } from "../../../policypacks/database-guardrails/rules/require-patch-owner";
import { claims, database, tagged } from "../fixtures";

claims(requirePatchOwner, {
  passes: {
    "a ring": database(),
    "a ring whose number is not known yet": database(tagged({ "shipshape:ring": unknown })),
    "automatic upgrades": database({ autoMinorVersionUpgrade: true, tags: {} }),
    "nothing said, which is automatic": database({ autoMinorVersionUpgrade: undefined, tags: {} }),
  },
  fails: {
    "a tag that names no ring": [database(tagged({ "shipshape:ring": "none" })), "with one of 0, 1, 2, 3"],
    neither: [database(tagged({ "shipshape:ring": undefined })), "add the tag shipshape:ring"],
    "a value of the wrong type": [database({ autoMinorVersionUpgrade: "later" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ autoMinorVersionUpgrade: unknown }) },
});
