import { requireSupportedEngineVersion } from "../../../policypacks/database-guardrails/rules/require-supported-engine-version";
import { laterBy } from "../../../policypacks/database-guardrails/vocabulary/days";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, today } from "../fixtures";

const live = (standardSupportEnds: unknown, more: Record<string, unknown> = {}) =>
  database({ standardSupportEnds, ...more }, { reportedBy: "api" });

claims(requireSupportedEngineVersion, {
  passes: {
    "a major that is supported for half a year more, to the day": live(laterBy(today, 180)),
    "another engine": live(laterBy(today, 1), { engine: "mysql" }),
    "a program, which cannot know the day": database({ standardSupportEnds: laterBy(today, 1) }),
  },
  fails: {
    "a major whose support ends a day too early": [
      live(laterBy(today, 179)),
      `standardSupportEnds is "${laterBy(today, 179)}"; allowed: ${laterBy(today, 180)} or later`,
    ],
    "a major whose support has ended": [live(laterBy(today, -1)), "Extended Support is charged since that day"],
    "a major whose support ends today": [live(today), "plan its upgrade to a newer major before that day"],
    "a cluster": [
      resource(cluster, { engine: "aurora-postgresql", standardSupportEnds: today }, { reportedBy: "api" }),
      "plan its upgrade",
    ],
    "a day of the wrong type": [live([today]), "a string"],
  },
});
