import { environments } from "../../../components/standards";
import { isCopy } from "../origin";
import { defineRule } from "../rule";
import type { Resource } from "../resource";
import { maskingTag, purposeTag, standingOf } from "../standing";
import { databases } from "../types";

export const forbidUnmaskedCopy = defineRule({
  id: "forbid-unmasked-copy",
  title: "No copy of production data stands outside production unmasked",
  severity: "critical",
  owner: "team-security",
  controls: ["SOC 2 CC6.1", "GDPR Art. 5(1)(c)"],
  properties: ["tags"],
  why: "More people reach a development database, with weaker logins and longer-lived copies. Real names and addresses have no business there.",
  solution: `Refresh the environment by the operation for it: it masks before anybody is let in, and tags the copy \`${maskingTag}\`.`,
  throwaways: true,
  types: databases,
  *check(database) {
    const { production, environment } = standingOf(database);
    if (production || !isCopy(database)) return;
    const tags = database.object("tags");
    // A drill's copy stands in an isolation no application reaches, has its source's environment, and is gone within hours.
    if (tags?.has(maskingTag) || tags?.text(purposeTag) === "restore-drill") return;
    if (sources(database).some((name) => environments.some((one) => one !== "production" && name.split(/[-:]/).includes(one)))) return;
    yield {
      property: `tags.${maskingTag}`,
      found: undefined,
      allowed: `the profile that masked it (this is ${environment}; its source may be production)`,
      change: "make the copy by an environment refresh, or restore from a source whose name says that it is not production",
    };
  },
});

/** Names of what it was copied from, where the program says names. */
function sources(database: Resource): string[] {
  const pointInTime = database.object("restoreToPointInTime");
  const names = [
    database.text("snapshotIdentifier"),
    database.text("replicateSourceDb"),
    pointInTime?.text("sourceDbInstanceIdentifier"),
    pointInTime?.text("sourceClusterIdentifier"),
  ];
  return names.filter((name): name is string => name !== undefined);
}
