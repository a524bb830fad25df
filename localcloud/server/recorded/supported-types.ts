import type { RecordedType } from "./recorded-type";
import { backupTypes } from "./types/backup";
import { identityAndAccessTypes } from "./types/identity-and-access";
import { keyManagementTypes } from "./types/key-management";
import { networkTypes } from "./types/network";
import { observabilityTypes } from "./types/observability";
import { secretPolicyTypes } from "./types/secret-policy";

const rows = [
  ...networkTypes,
  ...keyManagementTypes,
  ...observabilityTypes,
  ...identityAndAccessTypes,
  ...backupTypes,
  ...secretPolicyTypes,
];

export const supportedTypes: ReadonlyMap<string, RecordedType> = new Map(rows.map((row) => [row.token, row]));

/** These have their own API here; a record would be a second source of truth. */
const typesWithAnApi: Record<string, string> = {
  "aws:rds/instance:Instance": "the RDS API",
  "aws:rds/parameterGroup:ParameterGroup": "the RDS API",
  "aws:rds/subnetGroup:SubnetGroup": "the RDS API",
  "aws:rds/eventSubscription:EventSubscription": "the RDS API",
  "aws:secretsmanager/secret:Secret": "the Secrets Manager API",
  "aws:secretsmanager/secretVersion:SecretVersion": "the Secrets Manager API",
};

/** Why a type is not recorded, and which types are. */
export function whyNotSupported(token: string): string {
  const api = typesWithAnApi[token];
  if (api !== undefined) return `${token} is not recorded: it is created through ${api}`;
  const known = [...supportedTypes.keys()].join(", ");
  return `${token} cannot be created in the embedded cloud: a preview may judge it, but it is not implemented here; these can be created: ${known}`;
}
