import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireCopiedSnapshotTags } from "../../../policypacks/database-guardrails/rules/require-copied-snapshot-tags";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

claims(requireCopiedSnapshotTags, {
  passes: { "copied tags": database(), "a value given as text": database({ copyTagsToSnapshot: "true" }) },
  fails: {
    "tags that are not copied": [database({ copyTagsToSnapshot: false }), "is false"],
    "nothing said": [some(cluster), "not set"],
    "a value of the wrong type": [database({ copyTagsToSnapshot: 1 }), "true or false"],
  },
  undecided: { "a value that is not known": database({ copyTagsToSnapshot: unknown }) },
});
