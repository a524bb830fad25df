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
import { claims, database, resource } from "../fixtures";

const ignoring = (...ignoreChanges: string[]) => database({}, { ignoreChanges });

claims(forbidHiddenDrift, {
  settings: { audited: auditedProperties },
  passes: {
    "nothing ignored": database(),
    "ignored properties that matter only at creation": ignoring("restoreToPointInTime", "snapshotIdentifier"),
    "an ignored tag that no rule requires": ignoring('tags["kubernetes.io/cluster"]'),
  },
  fails: {
    "ignoring everything": [ignoring("*"), 'ignoreChanges is "*"'],
    "ignoring an audited property": [ignoring("engineVersion"), "remove engineVersion"],
    "ignoring all tags": [ignoring("tags"), "tags"],
    "ignoring every tag by a wildcard": [ignoring("tags.*"), "tags.*"],
    "ignoring every tag, including the provider's": [ignoring("tagsAll"), "tagsAll"],
    "ignoring a required tag": [ignoring("tags.owner"), "tags.owner"],
    "ignoring a path below an audited property": [
      resource(securityGroup, {}, { ignoreChanges: ["ingress[0].cidrBlocks"] }),
      "ingress",
    ],
    "ignoring the security groups": [ignoring("vpcSecurityGroupIds"), "remove vpcSecurityGroupIds"],
    "ignoring the range of an ingress rule": [
      resource(securityGroupIngressRule, {}, { ignoreChanges: ["cidrIpv4"] }),
      "cidrIpv4",
    ],
    "ignoring the metric of an alarm": [resource(metricAlarm, {}, { ignoreChanges: ["metricName"] }), "metricName"],
    "ignoring the ports of an ingress rule": [
      resource(securityGroupIngressRule, {}, { ignoreChanges: ["toPort"] }),
      "toPort",
    ],
    "ignoring an entry of a prefix list": [resource(managedPrefixListEntry, {}, { ignoreChanges: ["cidr"] }), "cidr"],
    "ignoring the accounts that a snapshot is shared with": [
      resource(snapshot, {}, { ignoreChanges: ["sharedAccounts"] }),
      "sharedAccounts",
    ],
    "ignoring the parameters of a group": [
      resource(parameterGroup, {}, { ignoreChanges: ["parameters"] }),
      "parameters",
    ],
  },
});
