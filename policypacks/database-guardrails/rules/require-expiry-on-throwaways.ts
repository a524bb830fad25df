import { daysBetween } from "../vocabulary/days";
import { isReplica, isRestored } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { expiryTag, ringTag, runTag, throwawayDaysMax } from "../vocabulary/strictness";
import { databases } from "../vocabulary/types";

export const requireExpiryOnThrowaways = defineRule({
  id: "require-expiry-on-throwaways",
  title: "A copy says which run made it, whose it is and when it goes",
  severity: "high",
  owner: "team-platform",
  controls: ["SOC 2 CC6.5"],
  properties: ["tags"],
  why: "A restored copy holds real data and is nobody's. Without a run and an expiry no sweep may remove it, and nobody dares to.",
  solution: `Let an operation make the copy, or tag it \`${runTag}\`, \`owner\` and \`${expiryTag}\`, ${throwawayDaysMax} days ahead at most. A database that was restored to stay is a standard one, with a ring (\`${ringTag}\`).`,
  throwaways: true,
  types: databases,
  *check(database, { today }) {
    const tags = database.tags();
    const saysThrowaway = tags?.has(runTag) ?? false;
    const stays = tags?.has(ringTag) ?? false;
    if (!saysThrowaway && (stays || !isRestored(database) || isReplica(database))) return;
    const missing = [runTag, "owner", expiryTag].filter((name) => !tags?.has(name));
    if (missing.length > 0)
      yield {
        property: "tags",
        found: `no ${missing.join(", no ")}`,
        allowed: `${runTag}, owner and ${expiryTag}`,
        change: `add ${missing.join(", ")}`,
      };
    const expiry = tags?.has(expiryTag) ? tags.string(expiryTag) : undefined;
    if (expiry === undefined) return;
    const days = Number.isNaN(Date.parse(expiry)) ? Number.NaN : daysBetween(today, expiry.slice(0, 10));
    const property = `tags.${expiryTag}`;
    if (Number.isNaN(days)) yield { property, found: expiry, allowed: "a date, as 2026-11-30", change: "give a date" };
    else if (days < 0)
      yield { property, found: expiry, allowed: `${today} or later`, change: "remove the copy: it has expired" };
    else if (days > throwawayDaysMax)
      yield {
        property,
        found: expiry,
        allowed: `${throwawayDaysMax} days ahead at most`,
        change: "give an earlier day, or make it a standard database with a ring",
      };
  },
});
