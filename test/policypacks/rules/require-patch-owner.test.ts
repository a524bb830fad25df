import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requirePatchOwner } from "../../../policypacks/database-guardrails/rules/require-patch-owner";
import { claims, database, tagged } from "../fixtures";

claims(requirePatchOwner, {
  passes: {
    "a ring": database(),
    "a ring whose number is still unknown": database(tagged({ "shipshape:ring": unknown })),
    "automatic upgrades": database({ autoMinorVersionUpgrade: true, tags: {} }),
    "no value, which means automatic upgrades": database({ autoMinorVersionUpgrade: undefined, tags: {} }),
  },
  fails: {
    "a tag that names no ring": [database(tagged({ "shipshape:ring": "none" })), "with one of 0, 1, 2, 3"],
    "neither a ring nor automatic upgrades": [
      database(tagged({ "shipshape:ring": undefined })),
      "add the tag shipshape:ring",
    ],
    "a value of the wrong type": [database({ autoMinorVersionUpgrade: "later" }), "true or false"],
  },
  undecided: { "an unknown value": database({ autoMinorVersionUpgrade: unknown }) },
});
