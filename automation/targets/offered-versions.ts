/** What an account and Region runs, and what RDS offers there: upgrade targets, and how long it supports a major. */
import {
  paginateDescribeDBEngineVersions,
  paginateDescribeDBInstances,
  paginateDescribeDBMajorEngineVersions,
  paginateDescribePendingMaintenanceActions,
  type DBInstance,
  type DBMajorEngineVersion,
  type PendingMaintenanceAction,
} from "@aws-sdk/client-rds";
import { targetDatabase, type Location, type TargetDatabase, type UnreachableLocation } from "../fleet-records";
import type { AwsClients } from "./aws-access";
import { tagsOf } from "./database-login";
import { fleetAnswerSeconds } from "./limits";
import { askEach } from "./locations";
import { accountIn, accountOf } from "./queried-cloud";
import { completeList } from "./rds-queries";

/** A database with its version, and what RDS or its owners have planned for it. */
export interface RunningVersion extends TargetDatabase {
  engineVersion: string;
  status: string;
  /** Accepted by RDS, and applied in the window. */
  pendingVersion: string | null;
  maintenanceWindow: string;
  autoMinorVersionUpgrade: boolean;
  /** Its place in the upgrade rollout policy of AWS Organizations: "first", "second" or "last". */
  rolloutOrder: string | null;
  multiAz: boolean;
  /** The identifier of the instance that it replicates. */
  replicaOf: string | null;
  /** What AWS has scheduled: "system-update", "db-upgrade" …; with the day from which it is applied without being asked. */
  maintenance: { action: string; appliedAfter: string | null }[];
  tags: Record<string, string>;
}

export interface OfferedVersions {
  /** Newer versions that RDS upgrades a version to, in one step, by that version. */
  targets: Record<string, { version: string; isMajor: boolean; isAutomatic: boolean }[]>;
  /** `YYYY-MM-DD` by major; a major that RDS does not list is missing. */
  support: Record<string, { standardEnds: string | null; extendedEnds: string | null }>;
}

export interface VersionsAnswer {
  databases: RunningVersion[];
  offers: { account: string | undefined; region: string; offered: OfferedVersions }[];
  unreachable: UnreachableLocation[];
}

/** Of all these accounts and Regions; of the environment's own if none are given. */
export async function fleetVersions(locations: readonly Location[]): Promise<VersionsAnswer> {
  const { answers, unreachable } = await askEach(locations, async (clients) => {
    const result = await versionsOf(clients);
    return { result, account: result.account };
  });
  return {
    databases: answers.flatMap(({ result }) => result.databases),
    offers: answers.map(({ result: { account, region, offered } }) => ({ account, region, offered })),
    unreachable,
  };
}

async function versionsOf({ rds: client, sts }: AwsClients) {
  const abortSignal = AbortSignal.timeout(fleetAnswerSeconds * 1000);
  const found = await completeList(
    "DescribeDBInstances",
    () => paginateDescribeDBInstances({ client }, {}, { abortSignal }),
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
  const majors = await completeList(
    "DescribeDBMajorEngineVersions",
    () => paginateDescribeDBMajorEngineVersions({ client }, { Engine: "postgres" }, { abortSignal }),
    (page) => page.DBMajorEngineVersions,
    abortSignal,
  );
  const targets: OfferedVersions["targets"] = {};
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
      isAutomatic: target.AutoUpgrade ?? false,
    }));
  }
  return { targets, support: Object.fromEntries(majors.map((one) => [one.MajorEngineVersion ?? "", supportOf(one)])) };
}

function supportOf({ SupportedEngineLifecycles: lifecycles = [] }: DBMajorEngineVersion) {
  const ends = (name: string) => {
    const found = lifecycles.find((one) => one.LifecycleSupportName === `open-source-rds-${name}-support`);
    return found?.LifecycleSupportEndDate?.toISOString().slice(0, 10) ?? null;
  };
  return { standardEnds: ends("standard"), extendedEnds: ends("extended") };
}

function runningVersion(i: DBInstance, actions: PendingMaintenanceAction[]): RunningVersion {
  const { DBInstanceIdentifier: identifier = "", DbiResourceId: resourceId = "", DBInstanceArn: arn = "" } = i;
  return {
    ...targetDatabase({ identifier, resourceId, arn }),
    engineVersion: i.EngineVersion ?? "",
    status: i.DBInstanceStatus ?? "",
    pendingVersion: i.PendingModifiedValues?.EngineVersion ?? null,
    maintenanceWindow: i.PreferredMaintenanceWindow ?? "",
    autoMinorVersionUpgrade: i.AutoMinorVersionUpgrade ?? false,
    rolloutOrder: i.UpgradeRolloutOrder ?? null,
    multiAz: i.MultiAZ ?? false,
    replicaOf: i.ReadReplicaSourceDBInstanceIdentifier ?? null,
    maintenance: actions.map(({ Action: action = "", AutoAppliedAfterDate: after }) => ({
      action,
      appliedAfter: after?.toISOString().slice(0, 10) ?? null,
    })),
    tags: tagsOf(i),
  };
}
