import * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import { foreseesMajor } from "./foresight";
import { majorOf, minorOf } from "./found-properties";
import type { ResolvedRequest } from "./request-schema";
import type { StandardShape } from "./standard-shape";
import { majorsOf, type Standard } from "./standards/standard";

/** The instance that RDS runs under a database's name; undefined before there is one. */
export type Running = Pick<
  rds.GetInstanceResult,
  | "resourceId"
  | "engineVersion"
  | "dbInstanceClass"
  | "allocatedStorage"
  | "maxAllocatedStorage"
  | "multiAz"
  | "masterUserSecrets"
  | "dbSubnetGroup"
  | "dbParameterGroups"
  | "masterUsername"
  | "dbName"
  | "storageEncrypted"
  | "kmsKeyId"
>;

/** What the program declares for it. */
export interface Wanted {
  engineVersion: string;
  instanceClass: string;
  allocatedStorage: number;
  maxAllocatedStorage: number;
  multiAz: boolean;
  dbSubnetGroupName: string;
  /** Neither is declared of a restored database, which has its source's. */
  username?: string | undefined;
  dbName?: string | undefined;
  storageEncrypted?: boolean | undefined;
  kmsKeyId?: string | undefined;
}

/**
 * Read at every run of the program, even a preview: autoscaling or a maintenance window may have changed it since the
 * state was written.
 */
export function runningInstance(identifier: string, options: pulumi.InvokeOptions): pulumi.Output<Running | undefined> {
  const found = rds.getInstance({ dbInstanceIdentifier: identifier }, options).catch((error: Error) => {
    // The provider has no code for it: this matches its messages, and the API's.
    if (/no matching|not ?found|couldn't find|empty result/i.test(error.message)) return undefined;
    throw error;
  });
  return pulumi.output(found).apply((running) => (running?.resourceId ? running : undefined));
}

/**
 * What RDS would refuse in the middle of an `up` because of the running instance: reported at preview, each with what
 * to do.
 */
export function refusedChanges(
  running: Running | undefined,
  wanted: Wanted,
  request: ResolvedRequest,
  standard: Standard,
): string[] {
  const { import: imported, existing } = request;
  if (imported !== undefined && running?.resourceId !== imported)
    return [
      `import: ${imported} is not the resource id of ${existing?.identifier}, ${running ? `that is ${running.resourceId}` : "there is no database of that name"}`,
    ];
  if (!running) return [];
  return [
    ...refusedVersion(running.engineVersion, wanted.engineVersion, request, standard),
    ...refusedStorage(running, wanted, standard),
    ...refusedNames(running, wanted, existing !== undefined),
    ...refusedEncryption(running, wanted, existing !== undefined),
    // Only if the program names the group that it found: one changed by hand is drift, which a refresh must show.
    ...(existing ? movedByHand(running, wanted).map((line) => `existing.asFound.dbSubnetGroupName: ${line}`) : []),
  ];
}

/**
 * RDS moves a database only to a subnet group of another network, and so to other security groups: an `up` should not
 * do that.
 */
export function movedByHand(
  { dbSubnetGroup: current }: Partial<Running>,
  { dbSubnetGroupName: wanted }: Partial<Wanted>,
): string[] {
  if (!current || !wanted || current.toLowerCase() === wanted.toLowerCase()) return [];
  return [
    `the database is in the subnet group ${current}, and RDS cannot move it to another one in the same network, ${wanted}. Give "${current}"`,
  ];
}

function refusedVersion(runs: string, wanted: string, { existing }: ResolvedRequest, standard: Standard): string[] {
  const allowed = majorsOf(standard).some((major) => major === majorOf(runs));
  if (majorOf(runs) !== majorOf(wanted))
    return pulumi.runtime.isDryRun() && foreseesMajor()
      ? []
      : [
          `postgresMajor: ${runs} is running; another major is a request of its own (database-patch --method blue-green), not an up. ${allowed ? `Give ${majorOf(runs)}` : `Keep existing.asFound.engineVersion "${runs}"`}`,
        ];
  const path = existing?.asFound.engineVersion ? "existing.asFound.engineVersion" : "engineVersion";
  return minorOf(wanted) < minorOf(runs)
    ? [`${path}: ${wanted} is older than the running ${runs}, and RDS never downgrades. Give "${runs}"`]
    : [];
}

/**
 * Storage never shrinks, and a changed cap must leave a tenth to grow (RDS User Guide, "Managing capacity
 * automatically").
 */
function refusedStorage(running: Running, wanted: Wanted, { sizes }: Standard): string[] {
  const allocated = running.allocatedStorage;
  const cap = wanted.maxAllocatedStorage;
  const capMin = Math.ceil((Math.max(allocated, wanted.allocatedStorage) * 11) / 10);
  if (cap === 0)
    return wanted.allocatedStorage < allocated
      ? [`existing.asFound.allocatedStorage: ${allocated} GiB are allocated and storage never shrinks. Give that`]
      : [];
  // An unchanged cap is not sent, however little room it leaves.
  if (cap >= capMin || (cap === (running.maxAllocatedStorage || 0) && wanted.allocatedStorage <= allocated)) return [];
  const enough = Object.entries(sizes).find(([, size]) => size.capGib >= capMin)?.[0];
  return [
    `storageOfSize: ${allocated} GiB are allocated and storage never shrinks, so it may not be capped at ${cap} GiB (at least ${capMin}). ` +
      (enough
        ? `Give "${enough}": the class changes, the storage stays`
        : `Give existing.asFound.maxAllocatedStorage of ${capMin} or more`),
  ];
}

/** RDS gives them once: with another one Pulumi would replace the database, and lose what is in it. */
function refusedNames(running: Running, { username, dbName }: Wanted, isFound: boolean): string[] {
  const other = (found: string | undefined, wanted: string | undefined) => found && wanted && found !== wanted;
  return [
    ...(other(running.masterUsername, username)
      ? [
          `birth.masterUsername: the database was made with ${running.masterUsername}, and with ${username} it would be replaced. ${isFound ? `Give existing.asFound.username "${running.masterUsername}"` : "Keep the stack's shipshape:birth"}`,
        ]
      : []),
    ...(other(running.dbName, dbName)
      ? [
          `databaseName: the database was made with ${running.dbName}, and with ${dbName} it would be replaced. Give ${isFound ? "existing.asFound.dbName " : ""}"${running.dbName}"`,
        ]
      : []),
  ];
}

/** RDS encrypts storage when it is made, and again only in a restored copy: Pulumi would replace the database. */
function refusedEncryption(
  { storageEncrypted: isEncrypted, kmsKeyId: key }: Running,
  { storageEncrypted, kmsKeyId }: Wanted,
  isFound: boolean,
): string[] {
  if (storageEncrypted && !isEncrypted)
    return [
      `existing.asFound.storageEncrypted: the database is not encrypted, and only a restored copy of it can be: with true it would be replaced. Give false, and kmsKeyId null`,
    ];
  if (!isEncrypted || !key || !kmsKeyId || key === kmsKeyId) return [];
  return [
    `${isFound ? "existing.asFound.kmsKeyId" : "platform.keyArn"}: the database is encrypted with ${key}, and with ${kmsKeyId} it would be replaced. Give "${key}"`,
  ];
}

/** The key of a managed master password: RDS accepts it when the password becomes managed, and never changes it. */
export function refuseOtherSecretKey(running: Running | undefined, wanted: string): string {
  const key = running?.masterUserSecrets?.[0]?.kmsKeyId;
  if (!key || key === wanted) return wanted;
  throw new pulumi.RunError(
    `existing.asFound.masterUserSecretKmsKeyId: RDS keeps the master password under ${key} and cannot change that to ${wanted}. Give the key it has, ` +
      "or manageMasterUserPassword false until you have replaced RDS's password with your own",
  );
}

/**
 * Changes that RDS accepts now and applies in the maintenance window, each with whether it restarts the database; empty
 * if there are none.
 */
export function waitingChanges(running: Running, wanted: Wanted, window: string): string[] {
  const [, fromDay, from, toDay, to] = /^(\w+):([\d:]+)-(\w+):([\d:]+)$/.exec(window) ?? [];
  const when = from ? `${fromDay} ${from}–${toDay === fromDay ? "" : `${toDay} `}${to} UTC` : `${window} UTC`;
  const change = (what: string, before: unknown, after: unknown, restarts = false) =>
    before === after
      ? []
      : [`${what} ${String(before)} → ${String(after)} waits for ${when}${restarts ? "; restart" : ""}`];
  return [
    ...change("class", running.dbInstanceClass, wanted.instanceClass, true),
    ...change("version", running.engineVersion, wanted.engineVersion, true),
    ...(wanted.allocatedStorage > running.allocatedStorage
      ? change("storage (GiB)", running.allocatedStorage, wanted.allocatedStorage)
      : []),
    ...change("Multi-AZ", running.multiAz, wanted.multiAz),
  ];
}

/**
 * The shape until the window, which alarms must also fit. An unknown class (of a database created elsewhere) is assumed
 * to be the requested one.
 */
export function runningShape(shape: StandardShape, running: Running | undefined, { sizes }: Standard): StandardShape {
  if (!running) return shape;
  const known = Object.values(sizes).find((size) => size.instanceClass === running.dbInstanceClass);
  return {
    ...shape,
    allocatedStorageGib: running.allocatedStorage,
    memoryGib: known?.memoryGib ?? shape.memoryGib,
    vcpus: known?.vcpus ?? shape.vcpus,
  };
}
