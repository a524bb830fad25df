import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidPublicSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-public-snapshot";
import { snapshot, snapshotCopy } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, resource } from "../fixtures";

claims(forbidPublicSnapshot, {
  passes: {
    "a snapshot shared with an account": resource(snapshot, { sharedAccounts: ["123456789012"] }),
    "a snapshot that is not shared": resource(snapshot),
  },
  fails: {
    "a snapshot shared with all accounts": [resource(snapshot, { sharedAccounts: ["all"] }), 'sharedAccounts is "all"'],
    "a copy shared with all accounts": [resource(snapshotCopy, { sharedAccounts: ["all"] }), "all"],
    "a value of the wrong type": [resource(snapshot, { sharedAccounts: "all" }), "a list"],
  },
  undecided: { "unknown accounts": resource(snapshot, { sharedAccounts: unknown }) },
});
