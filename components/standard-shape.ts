import { createHash } from "node:crypto";
import type { ResolvedRequest } from "./request-schema";
import { inOrder } from "./extensions";
import { databaseNameOf, identifierOf, secretNameOf } from "./names";
import { resolvedParameters } from "./parameters";
import { roleNames, roleStandards, type Authentication, type RoleName } from "./roles";
import {
  backupHours,
  backupPlanTag,
  logRetentionDays,
  maintenanceWindows,
  secretRecoveryDays,
  sizeStandards,
  standardTag,
  standardVersion,
  tierStandard,
  versionStandards,
  type BackupPlan,
  type DataClassification,
  type Environment,
  type PostgresMajor,
  type Ring,
  type Size,
  type Tier,
} from "./standards";

/**
 * Tier, size and environment, resolved: everything the standard decides for one database, and nothing that the cloud
 * decides.
 */
export interface StandardShape {
  standardVersion: string;
  service: string;
  owner: string;
  environment: Environment;
  tier: Tier;
  size: Size;
  dataClassification: DataClassification;
  identifier: string;
  databaseName: string;
  schemaName: string;
  postgresMajor: PostgresMajor;
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
  deviations: string[];
}

export interface RoleShape {
  authentication: Authentication;
  statementTimeoutMilliseconds: number;
  /** Undefined with `authentication: "iam"`: there is no secret to keep. */
  secretName: string | undefined;
}

export function standardShape(request: ResolvedRequest): StandardShape {
  const tier = tierStandard(request.tier, request.environment);
  const size = sizeStandards[request.size];
  const storage = sizeStandards[request.storageOfSize ?? request.size];
  const version = versionStandards[request.postgresMajor];
  const databaseName = databaseNameOf(request);
  const identifier = request.existing?.identifier ?? identifierOf(request);
  const kept = tier.protected && !request.retire;
  return {
    standardVersion,
    service: request.service,
    owner: request.owner,
    environment: request.environment,
    tier: request.tier,
    size: request.size,
    dataClassification: request.dataClassification,
    identifier,
    databaseName,
    schemaName: request.schemaName ?? databaseName,
    postgresMajor: request.postgresMajor,
    parameterGroupFamily: version.family,
    engineVersion: request.engineVersion,
    minimumEngineVersion: `${request.postgresMajor}.${version.minimumMinor}`,
    instanceClass: size.instanceClass,
    memoryGib: size.memoryGib,
    vcpus: size.vcpus,
    burstableCpu: size.burstableCpu,
    allocatedStorageGib: storage.allocatedGib,
    storageCapGib: storage.capGib,
    objectives: { rpoSeconds: tier.rpoSeconds, rtoSeconds: tier.rtoSeconds, drillEveryDays: tier.drillEveryDays },
    ring: tier.ring,
    maintenanceWindow: maintenanceWindows[tier.ring],
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
    logRetentionDays: logRetentionDays(request.environment),
    keepLogs: request.environment === "production",
    secretRecoveryDays: secretRecoveryDays(request.environment),
    parameters: Object.fromEntries(resolvedParameters(request.parameters).map(({ name, value }) => [name, value])),
    ownParameterGroup: Object.keys(request.parameters).length > 0,
    extensions: inOrder(request.extensions),
    roles: Object.fromEntries(roleNames.map((name) => [name, roleShape(name, request)])) as Record<RoleName, RoleShape>,
    deviations: Object.keys(request.existing?.asFound ?? {}).sort(),
  };
}

function roleShape(name: RoleName, request: ResolvedRequest): RoleShape {
  const requested = request.roles[name];
  const authentication = requested?.authentication ?? "password";
  return {
    authentication,
    statementTimeoutMilliseconds:
      requested?.statementTimeoutMilliseconds ?? roleStandards[name].statementTimeoutMilliseconds,
    secretName: authentication === "password" ? secretNameOf(request, name) : undefined,
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
export function standardTags(shape: StandardShape, costCenter: string, stack: string): Record<string, string> {
  return {
    service: shape.service,
    owner: shape.owner,
    environment: shape.environment,
    tier: shape.tier,
    "data-classification": shape.dataClassification,
    "cost-center": costCenter,
    "shipshape:ring": String(shape.ring),
    "shipshape:stack": stack,
    [standardTag]: shape.standardVersion,
  };
}
export function instanceTags(shape: StandardShape, tags: Record<string, string>): Record<string, string> {
  return { ...tags, [backupPlanTag]: shape.backupPlan };
}
