import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedRequest } from "./request-schema";
import { decidedProperties } from "./decided-properties";
import { inOrder, withLibraries } from "./extensions";
import { majorOf } from "./found-properties";
import { deviationsOf, type Deviation } from "./healing";
import type { Tags } from "./tags";
import { databaseNameOf, identifierOf, schemaNameOf, secretNameOf } from "./names";
import {
  backupHours,
  backupPlanTag,
  copyTagKeys,
  familyOf,
  patchAfterTag,
  patchMethodTag,
  ringTag,
  secretRecoveryDays,
  stackTag,
  standardTag,
  type BackupPlan,
  type Ring,
} from "./standards/fixed";
import type { DataClassification, Environment, RoleName, Size, Tier } from "./standards/names";
import { resolvedParameters } from "./standards/parameters";
import type { Authentication } from "./standards/roles";
import {
  isProduction,
  kindOf,
  logRetentionDays,
  instanceTagOf,
  part,
  rolesOf,
  tagOf,
  tierStandard,
  windowOf,
  type Standard,
} from "./standards/standard";

/**
 * Tier, size and environment, resolved: everything the standard decides for one database, and nothing that the cloud
 * decides.
 */
export interface StandardShape {
  standardVersion: string;
  service: string;
  owner: pulumi.Input<string>;
  environment: Environment;
  tier: Tier;
  size: Size;
  dataClassification: DataClassification;
  identifier: string;
  databaseName: string;
  schemaName: string;
  furtherSchemas: string[];
  postgresMajor: number;
  parameterGroupFamily: string;
  /** Undefined: the newest minor the cloud offers. */
  engineVersion: string | undefined;
  minimumEngineVersion: string;
  instanceClass: string;
  memoryGib: number;
  vcpus: number;
  burstableCpu: boolean;
  allocatedStorageGib: number;
  storageCapGib: number;
  objectives: { rpoSeconds: number; rtoSeconds: number; drillEveryDays: number };
  ring: Ring;
  maintenanceWindow: string;
  backupWindow: string;
  backupRetentionDays: number;
  backupPlan: BackupPlan;
  multiAz: boolean;
  monitoringIntervalSeconds: number;
  deletionProtection: boolean;
  /** Pulumi's own protection. */
  protect: boolean;
  finalSnapshot: boolean;
  retainAutomatedBackups: boolean;
  logRetentionDays: number;
  keepLogs: boolean;
  secretRecoveryDays: number;
  /** PostgreSQL parameters by name, as RDS stores them; the parameter group decides how each is applied. */
  parameters: Record<string, string>;
  /** True if a team's own values require a separate parameter group. */
  ownParameterGroup: boolean;
  extensions: string[];
  roles: Record<RoleName, RoleShape>;
  /** Where an imported database does not (yet) follow the standard. */
  deviations: Deviation[];
}

export interface RoleShape {
  authentication: Authentication;
  statementTimeoutMilliseconds: number;
  /** Undefined with `authentication: "iam"`: there is no secret to keep. */
  secretName: string | undefined;
}

/** With what its extensions load. */
export const parametersOf = ({ parameters, extensions }: ResolvedRequest, { postgres }: Standard) =>
  withLibraries(resolvedParameters(postgres.parameters, parameters), extensions);

export function standardShape(request: ResolvedRequest, standard: Standard, region?: string): StandardShape {
  const tier = tierStandard(standard, request.tier, request.environment);
  const size = part(standard.sizes, request.size);
  const storage = part(standard.sizes, request.storageOfSize ?? request.size);
  const version = part(standard.postgres.majors, request.postgresMajor);
  const { parameters, isMore } = parametersOf(request, standard);
  const identifier = request.existing?.identifier ?? identifierOf(request, standard);
  const kept = tier.protected && !request.retire;
  const found = request.existing?.asFound ?? {};
  const postgresMajor = found.engineVersion ? majorOf(found.engineVersion) : request.postgresMajor;
  const shape: StandardShape = {
    standardVersion: standard.version,
    service: request.service,
    owner: request.owner,
    environment: request.environment,
    tier: request.tier,
    size: request.size,
    dataClassification: request.dataClassification,
    identifier,
    databaseName: databaseNameFound(request) ?? databaseNameOf(request, standard),
    schemaName: schemaNameOf(request, standard),
    furtherSchemas: [...request.furtherSchemas].sort(),
    postgresMajor,
    parameterGroupFamily: familyOf(postgresMajor),
    engineVersion: found.engineVersion ?? request.engineVersion,
    minimumEngineVersion: `${request.postgresMajor}.${version.minimumMinor}`,
    instanceClass: size.instanceClass,
    memoryGib: size.memoryGib,
    vcpus: size.vcpus,
    burstableCpu: size.burstableCpu,
    allocatedStorageGib: storage.allocatedGib,
    storageCapGib: storage.capGib,
    objectives: { rpoSeconds: tier.rpoSeconds, rtoSeconds: tier.rtoSeconds, drillEveryDays: tier.drillEveryDays },
    ring: tier.ring,
    maintenanceWindow: windowOf(standard, tier.ring, region),
    backupWindow: backupWindow(identifier),
    backupRetentionDays: tier.backupRetentionDays,
    backupPlan: tier.backupPlan,
    multiAz: tier.multiAz,
    monitoringIntervalSeconds: tier.monitoringIntervalSeconds,
    deletionProtection: kept,
    protect: kept,
    // Retirement lifts what prevents a deletion, never what survives it.
    finalSnapshot: tier.protected,
    retainAutomatedBackups: tier.retainAutomatedBackups,
    logRetentionDays: logRetentionDays(standard, request.environment),
    keepLogs: isProduction(standard, request.environment),
    secretRecoveryDays: secretRecoveryDays(kindOf(standard, request.environment)),
    parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    ownParameterGroup: isMore || Object.keys(request.parameters).length > 0,
    extensions: inOrder(request.extensions),
    roles: Object.fromEntries(rolesOf(standard).map((name) => [name, roleShape(name, request, standard)])) as Record<
      RoleName,
      RoleShape
    >,
    deviations: [],
  };
  return {
    ...shape,
    deviations: deviationsOf(found, decidedProperties(shape), request.postgresMajor),
    // What is done at a deletion is as found, too.
    finalSnapshot: found.skipFinalSnapshot === undefined ? shape.finalSnapshot : !found.skipFinalSnapshot,
    retainAutomatedBackups:
      found.deleteAutomatedBackups === undefined ? shape.retainAutomatedBackups : !found.deleteAutomatedBackups,
  };
}

/** The database that RDS made in an existing instance; without an initial one there is only `postgres`. */
function databaseNameFound({ databaseName, existing }: ResolvedRequest): string | undefined {
  const dbName = existing?.asFound.dbName;
  return databaseName !== undefined || dbName === undefined ? undefined : (dbName ?? "postgres");
}

function roleShape(name: RoleName, request: ResolvedRequest, standard: Standard): RoleShape {
  const requested = request.roles[name];
  const authentication = requested?.authentication ?? "password";
  return {
    authentication,
    statementTimeoutMilliseconds:
      requested?.statementTimeoutMilliseconds ?? part(standard.roles, name).statementTimeoutMilliseconds,
    secretName: authentication === "password" ? secretNameOf(request, name, standard) : undefined,
  };
}

/** The same database always gets the same time, and a fleet spreads over five hours. */
export function backupWindow(identifier: string): string {
  const slot = createHash("sha256").update(identifier).digest().readUInt32BE(0) % backupHours.slots;
  const start = backupHours.firstStartMinute + slot * backupHours.slotMinutes;
  return `${clock(start)}-${clock(start + backupHours.lengthMinutes)}`;
}
function clock(minute: number): string {
  const ofDay = minute % (24 * 60);
  return `${String(Math.floor(ofDay / 60)).padStart(2, "0")}:${String(ofDay % 60).padStart(2, "0")}`;
}

/** The tags of every taggable resource; the instance also says which backup plan selects it. */
export function standardTags(
  shape: StandardShape,
  costCenter: pulumi.Input<string>,
  stack: string,
  standard: Standard,
): Tags {
  const { tags } = standard;
  return {
    ...standard.alsoTags,
    [tags.service.key]: shape.service,
    [tags.owner.key]: shape.owner,
    [tags.environment.key]: shape.environment,
    [tags.tier.key]: shape.tier,
    [tags.dataClassification.key]: shape.dataClassification,
    [tags.costCenter.key]: costCenter,
    [ringTag]: String(shape.ring),
    [stackTag]: stack,
    [standardTag]: tagOf(standard),
  };
}
/** Of an instance with a masked copy: whose data it is, by which profile, and until when. */
const copyTags = ({ maskedCopy }: Pick<ResolvedRequest, "maskedCopy">): Tags =>
  maskedCopy === undefined
    ? {}
    : {
        [copyTagKeys.request]: maskedCopy.request,
        [copyTagKeys.source]: maskedCopy.source,
        [copyTagKeys.profile]: maskedCopy.profile,
        [copyTagKeys.expiresOn]: maskedCopy.expiresOn,
      };
/** Only where it is declared: no other database changes. */
const patchTags = ({ patchAfter, patchMethod }: Pick<ResolvedRequest, "patchAfter" | "patchMethod">): Tags => ({
  ...(patchAfter.length > 0 && { [patchAfterTag]: patchAfter.join(" ") }),
  ...(patchMethod !== "in-place" && { [patchMethodTag]: patchMethod }),
});
export function instanceTags(
  shape: StandardShape,
  request: Pick<ResolvedRequest, "maskedCopy" | "patchAfter" | "patchMethod">,
  tags: Tags,
  standard: Standard,
): Tags {
  return {
    ...tags,
    ...copyTags(request),
    ...patchTags(request),
    [backupPlanTag]: shape.backupPlan,
    [standardTag]: instanceTagOf(standard),
  };
}
