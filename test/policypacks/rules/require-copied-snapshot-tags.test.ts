import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireCopiedSnapshotTags } from "../../../policypacks/database-guardrails/rules/require-copied-snapshot-tags";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

claims(requireCopiedSnapshotTags, {
  passes: { "copied tags": database(), "a value given as a string": database({ copyTagsToSnapshot: "true" }) },
  fails: {
    "tags that are not copied": [database({ copyTagsToSnapshot: false }), "is false"],
    "no value": [resource(cluster), "not set"],
    "a value of the wrong type": [database({ copyTagsToSnapshot: 1 }), "true or false"],
  },
  undecided: { "an unknown value": database({ copyTagsToSnapshot: unknown }) },
});
