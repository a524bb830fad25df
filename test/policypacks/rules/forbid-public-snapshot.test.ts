import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidPublicSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-public-snapshot";
import { snapshot, snapshotCopy } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, some } from "../fixtures";

claims(forbidPublicSnapshot, {
  passes: {
    "one shared with an account": some(snapshot, { sharedAccounts: ["123456789012"] }),
    "one that is not shared": some(snapshot),
  },
  fails: {
    "one shared with everybody": [some(snapshot, { sharedAccounts: ["all"] }), 'sharedAccounts is "all"'],
    "a copy shared with everybody": [some(snapshotCopy, { sharedAccounts: ["all"] }), "all"],
    "a value of the wrong type": [some(snapshot, { sharedAccounts: "all" }), "a list"],
  },
  undecided: { "accounts that are not known": some(snapshot, { sharedAccounts: unknown }) },
});
