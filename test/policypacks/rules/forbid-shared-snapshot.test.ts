import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidSharedSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-shared-snapshot";
import { clusterSnapshotCopy, snapshot } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, some } from "../fixtures";

claims(forbidSharedSnapshot, {
  passes: {
    "a snapshot that nobody else has": some(snapshot),
    "an empty list": some(snapshot, { sharedAccounts: [] }),
    "one for everybody, which another rule finds": some(snapshot, { sharedAccounts: ["all"] }),
  },
  fails: {
    "a snapshot for another account": [some(snapshot, { sharedAccounts: ["210987654321"] }), "remove 210987654321"],
    "an account given as a number": [some(clusterSnapshotCopy, { sharedAccounts: [210987654321] }), "210987654321"],
    "a list of the wrong type": [some(snapshot, { sharedAccounts: "210987654321" }), "a list"],
  },
  undecided: {
    "accounts that are not known": some(snapshot, { sharedAccounts: unknown }),
    "an account that is encrypted": some(snapshot, { sharedAccounts: [encrypted] }),
  },
});
