import { requireParametersInEffect } from "../../../policypacks/database-guardrails/rules/require-parameters-in-effect";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

const living = (parameterApplyStatus: unknown) => database({ parameterApplyStatus }, { reportedBy: "api" });

claims(requireParametersInEffect, {
  passes: {
    "a database that runs with its group": living("in-sync"),
    "one of which the API says nothing": living(undefined),
    "a program, which cannot know": database({ parameterApplyStatus: "pending-reboot" }),
  },
  fails: {
    "a group that waits for a reboot": [
      living("pending-reboot"),
      'parameterApplyStatus is "pending-reboot"; allowed: in-sync',
    ],
    "a group that could not be applied": [living("failed-to-apply"), "reboot it"],
    "a member of a cluster": [
      some(clusterInstance, { parameterApplyStatus: "pending-reboot" }, { reportedBy: "api" }),
      "pending-reboot",
    ],
    "a status of the wrong type": [living(["in-sync"]), "a text"],
  },
});
