import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The response to an action: the fields of its result, or an error code. Called once per call, with its parameters.
 */
export type Answer = (parameters: URLSearchParams) => Record<string, unknown> | { error: string; status?: number };

/**
 * An account's RDS API and Secrets Manager on this machine: it returns what a test defines, and records the calls.
 */
export class RdsAnswers {
  readonly calls: string[] = [];
  private server: Server | undefined;
  answers: Record<string, Answer> = {};

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const target = request.headers["x-amz-target"];
        const parameters = new URLSearchParams(
          typeof target === "string" ? (JSON.parse(body) as Record<string, string>) : body,
        );
        const action = typeof target === "string" ? target : (parameters.get("Action") ?? "");
        this.calls.push(action);
        const answer = this.answers[action]?.(parameters) ?? {};
        if (typeof target === "string") {
          response.setHeader("content-type", "application/x-amz-json-1.1");
          if ("error" in answer) response.statusCode = 400;
          response.end(JSON.stringify("error" in answer ? { __type: answer.error, message: "made up" } : answer));
          return;
        }
        response.setHeader("content-type", "text/xml");
        if ("error" in answer) {
          response.statusCode = Number(answer["status"] ?? 400);
          response.end(
            `<ErrorResponse><Error><Type>Sender</Type><Code>${String(answer.error)}</Code><Message>made up</Message></Error></ErrorResponse>`,
          );
        } else
          response.end(
            `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${xml(answer)}</${action}Result></${action}Response>`,
          );
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

/** Lists in RDS's format: one element per item, named after its content. */
function xml(value: unknown): string {
  if (Array.isArray(value))
    return value.map((one) => (typeof one === "object" ? xml(one) : `<member>${String(one)}</member>`)).join("");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${xml(inner)}</${name}>`)
    .join("");
}

const tagList = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Tag: { Key, Value } }));
export const arn = (kind: string, name: string) => `arn:aws:rds:eu-central-1:123456789012:${kind}:${name}`;
const productionTags = {
  service: "orders",
  owner: "team-orders",
  environment: "production",
  tier: "gold",
  "data-classification": "confidential",
  "cost-center": "4711",
  "shipshape:ring": "3",
  "shipshape:stack": "shop/prod",
  "shipshape:standard": "1.0.0",
};

/** A correct instance; `undefined` omits a field. */
export const anInstance = (name: string, more: Record<string, unknown> = {}, tags: Record<string, string> = {}) => ({
  DBInstance: {
    DBInstanceIdentifier: name,
    DBInstanceArn: arn("db", name),
    Engine: "postgres",
    EngineVersion: "17.10",
    BackupRetentionPeriod: 35,
    PubliclyAccessible: false,
    StorageEncrypted: true,
    KmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
    MultiAZ: true,
    DeletionProtection: true,
    CopyTagsToSnapshot: true,
    AutoMinorVersionUpgrade: false,
    IAMDatabaseAuthenticationEnabled: true,
    MonitoringInterval: 15,
    PerformanceInsightsEnabled: true,
    CACertificateIdentifier: "rds-ca-rsa2048-g1",
    MasterUsername: "app_admin",
    MasterUserSecret: { SecretArn: "arn:x" },
    EnabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    DBParameterGroups: [{ DBParameterGroup: { DBParameterGroupName: "platform", ParameterApplyStatus: "in-sync" } }],
    TagList: tagList({ ...productionTags, ...tags }),
    ...more,
  },
});

/** Of the major 17, of each engine. */
export const supportedUntil = (day: string) => ({
  DBMajorEngineVersions: [
    {
      DBMajorEngineVersion: {
        MajorEngineVersion: "17",
        SupportedEngineLifecycles: [
          {
            SupportedEngineLifecycle: {
              LifecycleSupportName: "open-source-rds-standard-support",
              LifecycleSupportEndDate: `${day}T00:00:00Z`,
            },
          },
        ],
      },
    },
  ],
});

export const aCluster = (name: string, more: Record<string, unknown> = {}) => ({
  DBCluster: {
    DBClusterIdentifier: name,
    DBClusterArn: arn("cluster", name),
    Engine: "aurora-postgresql",
    EngineVersion: "17.9",
    BackupRetentionPeriod: 35,
    StorageEncrypted: true,
    DeletionProtection: true,
    CopyTagsToSnapshot: true,
    IAMDatabaseAuthenticationEnabled: true,
    EnabledCloudwatchLogsExports: ["postgresql"],
    DBClusterParameterGroup: "platform-aurora",
    MasterUsername: "app_admin",
    MasterUserSecret: { SecretArn: "arn:x" },
    TagList: tagList({ ...productionTags, service: "carts" }),
    ...more,
  },
});

/** An instance of a cluster has only its own properties; protection, zones and backups are its cluster's. */
export const aClusterMember = (name: string, cluster: string, more: Record<string, unknown> = {}) =>
  anInstance(
    name,
    {
      DBClusterIdentifier: cluster,
      Engine: "aurora-postgresql",
      EngineVersion: "17.9",
      MultiAZ: false,
      DeletionProtection: false,
      CopyTagsToSnapshot: false,
      ...more,
    },
    { service: "carts" },
  );

const audited = { "rds.force_ssl": "1", log_connections: "1", log_disconnections: "1", log_statement: "ddl" };
export const parametersOf = (values: Record<string, string> = audited) => ({
  Parameters: Object.entries(values).map(([ParameterName, ParameterValue]) => ({
    Parameter: { ParameterName, ParameterValue },
  })),
});
export const aGroup = (name: string, family: string) => ({
  DBParameterGroup: {
    DBParameterGroupName: name,
    DBParameterGroupFamily: family,
    DBParameterGroupArn: arn("pg", name),
  },
});
export const aClusterGroup = (name: string, family: string) => ({
  DBClusterParameterGroup: {
    DBClusterParameterGroupName: name,
    DBParameterGroupFamily: family,
    DBClusterParameterGroupArn: arn("cluster-pg", name),
  },
});
export const aSubscription = {
  EventSubscription: {
    CustSubscriptionId: "events",
    EventSubscriptionArn: arn("es", "events"),
    Enabled: true,
    Status: "active",
    SourceType: "db-instance",
  },
};
export const aSnapshot = (name: string, more: Record<string, unknown> = {}) => ({
  DBSnapshot: {
    DBSnapshotIdentifier: name,
    DBSnapshotArn: arn("snapshot", name),
    Encrypted: true,
    TagList: tagList(productionTags),
    ...more,
  },
});
