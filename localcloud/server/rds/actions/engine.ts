import { z } from "zod";
import { supportedExtensions } from "../../../postgres/extensions";
import { action, type Action } from "../../wire/action";
import { ownerAccountId } from "../../../access/access-keys";
import { defaultRegion } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import {
  compareVersions,
  defaultVersion,
  familyOf,
  majorOf,
  offeredMajors,
  offeredVersions,
  resolveVersion,
  supportOf,
  upgradeTargets,
} from "../instances/engine-versions";
import { instanceArn } from "../instances/describe-instance";
import { instanceClasses } from "../instances/instance-classes";
import { certificateAuthorities, defaultCertificateAuthority } from "../instances/setting-checks";
import { filtered, page } from "../../wire/paging";
import { boolean, paging, text } from "../../wire/query-input";

/** The cloud's offer: engine versions, instance classes, certificate authorities. */
export const engineActions: Action[] = [
  action({
    name: "DescribeDBEngineVersions",
    input: z.strictObject({
      ...paging,
      Engine: text.optional(),
      EngineVersion: text.optional(),
      DBParameterGroupFamily: text.optional(),
      DefaultOnly: boolean.default(false),
      IncludeAll: boolean.optional(),
      ListSupportedCharacterSets: boolean.optional(),
      ListSupportedTimezones: boolean.optional(),
    }),
    run(input) {
      const isRequested = (version: string) =>
        [undefined, "postgres"].includes(input.Engine) &&
        [undefined, version, majorOf(version)].includes(input.EngineVersion) &&
        [undefined, familyOf(version)].includes(input.DBParameterGroupFamily) &&
        (!input.DefaultOnly ||
          version === (input.EngineVersion === undefined ? defaultVersion() : resolveVersion(input.EngineVersion)));
      const found = filtered(offeredVersions().filter(isRequested), input.Filters, {
        engine: () => ["postgres"],
        "engine-version": (version) => [version],
        "db-parameter-group-family": (version) => [familyOf(version)],
        status: () => ["available"],
        "engine-mode": () => ["provisioned"],
      });
      const { entries, ...rest } = page(found, input, sortable);
      return { ...rest, DBEngineVersions: entries.map(describeVersion) };
    },
  }),
  action({
    name: "DescribeDBMajorEngineVersions",
    input: z.strictObject({
      Marker: paging.Marker,
      MaxRecords: paging.MaxRecords,
      Engine: text.optional(),
      MajorEngineVersion: text.optional(),
    }),
    run(input) {
      const majors = ["postgres", undefined].includes(input.Engine) ? offeredMajors() : [];
      const found = majors.filter((major) => [major, undefined].includes(input.MajorEngineVersion));
      const { entries, ...rest } = page(found, input, (major) => major);
      return { ...rest, DBMajorEngineVersions: entries.map(describeMajor) };
    },
  }),
  action({
    name: "DescribeOrderableDBInstanceOptions",
    input: z.strictObject({
      ...paging,
      Engine: text,
      EngineVersion: text.optional(),
      DBInstanceClass: text.optional(),
      LicenseModel: text.optional(),
      Vpc: boolean.optional(),
    }),
    run(input, { region }) {
      const versions =
        input.Engine === "postgres"
          ? offeredVersions().filter((version) => input.EngineVersion === undefined || version === input.EngineVersion)
          : [];
      const classes = instanceClasses.filter(
        ({ name }) => input.DBInstanceClass === undefined || name === input.DBInstanceClass,
      );
      const options = versions.flatMap((version) =>
        classes.flatMap(({ name }) =>
          ["gp2", "gp3", "io1", "io2"].map((storageType) => ({ version, name, storageType })),
        ),
      );
      const { entries, ...rest } = page(
        filtered(options, input.Filters, {}),
        input,
        (option) => `${sortable(option.version)}/${option.name}/${option.storageType}`,
      );
      return { ...rest, OrderableDBInstanceOptions: entries.map((option) => describeOption(option, region)) };
    },
  }),
  action({
    name: "DescribeCertificates",
    input: z.strictObject({ ...paging, CertificateIdentifier: text.optional() }),
    run(input, { region }) {
      const found = certificateAuthorities.filter(
        (name) => input.CertificateIdentifier === undefined || name === input.CertificateIdentifier,
      );
      if (found.length === 0)
        throw new AwsError(
          "CertificateNotFound",
          `Certificate not found: ${input.CertificateIdentifier}; known are ${certificateAuthorities.join(", ")}`,
        );
      const { entries, ...rest } = page(filtered(found, input.Filters, {}), input, (name) => name);
      return {
        ...rest,
        DefaultCertificateForNewLaunches: defaultCertificateAuthority,
        Certificates: entries.map((name) => describeAuthority(name, region)),
      };
    },
  }),
  action({
    name: "DescribePendingMaintenanceActions",
    input: z.strictObject({ ...paging, ResourceIdentifier: text.optional() }),
    // What is scheduled is planted (`/shipshape/maintenance`). A caller's own changes are in PendingModifiedValues.
    run(input, { cloud, region }) {
      const scheduled = cloud.instances
        .list(region)
        .map((instance) => ({ instance, arn: instanceArn(instance, cloud.accountId) }))
        .filter(
          ({ instance, arn }) => instance.maintenance?.length && [undefined, arn].includes(input.ResourceIdentifier),
        );
      const kept = filtered(scheduled, input.Filters, {
        "db-instance-id": ({ instance, arn }) => [instance.shape.DBInstanceIdentifier, arn],
        "db-cluster-id": () => [],
      });
      const { entries, ...rest } = page(kept, input, ({ arn }) => arn);
      return {
        ...rest,
        PendingMaintenanceActions: entries.map(({ instance, arn }) => ({
          ResourceIdentifier: arn,
          PendingMaintenanceActionDetails: instance.maintenance,
        })),
      };
    },
  }),
];

/** Sorts `16.9` before `16.10`. */
const sortable = (version: string): string =>
  version
    .split(".")
    .map((part) => part.padStart(4, "0"))
    .join(".");

function describeVersion(version: string): object {
  const newestOfMajor = resolveVersion(majorOf(version));
  return {
    Engine: "postgres",
    EngineVersion: version,
    MajorEngineVersion: majorOf(version),
    DBParameterGroupFamily: familyOf(version),
    DBEngineDescription: "PostgreSQL",
    DBEngineVersionDescription: `PostgreSQL ${version}`,
    Status: "available",
    ValidUpgradeTarget: upgradeTargets(version).map((target) => ({
      Engine: "postgres",
      EngineVersion: target.version,
      Description: `PostgreSQL ${target.version}`,
      AutoUpgrade: !target.isMajor && target.version === newestOfMajor && compareVersions(target.version, version) > 0,
      IsMajorVersionUpgrade: target.isMajor,
    })),
    ExportableLogTypes: ["iam-db-auth-error", "postgresql", "upgrade"],
    SupportsLogExportsToCloudwatchLogs: true,
    SupportsReadReplica: true,
    SupportsParallelQuery: false,
    SupportsGlobalDatabases: false,
    SupportsBabelfish: false,
    SupportsLimitlessDatabase: false,
    SupportsIntegrations: false,
    SupportsCertificateRotationWithoutRestart: true,
    SupportedCACertificateIdentifiers: certificateAuthorities,
    SupportedEngineModes: ["provisioned"],
    // RDS has the same extensions and logins everywhere and need not list them; here they depend on the binaries, and
    // there are no IAM tokens.
    SupportedFeatureNames: ["authentication:password", ...supportedExtensions.map((name) => `extension:${name}`)],
    TagList: [],
  };
}

function describeMajor(major: string): object {
  const support = supportOf(major);
  const lifecycle = (name: string, from: string, until: string) => ({
    LifecycleSupportName: `open-source-rds-${name}-support`,
    LifecycleSupportStartDate: `${from}T00:00:00Z`,
    LifecycleSupportEndDate: `${until}T23:59:59Z`,
  });
  return {
    Engine: "postgres",
    MajorEngineVersion: major,
    SupportedEngineLifecycles: support
      ? [
          lifecycle("standard", support.begins, support.standardEnds),
          lifecycle("extended", support.standardEnds, support.extendedEnds),
        ]
      : [],
  };
}

function describeOption(option: { version: string; name: string; storageType: string }, region: string): object {
  const isProvisioned = option.storageType.startsWith("io");
  return {
    Engine: "postgres",
    EngineVersion: option.version,
    DBInstanceClass: option.name,
    LicenseModel: "postgresql-license",
    AvailabilityZones: ["a", "b", "c"].map((zone) => ({ Name: `${region}${zone}` })),
    MultiAZCapable: true,
    ReadReplicaCapable: true,
    Vpc: true,
    SupportsStorageEncryption: true,
    StorageType: option.storageType,
    SupportsIops: isProvisioned || option.storageType === "gp3",
    SupportsStorageThroughput: option.storageType === "gp3",
    SupportsEnhancedMonitoring: true,
    SupportsIAMDatabaseAuthentication: true,
    SupportsPerformanceInsights: true,
    MinStorageSize: isProvisioned ? 100 : 20,
    MaxStorageSize: 65_536,
    SupportedEngineModes: ["provisioned"],
    SupportsStorageAutoscaling: true,
    SupportsKerberosAuthentication: false,
    OutpostCapable: false,
    SupportedNetworkTypes: ["IPV4"],
    SupportsClusters: false,
    SupportsDedicatedLogVolume: isProvisioned,
  };
}

/** RDS's names. Databases here present a certificate of this data folder's own authority, whichever name is chosen. */
function describeAuthority(name: string, region: string): object {
  return {
    CertificateIdentifier: name,
    CertificateType: "CA",
    ValidFrom: "2021-05-21T00:00:00Z",
    ValidTill: name === "rds-ca-rsa2048-g1" ? "2061-05-21T00:00:00Z" : "2121-05-21T00:00:00Z",
    CertificateArn: `arn:aws:rds:${region || defaultRegion}::cert:${name}`,
    CustomerOverride: false,
    Thumbprint: Buffer.from(`${ownerAccountId}${name}`).toString("hex").slice(0, 40),
  };
}
