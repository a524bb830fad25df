/** What an account and Region runs, and what RDS offers there: upgrade targets, and how long it supports a major. */
import {
  paginateDescribeDBEngineVersions,
  paginateDescribeDBInstances,
  paginateDescribeDBMajorEngineVersions,
  paginateDescribePendingMaintenanceActions,
  type DBInstance,
  type PendingMaintenanceAction,
} from "@aws-sdk/client-rds";
import { type Location, type UnreachableLocation } from "../fleet-records";
import type { OfferedVersions, RunningVersion } from "../version-records";
import type { AwsAccess, AwsClients } from "./aws-access";
import { tagsOf } from "./database-login";
import { fleetAnswerSeconds } from "./limits";
import { askEach } from "./locations";
import { pendingOf } from "./pending-changes";
import { accountIn, accountOf } from "./queried-cloud";
import { completeList } from "./rds-queries";
import { standardEndOf } from "./support-ends";
import { targetOf } from "./database-instance";

export interface VersionsAnswer {
  databases: RunningVersion[];
  offers: { account: string | undefined; region: string; offered: OfferedVersions }[];
  unreachable: UnreachableLocation[];
}

/** Of all these accounts and Regions; of the environment's own if none are given. */
export async function fleetVersions(locations: readonly Location[], access: AwsAccess = {}): Promise<VersionsAnswer> {
  const ask = async (clients: AwsClients) => {
    const result = await versionsOf(clients);
    return { result, account: result.account };
  };
  const { answers, unreachable } = await askEach(locations, ask, access);
  return {
    databases: answers.flatMap(({ result }) => result.databases),
    offers: answers.map(({ result: { account, region, offered } }) => ({ account, region, offered })),
    unreachable,
  };
}

/**
 * Of one account and Region; with an identifier, of that database only. Errors: fleet-unreadable.
 */
export async function versionsOf({ rds: client, sts }: AwsClients, identifier?: string) {
  const abortSignal = AbortSignal.timeout(fleetAnswerSeconds * 1000);
  const found = await completeList(
    "DescribeDBInstances",
    () => paginateDescribeDBInstances({ client }, { DBInstanceIdentifier: identifier }, { abortSignal }),
    (page) => page.DBInstances,
    abortSignal,
  );
  const maintenance = await completeList(
    "DescribePendingMaintenanceActions",
    () => paginateDescribePendingMaintenanceActions({ client }, {}, { abortSignal }),
    (page) => page.PendingMaintenanceActions,
    abortSignal,
  );
  const actions = new Map(
    maintenance.map((one) => [one.ResourceIdentifier, one.PendingMaintenanceActionDetails ?? []]),
  );
  const postgres = found.filter(({ Engine: engine = "" }) => engine.includes("postgres"));
  const databases = postgres.map((one) => runningVersion(one, actions.get(one.DBInstanceArn) ?? []));
  const versions = [...new Set(databases.map(({ engineVersion }) => engineVersion))].sort();
  // Without any instance only STS knows the account.
  const account = accountIn(found.map((one) => one.DBInstanceArn)) ?? (await accountOf(sts));
  const offered = await offeredVersions({ rds: client }, versions, abortSignal);
  return { databases, account, region: await client.config.region(), offered };
}

async function offeredVersions(
  { rds: client }: Pick<AwsClients, "rds">,
  versions: readonly string[],
  abortSignal: AbortSignal,
): Promise<OfferedVersions> {
  const targets: Record<string, OfferedVersions["targets"][string]> = {};
  for (const version of versions) {
    // Withdrawn ones too: a database may still run one.
    const query = { Engine: "postgres", EngineVersion: version, IncludeAll: true };
    const [one] = await completeList(
      "DescribeDBEngineVersions",
      () => paginateDescribeDBEngineVersions({ client }, query, { abortSignal }),
      (page) => page.DBEngineVersions,
      abortSignal,
    );
    targets[version] = (one?.ValidUpgradeTarget ?? []).map((target) => ({
      version: target.EngineVersion ?? "",
      isMajor: target.IsMajorVersionUpgrade ?? false,
    }));
  }
  const majors = await completeList(
    "DescribeDBMajorEngineVersions",
    () => paginateDescribeDBMajorEngineVersions({ client }, { Engine: "postgres" }, { abortSignal }),
    (page) => page.DBMajorEngineVersions,
    abortSignal,
  );
  const support = majors.map((one) => [one.MajorEngineVersion ?? "", { standardEnds: standardEndOf(one) }] as const);
  return { targets, support: Object.fromEntries(support) };
}

function runningVersion(i: DBInstance, actions: PendingMaintenanceAction[]): RunningVersion {
  return {
    ...targetOf(i),
    engineVersion: i.EngineVersion ?? "",
    status: i.DBInstanceStatus ?? "",
    pendingVersion: i.PendingModifiedValues?.EngineVersion ?? null,
    pending: pendingOf(i).changes.map(({ property }) => property),
    maintenanceWindow: i.PreferredMaintenanceWindow ?? "",
    autoMinorVersionUpgrade: i.AutoMinorVersionUpgrade ?? false,
    rolloutOrder: i.UpgradeRolloutOrder ?? null,
    replicaOf: i.ReadReplicaSourceDBInstanceIdentifier ?? null,
    replicas: i.ReadReplicaDBInstanceIdentifiers ?? [],
    parametersWait:
      i.DBParameterGroups?.find((one) => one.ParameterApplyStatus !== "in-sync")?.ParameterApplyStatus ?? null,
    backupRetentionDays: i.BackupRetentionPeriod ?? 0,
    parameterGroup: i.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    managesPassword: i.MasterUserSecret !== undefined,
    maintenance: actions.map(({ Action: action = "", AutoAppliedAfterDate: after }) => ({
      action,
      appliedAfter: after?.toISOString().slice(0, 10) ?? null,
    })),
    tags: tagsOf(i),
  };
}
