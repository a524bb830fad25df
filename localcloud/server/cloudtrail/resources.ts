/** A resource that a call names, as LookupEvents tells it. */
export interface NamedResource {
  /** CloudTrail's type, e.g. `AWS::RDS::DBInstance`. */
  type: string;
  name: string;
}

/** Parameters that name a resource, and its type. */
const namedBy: Record<string, string> = {
  DBInstanceIdentifier: "AWS::RDS::DBInstance",
  NewDBInstanceIdentifier: "AWS::RDS::DBInstance",
  SourceDBInstanceIdentifier: "AWS::RDS::DBInstance",
  TargetDBInstanceIdentifier: "AWS::RDS::DBInstance",
  DBParameterGroupName: "AWS::RDS::DBParameterGroup",
  DBSubnetGroupName: "AWS::RDS::DBSubnetGroup",
  DBSnapshotIdentifier: "AWS::RDS::DBSnapshot",
  FinalDBSnapshotIdentifier: "AWS::RDS::DBSnapshot",
  SubscriptionName: "AWS::RDS::EventSubscription",
  SecretId: "AWS::SecretsManager::Secret",
};

/** Members of an answer whose name and ARN belong to what the call was about. */
const answersWithArn: Record<string, string> = {
  ARN: "AWS::SecretsManager::Secret",
  DBInstanceArn: "AWS::RDS::DBInstance",
};

/** RDS's tag calls name an ARN only; the word in it tells the type. */
const rdsTypes: Record<string, string> = {
  db: "DBInstance",
  pg: "DBParameterGroup",
  subgrp: "DBSubnetGroup",
  es: "EventSubscription",
  snapshot: "DBSnapshot",
};

/** What a call is about: by name, and by ARN where the call or its answer has one. Both find it again. */
export function resourcesOf(service: string, input: unknown, output: object | undefined): NamedResource[] {
  const found = Object.entries(asRecord(input)).flatMap(([parameter, value]) =>
    fromParameter(service, parameter, value),
  );
  const answered = [output, ...Object.values(asRecord(output))].flatMap((part) =>
    Object.entries(asRecord(part)).flatMap(([member, value]) =>
      member in answersWithArn && typeof value === "string"
        ? [{ type: answersWithArn[member] ?? "", name: value }]
        : [],
    ),
  );
  return [...found, ...answered].filter(
    (one, position, all) => all.findIndex((other) => other.name === one.name && other.type === one.type) === position,
  );
}

function fromParameter(service: string, parameter: string, value: unknown): NamedResource[] {
  if (typeof value !== "string" || value === "") return [];
  const rdsWord = parameter === "ResourceName" ? /^arn:aws:rds:[^:]*:[^:]*:([a-z-]+):(.+)$/.exec(value) : null;
  if (rdsWord) {
    const type = `AWS::RDS::${rdsTypes[rdsWord[1] ?? ""] ?? "Resource"}`;
    return [
      { type, name: value },
      { type, name: rdsWord[2] ?? "" },
    ];
  }
  if (service === "secretsmanager" && parameter === "Name")
    return [{ type: "AWS::SecretsManager::Secret", name: value }];
  const type = namedBy[parameter];
  return type === undefined ? [] : [{ type, name: value }];
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
