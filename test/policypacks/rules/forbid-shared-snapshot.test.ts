import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidSharedSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-shared-snapshot";
import { clusterSnapshotCopy, snapshot } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, resource } from "../fixtures";

claims(forbidSharedSnapshot, {
  passes: {
    "a snapshot that is not shared": resource(snapshot),
    "an empty list": resource(snapshot, { sharedAccounts: [] }),
    "a public snapshot, which another rule finds": resource(snapshot, { sharedAccounts: ["all"] }),
  },
  fails: {
    "a snapshot shared with another account": [
      resource(snapshot, { sharedAccounts: ["210987654321"] }),
      "remove 210987654321",
    ],
    "an account given as a number": [resource(clusterSnapshotCopy, { sharedAccounts: [210987654321] }), "210987654321"],
    "a list of the wrong type": [resource(snapshot, { sharedAccounts: "210987654321" }), "a list"],
  },
  undecided: {
    "unknown accounts": resource(snapshot, { sharedAccounts: unknown }),
    "an encrypted account": resource(snapshot, { sharedAccounts: [encrypted] }),
  },
});
