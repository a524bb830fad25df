import { z } from "zod";
import { defineRule } from "../judging/rule";
import { isPostgres } from "../vocabulary/engines";
import { laterBy } from "../vocabulary/days";
import { databases } from "../vocabulary/types";

/** A major upgrade is rehearsed, agreed with the application's team, and done ring by ring: half a year is little. */
const daysMin = 180;

export const requireSupportedEngineVersion = defineRule({
  id: "require-supported-engine-version",
  title: "RDS's standard support of the engine's major goes on for half a year",
  severity: "medium",
  owner: "team-platform",
  controls: ["RDS.13"],
  properties: ["engineVersion"],
  why: "When RDS's standard support of a major ends, each database that still runs it costs Extended Support by the hour and core, and gets fewer fixes. The day is known years before, and a major upgrade takes a quarter; so it is a finding before the day, with the day in it.",
  solution:
    "Plan the upgrade to a newer major now, before the day that the finding names. `npx shipshape patches` lists that day for each database.",
  onlyLive: true,
  options: {
    days: z
      .int()
      .min(daysMin)
      .default(daysMin)
      .meta({
        title: "for how many more days support must go on",
        description: `a number of days, ${daysMin} or more`,
      }),
  },
  types: databases,
  *check(database, { today, days }) {
    if (database.reportedBy !== "api" || !isPostgres(database)) return;
    const ends = database.string("standardSupportEnds");
    if (ends === undefined || ends >= laterBy(today, days)) return;
    yield {
      property: "standardSupportEnds",
      found: ends,
      allowed: `${laterBy(today, days)} or later`,
      change:
        ends < today
          ? "upgrade it to a newer major: Extended Support is charged since that day"
          : "plan its upgrade to a newer major before that day",
    };
  },
});
