import {
  DescribeDBInstancesCommand,
  paginateDescribeDBEngineVersions,
  type DBEngineVersion,
  type RDSClient,
} from "@aws-sdk/client-rds";
import type { PropertyValues } from "../../adapter/wire";
import { attempt } from "../aws-error";
import { liveInstance } from "../rds/instance-live";
import type { Invokes } from "./invokes";

export const databaseInvokes: Invokes = {
  "aws:rds/getEngineVersion:getEngineVersion": async (args, { config }) => {
    const region = args.region ?? config.region;
    const offered = await attempt("reading RDS engine versions", () => offeredVersions(config.rds(region), args));
    return { ...args, ...describe(choose(offered, args)), region };
  },

  "aws:rds/getInstance:getInstance": async (args, { config }) => {
    const region = args.region ?? config.region;
    const DBInstanceIdentifier: string | undefined = args.dbInstanceIdentifier;
    if (!DBInstanceIdentifier)
      throw new Error(
        "reading RDS DB Instance: dbInstanceIdentifier must be given; a search by tags alone is not supported here",
      );
    const { DBInstances } = await attempt(`reading RDS DB Instance (${DBInstanceIdentifier})`, () =>
      config.rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })),
    );
    const instance = DBInstances?.[0];
    if (!instance) throw new Error(`reading RDS DB Instance (${DBInstanceIdentifier}): no matching instance found`);
    const {
      tagsAll,
      backupWindow,
      maintenanceWindow,
      instanceClass,
      identifier,
      username,
      arn,
      parameterGroupName,
      vpcSecurityGroupIds,
      dbSubnetGroupName,
      ...live
    } = liveInstance(instance, {}, config, region);
    return {
      ...live,
      dbInstanceArn: arn,
      dbInstanceClass: instanceClass,
      dbInstanceIdentifier: identifier,
      dbInstancePort: live.port,
      dbParameterGroups: parameterGroupName ? [parameterGroupName] : [],
      dbSubnetGroup: dbSubnetGroupName ?? "", // upstream's value where the API returns none
      id: identifier,
      masterUsername: username,
      optionGroupMemberships: live.optionGroupName ? [live.optionGroupName] : [],
      preferredBackupWindow: backupWindow,
      preferredMaintenanceWindow: maintenanceWindow,
      tags: tagsAll,
      vpcSecurityGroups: vpcSecurityGroupIds,
    };
  },
};

/** Without any of these, the engine's default version is wanted. */
const criteria = [
  "defaultOnly",
  "filters",
  "hasMajorTarget",
  "hasMinorTarget",
  "includeAll",
  "latest",
  "parameterGroupFamily",
  "preferredMajorTargets",
  "preferredUpgradeTargets",
  "preferredVersions",
  "version",
];

async function offeredVersions(client: RDSClient, args: PropertyValues): Promise<DBEngineVersion[]> {
  const request = {
    Engine: args.engine,
    ...(args.version ? { EngineVersion: args.version } : {}),
    ...(args.parameterGroupFamily ? { DBParameterGroupFamily: args.parameterGroupFamily } : {}),
    ...(args.includeAll ? { IncludeAll: true } : {}),
    ...(args.defaultOnly || criteria.every((name) => args[name] === undefined) ? { DefaultOnly: true } : {}),
    ...(args.filters?.length
      ? { Filters: args.filters.map((filter: PropertyValues) => ({ Name: filter.name, Values: filter.values })) }
      : {}),
  };
  const offered: DBEngineVersion[] = [];
  for await (const page of paginateDescribeDBEngineVersions({ client }, request))
    offered.push(...(page.DBEngineVersions ?? []));
  return offered.filter((version) => hasTargets(version, args));
}

function hasTargets(version: DBEngineVersion, args: PropertyValues): boolean {
  const targets = version.ValidUpgradeTarget ?? [];
  const has = (isMajor: boolean) => targets.some((target) => (target.IsMajorVersionUpgrade ?? false) === isMajor);
  const among = (wanted: string[] | undefined, isMajor?: boolean) =>
    !wanted?.length ||
    targets.some(
      (target) =>
        wanted.includes(target.EngineVersion ?? "") &&
        (isMajor === undefined || target.IsMajorVersionUpgrade === isMajor),
    );
  return (
    (!args.hasMajorTarget || has(true)) &&
    (!args.hasMinorTarget || has(false)) &&
    among(args.preferredMajorTargets, true) &&
    among(args.preferredUpgradeTargets)
  );
}

function choose(offered: DBEngineVersion[], args: PropertyValues): DBEngineVersion {
  const byAge = [...offered].sort((a, b) =>
    (a.EngineVersion ?? "").localeCompare(b.EngineVersion ?? "", "en", { numeric: true }),
  );
  const preferred: string[] = args.preferredVersions ?? [];
  for (const wanted of preferred) {
    const found = byAge.find((version) => version.EngineVersion === wanted);
    if (found) return found;
  }
  const newest = byAge.at(-1);
  if (!newest || preferred.length > 0)
    throw new Error(`reading RDS engine versions: no engine version of ${args.engine} matches ${JSON.stringify(args)}`);
  if (byAge.length === 1 || args.latest) return newest;
  throw new Error(
    `reading RDS engine versions: multiple RDS engine versions (${byAge.map((version) => version.EngineVersion).join(", ")}) match the criteria; try a different search, or latest: true`,
  );
}

function describe(version: DBEngineVersion): PropertyValues {
  const targets = version.ValidUpgradeTarget ?? [];
  const names = (isMajor?: boolean) =>
    targets
      .filter((target) => isMajor === undefined || (target.IsMajorVersionUpgrade ?? false) === isMajor)
      .map((target) => target.EngineVersion);
  return {
    defaultCharacterSet: version.DefaultCharacterSet?.CharacterSetName ?? "",
    engine: version.Engine,
    engineDescription: version.DBEngineDescription ?? "",
    exportableLogTypes: version.ExportableLogTypes ?? [],
    id: version.EngineVersion,
    parameterGroupFamily: version.DBParameterGroupFamily,
    status: version.Status ?? "available",
    supportedCharacterSets: (version.SupportedCharacterSets ?? []).map((set) => set.CharacterSetName),
    supportedFeatureNames: version.SupportedFeatureNames ?? [],
    supportedModes: version.SupportedEngineModes ?? [],
    supportedTimezones: (version.SupportedTimezones ?? []).map((zone) => zone.TimezoneName),
    supportsCertificateRotationWithoutRestart: version.SupportsCertificateRotationWithoutRestart ?? false,
    supportsGlobalDatabases: version.SupportsGlobalDatabases ?? false,
    supportsIntegrations: version.SupportsIntegrations ?? false,
    supportsLimitlessDatabase: version.SupportsLimitlessDatabase ?? false,
    supportsLocalWriteForwarding: version.SupportsLocalWriteForwarding ?? false,
    supportsLogExportsToCloudwatch: version.SupportsLogExportsToCloudwatchLogs ?? false,
    supportsParallelQuery: version.SupportsParallelQuery ?? false,
    supportsReadReplica: version.SupportsReadReplica ?? false,
    validMajorTargets: names(true),
    validMinorTargets: names(false),
    validUpgradeTargets: names(),
    version: version.EngineVersion,
    versionActual: version.EngineVersion,
    versionDescription: version.DBEngineVersionDescription ?? "",
  };
}
