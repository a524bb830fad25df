/** A resource that a call names, as LookupEvents reports it. */
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

/** Members of a response with the name and ARN of the call's resource. */
const resultsWithArn: Record<string, string> = {
  ARN: "AWS::SecretsManager::Secret",
  DBInstanceArn: "AWS::RDS::DBInstance",
};

/** RDS's tag calls name only an ARN; its resource type gives CloudTrail's type. */
const rdsTypes: Record<string, string> = {
  db: "DBInstance",
  pg: "DBParameterGroup",
  subgrp: "DBSubnetGroup",
  es: "EventSubscription",
  snapshot: "DBSnapshot",
};

/** The resources of a call: by name, and by ARN where the call or its response has one. A lookup finds it by either. */
export function resourcesOf(service: string, input: unknown, output: object | undefined): NamedResource[] {
  const found = Object.entries(asRecord(input)).flatMap(([parameter, value]) =>
    fromParameter(service, parameter, value),
  );
  const answered = [output, ...Object.values(asRecord(output))].flatMap((part) =>
    Object.entries(asRecord(part)).flatMap(([member, value]) =>
      member in resultsWithArn && typeof value === "string"
        ? [{ type: resultsWithArn[member] ?? "", name: value }]
        : [],
    ),
  );
  return [...found, ...answered].filter(
    (one, position, all) => all.findIndex((other) => other.name === one.name && other.type === one.type) === position,
  );
}

function fromParameter(service: string, parameter: string, value: unknown): NamedResource[] {
  if (typeof value !== "string" || value === "") return [];
  const rdsArn = parameter === "ResourceName" ? /^arn:aws:rds:[^:]*:[^:]*:([a-z-]+):(.+)$/.exec(value) : null;
  if (rdsArn) {
    const type = `AWS::RDS::${rdsTypes[rdsArn[1] ?? ""] ?? "Resource"}`;
    return [
      { type, name: value },
      { type, name: rdsArn[2] ?? "" },
    ];
  }
  if (service === "secretsmanager" && parameter === "Name")
    return [{ type: "AWS::SecretsManager::Secret", name: value }];
  const type = namedBy[parameter];
  return type === undefined ? [] : [{ type, name: value }];
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
