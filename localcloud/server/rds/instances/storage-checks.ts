import { AwsError } from "../../wire/aws-error";
import type { InstanceShape } from "./instance-record";

/** RDS User Guide, "Amazon RDS DB instance storage": bounds for PostgreSQL, in GiB. */
const bounds: Record<string, { min: number; max: number }> = {
  gp2: { min: 20, max: 65_536 },
  gp3: { min: 20, max: 65_536 },
  io1: { min: 100, max: 65_536 },
  io2: { min: 100, max: 65_536 },
};

/**
 * From this size up, gp3 is striped over four volumes: its baseline is higher, and speed can be provisioned.
 */
const stripedGiB = 400;

type Storage = Pick<
  InstanceShape,
  "AllocatedStorage" | "MaxAllocatedStorage" | "StorageType" | "Iops" | "StorageThroughput"
>;

const storageSettings = [
  "AllocatedStorage",
  "MaxAllocatedStorage",
  "StorageType",
  "Iops",
  "StorageThroughput",
] as const;

/**
 * Checks the storage that results from a call. RDS checks only calls that name storage: an instance that has grown to
 * its cap accepts every other change.
 * @param named what the call itself named
 */
export function checkStorage(storage: Storage, named: Partial<Storage>): void {
  if (storageSettings.every((name) => named[name] === undefined)) return;
  const bound = bounds[storage.StorageType];
  if (!bound)
    throw new AwsError(
      "StorageTypeNotSupported",
      `storage type '${storage.StorageType}' is not supported; supported are ${Object.keys(bounds).join(", ")}`,
    );
  const { AllocatedStorage: size, MaxAllocatedStorage: cap, StorageType: type } = storage;
  if (size < bound.min || size > bound.max)
    throw new AwsError(
      "InvalidParameterValue",
      `invalid storage size for engine name postgres and storage type ${type}: ${size}; it must be from ${bound.min} to ${bound.max} GiB`,
    );
  // RDS requires room to grow: at least 10 % (User Guide, "Managing capacity automatically"). A cap equal to the size
  // turns autoscaling off.
  if (cap !== undefined && cap !== size && cap < Math.ceil((size * 11) / 10))
    throw new AwsError(
      "InvalidParameterCombination",
      `max storage size must be greater than storage size by at least 10 percent: MaxAllocatedStorage is ${cap}, AllocatedStorage is ${size}`,
    );
  const provisioned = named.Iops !== undefined || named.StorageThroughput !== undefined;
  if (type === "gp2" && provisioned)
    throw new AwsError(
      "InvalidParameterCombination",
      "you can't specify Iops or StorageThroughput for storage type gp2",
    );
  if (type === "gp3" && size < stripedGiB && provisioned)
    throw new AwsError(
      "InvalidParameterCombination",
      `you can't specify IOPS or storage throughput for engine postgres and a storage size less than ${stripedGiB}`,
    );
  if (type === "gp3" && provisioned) checkProvisionedSpeed(storage);
  if (type.startsWith("io") && (storage.Iops ?? 0) < 1_000)
    throw new AwsError("InvalidParameterCombination", `storage type ${type} needs Iops of at least 1000`);
}

/**
 * Striped gp3 has a minimum as well as a maximum (User Guide, "gp3 storage"): 12,000–64,000 IOPS and 500–4,000 MiB/s.
 */
function checkProvisionedSpeed({ Iops: iops = 0, StorageThroughput: throughput = 0 }: Storage): void {
  const refusal = (what: string, given: number, allowed: string) =>
    new AwsError(
      "InvalidParameterCombination",
      `invalid ${what} value for engine name postgres and storage type gp3: ${given}; it must be ${allowed}`,
    );
  if (iops < 12_000 || iops > 64_000) throw refusal("iops", iops, `from 12000 to 64000 for ${stripedGiB} GiB and more`);
  if (throughput < 500 || throughput > 4_000)
    throw refusal("storage throughput", throughput, `from 500 to 4000 for ${stripedGiB} GiB and more`);
}

/** A cap equal to the size turns autoscaling off; RDS then shows no cap. */
export function growthCap(cap: number | undefined, size: number): number | undefined {
  return cap === size ? undefined : cap;
}

/** What gp3 includes at no extra cost. */
export function includedSpeed(type: string, sizeGiB: number): { Iops?: number; StorageThroughput?: number } {
  if (type !== "gp3") return {};
  return sizeGiB < stripedGiB ? { Iops: 3_000, StorageThroughput: 125 } : { Iops: 12_000, StorageThroughput: 500 };
}

/**
 * Storage only grows, and by at least 10 %: RDS rounds a smaller step up (API reference, ModifyDBInstance,
 * AllocatedStorage).
 */
export function grownStorage(current: number, requested: number): number {
  if (requested < current)
    throw new AwsError(
      "InvalidParameterCombination",
      `requested storage size (${requested}) cannot be less than the current storage size (${current}): storage only grows`,
    );
  return requested === current ? current : Math.max(requested, Math.ceil((current * 11) / 10));
}
