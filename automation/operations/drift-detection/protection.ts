/** Pure: how bad a difference is, by what its property protects, and the guardrails that the actual value breaks. */
import type { Standard } from "../../../components/standards/standard";
import type { Severity } from "../../../policypacks/database-guardrails/judging/rule";
import { judgeResource } from "../../../policypacks/database-guardrails/judging/judge";
import { settingsOf } from "../../../policypacks/database-guardrails/judging/options";
import { auditedProperties, rules } from "../../../policypacks/database-guardrails/rules";
import { Resource } from "../../../policypacks/database-guardrails/vocabulary/resource";
import { nameInUrn } from "../../fleet-records";
import type { ReadResource } from "../../runner/pulumi-stack";

/** What a property protects; the first is the worst. One that is in no list is a matter of how well it runs. */
const protections: { severity: Severity; properties: readonly string[] }[] = [
  // Who reaches it, and who can read what is stolen.
  {
    severity: "critical",
    properties: [
      "publiclyAccessible",
      "ingress",
      "egress",
      "vpcSecurityGroupIds",
      "dbSubnetGroupName",
      "storageEncrypted",
      "kmsKeyId",
      "kmsKeyArn",
      "kmsMasterKeyId",
      "masterUserSecretKmsKeyId",
      "performanceInsightsKmsKeyId",
      "targetKeyId",
      "isEnabled",
      "subnetIds",
      "policy",
    ],
  },
  // Whether it can be recovered, who may do what, and whether that can be found out.
  {
    severity: "high",
    properties: [
      "backupRetentionPeriod",
      "deletionProtection",
      "deleteAutomatedBackups",
      "skipFinalSnapshot",
      "engineLifecycleSupport",
      "iamDatabaseAuthenticationEnabled",
      "manageMasterUserPassword",
      "username",
      "identifier",
      "enabledCloudwatchLogsExports",
      "retentionInDays",
      "parameters",
      "parameterGroupName",
      "caCertIdentifier",
      "assumeRolePolicy",
      "secretString",
      "versionStages",
      "enableKeyRotation",
      "rules",
      "selectionTags",
      "minRetentionDays",
      "maxRetentionDays",
    ],
  },
  // Size, and what only people read.
  {
    severity: "low",
    properties: [
      "instanceClass",
      "allocatedStorage",
      "maxAllocatedStorage",
      "iops",
      "storageThroughput",
      "tags",
      "tagsAll",
      "description",
      "displayName",
      "alarmDescription",
    ],
  },
];

export const severityOf = (property: string): Severity =>
  protections.find(({ properties }) => properties.includes(property))?.severity ?? "medium";

/**
 * The properties that some guardrail judges on resources of a type, or that alone show a change: they are compared even
 * if no program gave them.
 */
export const isAudited = (type: string, property: string): boolean =>
  telling.some((one) => one.type === type && one.property === property) ||
  rules.some(
    ({ types = [], typesInStack = [], properties }) =>
      [...types, ...typesInStack].includes(type) && properties.includes(property),
  );

/** A version of a secret never changes: another value is another version, and takes this one's label. */
const telling = [{ type: "aws:secretsmanager/secretVersion:SecretVersion", property: "versionStages" }];

/** The guardrails that the actual values break and the declared ones did not, by property: "tags" for each tag. */
export function brokenBy({ urn, type, old, new: found }: ReadResource, standard: Standard, today: string) {
  const violations = (properties: Record<string, unknown>) => {
    const resource = new Resource({
      ...{ urn, type, name: nameInUrn(urn), properties },
      reportedBy: "state",
      protect: undefined,
      ignoreChanges: [],
      dependencies: {},
    });
    return rules.flatMap((rule) =>
      judgeResource(rule, resource, settingsOf(rule, { standard, today, audited: auditedProperties }))
        .filter(({ kind }) => kind === "violation")
        .map(({ property }) => ({ rule: rule.id, property: (property ?? "").split(/[.[]/)[0]! })),
    );
  };
  // Judged when asked: of most resources nothing differs.
  let known: ReturnType<typeof violations> | undefined;
  const broken = () => {
    const before = new Set(violations(old.outputs).map(({ rule }) => rule));
    return violations({ ...old.outputs, ...found.outputs }).filter(({ rule }) => !before.has(rule));
  };
  return (property: string): string[] => [
    ...new Set((known ??= broken()).filter((one) => one.property === property).map(({ rule }) => rule)),
  ];
}
