import { auditedProperties } from "../../../policypacks/database-guardrails/rules";
import { forbidHiddenDrift } from "../../../policypacks/database-guardrails/rules/forbid-hidden-drift";
import {
  managedPrefixListEntry,
  metricAlarm,
  parameterGroup,
  securityGroup,
  securityGroupIngressRule,
  snapshot,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

const ignoring = (...ignoreChanges: string[]) => database({}, { ignoreChanges });

claims(forbidHiddenDrift, {
  settings: { audited: auditedProperties },
  passes: {
    "nothing ignored": database(),
    "what counts at birth only": ignoring("restoreToPointInTime", "snapshotIdentifier"),
    "a tag that no rule asks for": ignoring('tags["kubernetes.io/cluster"]'),
  },
  fails: {
    "everything ignored": [ignoring("*"), 'ignoreChanges is "*"'],
    "an audited property": [ignoring("engineVersion"), "remove engineVersion"],
    "all tags": [ignoring("tags"), "tags"],
    "every tag": [ignoring("tags.*"), "tags.*"],
    "every tag, the provider's included": [ignoring("tagsAll"), "tagsAll"],
    "a required tag": [ignoring("tags.owner"), "tags.owner"],
    "a path into an audited property": [
      some(securityGroup, {}, { ignoreChanges: ["ingress[0].cidrBlocks"] }),
      "ingress",
    ],
    "which groups let in": [ignoring("vpcSecurityGroupIds"), "remove vpcSecurityGroupIds"],
    "a rule that is a resource of its own": [
      some(securityGroupIngressRule, {}, { ignoreChanges: ["cidrIpv4"] }),
      "cidrIpv4",
    ],
    "what an alarm watches": [some(metricAlarm, {}, { ignoreChanges: ["metricName"] }), "metricName"],
    "the ports of such a rule": [some(securityGroupIngressRule, {}, { ignoreChanges: ["toPort"] }), "toPort"],
    "what a prefix list holds": [some(managedPrefixListEntry, {}, { ignoreChanges: ["cidr"] }), "cidr"],
    "whom a snapshot is shared with": [some(snapshot, {}, { ignoreChanges: ["sharedAccounts"] }), "sharedAccounts"],
    "an audited property of a parameter group": [
      some(parameterGroup, {}, { ignoreChanges: ["parameters"] }),
      "parameters",
    ],
  },
});
