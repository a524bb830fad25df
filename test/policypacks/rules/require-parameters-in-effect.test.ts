import { requireParametersInEffect } from "../../../policypacks/database-guardrails/rules/require-parameters-in-effect";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

const live = (parameterApplyStatus: unknown) => database({ parameterApplyStatus }, { reportedBy: "api" });

claims(requireParametersInEffect, {
  passes: {
    "a database that runs with its group's parameters": live("in-sync"),
    "a database without a status in the API": live(undefined),
    "a program, which cannot know the status": database({ parameterApplyStatus: "pending-reboot" }),
  },
  fails: {
    "parameters that wait for a reboot": [
      live("pending-reboot"),
      'parameterApplyStatus is "pending-reboot"; allowed: in-sync',
    ],
    "parameters that could not be applied": [live("failed-to-apply"), "reboot it"],
    "a member of a cluster": [
      resource(clusterInstance, { parameterApplyStatus: "pending-reboot" }, { reportedBy: "api" }),
      "pending-reboot",
    ],
    "a status of the wrong type": [live(["in-sync"]), "a string"],
  },
});
