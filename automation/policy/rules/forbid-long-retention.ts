import { copyRetentionDaysMax, copyRetentionDaysOfOthers } from "../limits";
import { defineAdmissionRule } from "../rule";

export const forbidLongRetention = defineAdmissionRule({
  id: "forbid-long-retention",
  why: "A copy that nobody removes is forgotten, and outlives the reason for which it was approved. So each copy says how long it stays, and the more sensitive its source is, the shorter that may be: 90 days for public and internal data, 30 for confidential, 14 for restricted and for data that nobody has classified. Where the time of a copy is extended, or another copy is made of it, the days count from the day of its data, so that no row of extensions or copies keeps the data for longer than that.",
  solution:
    "Request the copy, or its extension, with fewer `--retention-days`. When it expires and is still needed, request another: it then has newer data, and an approval of its own.",
  owner: "team-security",
  judge({ operation, plan: { copies }, standard }) {
    if (!copies) return { verdict: "allowed", reason: `${operation.name} leaves no copy of a database's data` };
    const { retentionDays, dataFrom } = copies;
    const classification = copies.source.tags[standard.tags.dataClassification.key] ?? "unclassified";
    const max = Object.hasOwn(copyRetentionDaysMax, classification)
      ? copyRetentionDaysMax[classification]!
      : copyRetentionDaysOfOthers;
    if (retentionDays === undefined) return { verdict: "denied", reason: "the copy has no end" };
    const since = dataFrom === undefined ? "" : ` from the day of its data, ${dataFrom}`;
    return {
      verdict: retentionDays <= max ? "allowed" : "denied",
      reason: `the copy of ${classification} data would stay for ${retentionDays} days${since}, of at most ${max}`,
    };
  },
});
