import type { CheckFailure } from "../../adapter/resource";
import { isUnknown, type PropertyValues } from "../../adapter/wire";

/** What upstream's schema refuses before any call: mutually exclusive pairs, and formats. */
export function checkInstance(inputs: PropertyValues): CheckFailure[] {
  return [...conflicts(inputs), ...malformed(inputs)];
}

const exclusive: [string, string][] = [
  ["identifier", "identifierPrefix"],
  ["manageMasterUserPassword", "password"],
  ["manageMasterUserPassword", "passwordWo"],
  ["password", "passwordWo"],
  ["dbName", "replicateSourceDb"],
  ["username", "replicateSourceDb"],
  ["restoreToPointInTime", "snapshotIdentifier"],
  ["restoreToPointInTime", "s3Import"],
  ["restoreToPointInTime", "replicateSourceDb"],
  ["s3Import", "snapshotIdentifier"],
  ["s3Import", "replicateSourceDb"],
  ["domain", "domainFqdn"],
];

function conflicts(inputs: PropertyValues): CheckFailure[] {
  const failures = exclusive
    .filter(([one, other]) => inputs[one] !== undefined && inputs[other] !== undefined)
    .map(([one, other]) => ({ property: one, reason: `"${one}": conflicts with ${other}` }));
  if (inputs.passwordWo !== undefined && inputs.passwordWoVersion === undefined)
    failures.push({ property: "passwordWo", reason: '"passwordWo": passwordWoVersion must be given with it' });
  return failures;
}

const arn = { pattern: /^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}|aws)?:.+$/, reason: "is an invalid ARN" };
const identifier = {
  pattern: /^[a-z](?!.*--)[a-z0-9-]*$/,
  reason: "must begin with a letter and contain only lowercase letters, digits and single hyphens",
};

const forms: Record<string, { pattern: RegExp; reason: string }[]> = {
  identifier: [identifier, { pattern: /[^-]$/, reason: "cannot end in a hyphen" }],
  identifierPrefix: [identifier],
  finalSnapshotIdentifier: [
    { pattern: /^[A-Za-z]/, reason: "must begin with alphabetic character" },
    { pattern: /^[0-9A-Za-z-]+$/, reason: "must only contain alphanumeric characters and hyphens" },
    { pattern: /^(?!.*--)/, reason: "cannot contain two consecutive hyphens" },
    { pattern: /[^-]$/, reason: "cannot end in a hyphen" },
  ],
  backupWindow: [
    {
      pattern: /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
      reason: 'must satisfy the format of "hh24:mi-hh24:mi"',
    },
  ],
  maintenanceWindow: [
    {
      pattern:
        /^(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):[0-5]\d-(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):[0-5]\d$/i,
      reason: 'must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi"',
    },
  ],
  kmsKeyId: [arn],
  monitoringRoleArn: [arn],
  performanceInsightsKmsKeyId: [arn],
};

function malformed(inputs: PropertyValues): CheckFailure[] {
  return Object.entries(forms).flatMap(([property, rules]) => {
    const value = inputs[property];
    if (typeof value !== "string" || isUnknown(value)) return [];
    return rules
      .filter(({ pattern }) => !pattern.test(value))
      .map(({ reason }) => ({ property, reason: `"${property}" (${value}) ${reason}` }));
  });
}
