import { birthsOf, filled } from "../../../components/standards/standard";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

/** The limit of RDS, for instances and clusters. */
const lengthMax = 63;

export const requireStandardName = defineRule({
  id: "require-standard-name",
  title: "A database is named after its service and environment",
  severity: "low",
  owner: "team-platform",
  controls: [],
  properties: ["identifier", "clusterIdentifier"],
  why: "A name like `orders-production` tells the person on call what is down, without a lookup.",
  solution:
    "Name the database `<service>-<environment>` (or as your standard says), with a suffix if there are several: lower-case words joined by single hyphens.",
  types: databases,
  *check(database, { standard }) {
    const property = database.has("clusterIdentifier") ? "clusterIdentifier" : "identifier";
    const [service, environment] = [
      database.tag(standard.tags.service.key),
      database.tag(standard.tags.environment.key),
    ];
    const patterns = birthsOf(standard).map(({ identifier }) => identifier);
    const starts = service && environment ? patterns.map((one) => filled(one, { service, environment })) : [];
    const name = database.string(property);
    const wellFormed = name !== undefined && name.length <= lengthMax && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
    if (wellFormed && (starts.length === 0 || starts.some((one) => name === one || name.startsWith(`${one}-`)))) return;
    yield {
      property,
      found: name,
      allowed: `${starts.join(" or ") || patterns.join(" or ").replace(/\{(\w+)\}/g, "<$1>")}, optionally followed by -<words>, ${lengthMax} characters at most`,
      change: "rename it when it is next rebuilt: renaming an existing database replaces it",
    };
  },
});
