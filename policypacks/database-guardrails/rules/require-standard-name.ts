import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

/** RDS's own limit; a cluster's is the same. */
const lengthMax = 63;

export const requireStandardName = defineRule({
  id: "require-standard-name",
  title: "A database is named by its service and environment",
  severity: "low",
  owner: "team-platform",
  controls: [],
  properties: ["identifier", "clusterIdentifier"],
  why: "A name like `orders-production` tells the one who is called at night what is down, without a lookup.",
  solution:
    "Name the database `<service>-<environment>`, with a suffix where there are several: lower-case words joined by single hyphens.",
  types: databases,
  *check(database) {
    const property = database.has("clusterIdentifier") ? "clusterIdentifier" : "identifier";
    const [service, environment] = [database.tag("service"), database.tag("environment")];
    const start = service && environment ? `${service}-${environment}` : undefined;
    const name = database.string(property);
    const wellFormed = name !== undefined && name.length <= lengthMax && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
    if (wellFormed && (start === undefined || name === start || name.startsWith(`${start}-`))) return;
    yield {
      property,
      found: name,
      allowed: `${start ?? "<service>-<environment>"}, then perhaps -<words>, ${lengthMax} characters at most`,
      change: "rename it when it is next rebuilt: a new name on a living database replaces it",
    };
  },
});
