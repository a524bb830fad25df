import { type DBInstance, DescribeDBParametersCommand } from "@aws-sdk/client-rds";
import { table } from "../automation/command-line/layout";
import { describeDatabase } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier } from "./chapter";
import { recordedProperties } from "./recorded";

/** What the cloud reports about a database, not what the program asked for. */
interface LiveState {
  instance: DBInstance;
  parameters: Map<string, string>;
  alarmCount: number;
}

/** Property, how to read its value from the live state, and the controls it serves. */
type Row = [property: string, value: (live: LiveState) => unknown, controls: string];

const rows: Row[] = [
  [
    "storage encrypted, with our own key",
    ({ instance }) => `${instance.StorageEncrypted}, ${short(instance.KmsKeyId)}`,
    "RDS.3, CKV_AWS_16",
  ],
  ["reachable from the internet", ({ instance }) => instance.PubliclyAccessible, "RDS.2, CKV_AWS_17"],
  ["zones of its subnets", ({ instance }) => zones(instance), "RDS.18, RDS.46"],
  ["standby in a second zone, automatic failover", ({ instance }) => instance.MultiAZ, "RDS.5, CKV_AWS_157"],
  ["automated backups retained", ({ instance }) => `${instance.BackupRetentionPeriod} days`, "RDS.11, CKV_AWS_133"],
  [
    "backup window outside maintenance",
    ({ instance }) => `${instance.PreferredBackupWindow} / ${instance.PreferredMaintenanceWindow}`,
    "RDS.11",
  ],
  ["cannot be deleted by accident", ({ instance }) => instance.DeletionProtection, "RDS.8, CKV_AWS_293"],
  ["tags copied to snapshots", ({ instance }) => instance.CopyTagsToSnapshot, "RDS.17"],
  [
    "master password kept and rotated by RDS",
    ({ instance }) => instance.MasterUserSecret?.SecretStatus,
    "SecretsManager.1",
  ],
  ["master user is not postgres or admin", ({ instance }) => instance.MasterUsername, "RDS.25"],
  ["IAM login possible", ({ instance }) => instance.IAMDatabaseAuthenticationEnabled, "RDS.10, CKV_AWS_161"],
  ["only TLS connections", ({ parameters }) => `rds.force_ssl = ${parameters.get("rds.force_ssl")}`, "RDS.38"],
  ["connections are logged", ({ parameters }) => `log_connections = ${parameters.get("log_connections")}`, "RDS.36"],
  [
    "commit timestamps, so a restore can be checked",
    ({ parameters }) => `track_commit_timestamp = ${parameters.get("track_commit_timestamp")}`,
    "(our own)",
  ],
  ["logs exported", ({ instance }) => instance.EnabledCloudwatchLogsExports?.join(", "), "RDS.9, CKV_AWS_129"],
  ["enhanced monitoring", ({ instance }) => `every ${instance.MonitoringInterval} s`, "RDS.6, CKV_AWS_118"],
  [
    "query statistics, encrypted",
    ({ instance }) => `${instance.PerformanceInsightsEnabled}, ${short(instance.PerformanceInsightsKMSKeyId)}`,
    "CKV_AWS_353, 354",
  ],
  ["alarms to the platform's topic", ({ alarmCount }) => alarmCount, "(our own)"],
  [
    "minor upgrades",
    ({ instance }) =>
      instance.AutoMinorVersionUpgrade
        ? "whenever AWS chooses"
        : `not by AWS: ring ${tag(instance, "shipshape:ring")} (shipshape request ringed-patch)`,
    "RDS.13 (compensated)",
  ],
  ["owner", ({ instance }) => `${tag(instance, "owner")}, cost center ${tag(instance, "cost-center")}`, "RDS.28"],
  ["version of the standard", ({ instance }) => tag(instance, "shipshape:standard"), "(our own)"],
];

export const standard: Chapter = {
  name: "standard",
  title: "What the standard decided",
  async run({ stage, clients, cloud }) {
    stage.say(
      "These all follow from tier gold, size small and environment production. Read back from the cloud just now:",
    );
    stage.line();
    const instance = await describeDatabase(clients, databaseIdentifier);
    const group = instance.DBParameterGroups?.[0]?.DBParameterGroupName;
    const { Parameters = [] } = await clients.rds.send(
      new DescribeDBParametersCommand({ DBParameterGroupName: group, Source: "user", MaxRecords: 100 }),
    );
    const alarms = await recordedProperties(cloud, "aws:cloudwatch/metricAlarm:MetricAlarm");
    const live: LiveState = {
      instance,
      parameters: new Map(
        Parameters.map(({ ParameterName = "", ParameterValue = "" }) => [ParameterName, ParameterValue]),
      ),
      alarmCount: alarms.filter(({ properties }) => String(properties["name"]).startsWith(databaseIdentifier)).length,
    };
    stage.result(
      table(
        ["PROPERTY", "VALUE", "CONTROL"],
        rows.map(([property, value, controls]) => [property, String(value(live)), controls]),
        stage.resultColumns,
      ),
    );
    stage.line();
    stage.say(
      "Each row is one line of components/standards/built-in.ts or of the component; docs/standard-database.md lists them all.",
    );
  },
};

const tag = (instance: DBInstance, key: string): string =>
  instance.TagList?.find(({ Key }) => Key === key)?.Value ?? "none";
const short = (arn: string | undefined): string => arn?.split(":").at(-1)?.slice(0, 12).concat("…") ?? "none";
const zones = (instance: DBInstance): string =>
  instance.DBSubnetGroup?.Subnets?.map((subnet) => subnet.SubnetAvailabilityZone?.Name).join(", ") ?? "none";
