import { ringTag } from "../../../components/standards/fixed";
import { daysBetween } from "../vocabulary/days";
import { isReplica, isRestored } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { expiryTag, runTag, throwawayDaysMax } from "../vocabulary/strictness";
import { databases } from "../vocabulary/types";

export const requireExpiryOnThrowaways = defineRule({
  id: "require-expiry-on-throwaways",
  title: "A copy's tags give its run, its owner and its expiry",
  severity: "high",
  owner: "team-platform",
  controls: ["SOC 2 CC6.5"],
  properties: ["tags"],
  why: "A restored copy contains real data and has no owner. Without a run and an expiry, no clean-up may delete it, and no one dares to.",
  solution: `Let an operation create the copy, or add the tags \`${runTag}\`, \`owner\` and \`${expiryTag}\` (${throwawayDaysMax} days ahead at most). If the restored database is to stay, make it a standard one with a ring (\`${ringTag}\`).`,
  throwaways: true,
  types: databases,
  *check(database, { standard, today }) {
    const ownerTag = standard.tags.owner.key;
    const tags = database.tags();
    const isTaggedThrowaway = tags?.has(runTag) ?? false;
    const stays = tags?.has(ringTag) ?? false;
    if (!isTaggedThrowaway && (stays || !isRestored(database) || isReplica(database))) return;
    const missing = [runTag, ownerTag, expiryTag].filter((name) => !tags?.has(name));
    if (missing.length > 0)
      yield {
        property: "tags",
        found: `missing ${missing.join(", ")}`,
        allowed: `${runTag}, ${ownerTag} and ${expiryTag}`,
        change: `add ${missing.join(", ")}`,
      };
    const expiry = tags?.has(expiryTag) ? tags.string(expiryTag) : undefined;
    if (expiry === undefined) return;
    const days = Number.isNaN(Date.parse(expiry)) ? Number.NaN : daysBetween(today, expiry.slice(0, 10));
    const property = `tags.${expiryTag}`;
    if (Number.isNaN(days))
      yield { property, found: expiry, allowed: "a date such as 2026-11-30", change: "set a date" };
    else if (days < 0)
      yield { property, found: expiry, allowed: `${today} or later`, change: "delete the copy: it has expired" };
    else if (days > throwawayDaysMax)
      yield {
        property,
        found: expiry,
        allowed: `${throwawayDaysMax} days ahead at most`,
        change: "set an earlier day, or make it a standard database with a ring",
      };
  },
});
