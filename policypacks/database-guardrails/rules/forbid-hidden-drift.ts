import { requiredTags, type Standard } from "../../../components/standards/standard";
import { defineRule } from "../judging/rule";
import {
  cluster,
  clusterInstance,
  clusterParameterGroup,
  defaultPrivileges,
  defaultSecurityGroup,
  eventSubscription,
  globalCluster,
  grant,
  grantRole,
  instance,
  keys,
  logGroup,
  managedPrefixList,
  managedPrefixListEntry,
  metricAlarm,
  parameterGroup,
  proxy,
  role,
  schema,
  securityGroup,
  securityGroupIngressRule,
  securityGroupRule,
  snapshots,
  subnetGroup,
} from "../vocabulary/types";

export const forbidHiddenDrift = defineRule({
  id: "forbid-hidden-drift",
  title: "Changes to audited properties are not ignored",
  severity: "medium",
  owner: "team-platform",
  controls: ["SOC 2 CC8.1"],
  properties: ["ignoreChanges"],
  why: "`ignoreChanges` also applies to refresh, so a manual change to an ignored property is never noticed.",
  solution:
    "Declare the intended value. If something else changes the property too, let only one of the two manage it.",
  types: [
    instance,
    cluster,
    clusterInstance,
    globalCluster,
    ...snapshots,
    eventSubscription,
    securityGroup,
    defaultSecurityGroup,
    securityGroupRule,
    securityGroupIngressRule,
    managedPrefixList,
    managedPrefixListEntry,
    parameterGroup,
    clusterParameterGroup,
    proxy,
    subnetGroup,
    ...keys,
    logGroup,
    metricAlarm,
    role,
    schema,
    grant,
    grantRole,
    defaultPrivileges,
  ],
  *check(resource, { audited, standard }) {
    const hiding = resource.ignoreChanges.filter((path) => hides(path, audited, standard));
    if (hiding.length > 0)
      yield {
        property: "ignoreChanges",
        found: hiding.join(", "),
        allowed: "properties that no guardrail judges",
        change: `remove ${hiding.join(", ")} from ignoreChanges`,
      };
  },
});

/** A path hides what is below it, and it hides part of the property that contains it. Only required tags count. */
function hides(path: string, audited: ReadonlySet<string>, standard: Standard): boolean {
  const [first = "", second] = path.split(/[.[\]"']+/).filter((part) => part !== "");
  if (first === "*") return true;
  if (first === "tags" || first === "tagsAll")
    return second === undefined || second === "*" || requiredTags(standard).includes(second);
  return audited.has(first);
}
