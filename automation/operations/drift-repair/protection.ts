/** Pure: whether a repair only restores what protects a database: no missing proof of its recovery must hold it up. */
import { instanceType } from "../drift-detection/differences";
import { severityOf } from "../drift-detection/protection";
import type { RepairChange } from "./changes";

/** The names of its changes; undefined if it does anything else. */
export const protectionOf = (changes: RepairChange[]): string[] | undefined =>
  changes.length > 0 && changes.every((one) => closesAccess(one) || keepsBackups(one))
    ? changes.map(({ name }) => name)
    : undefined;

/**
 * Who reaches the database and who can read it, as it was declared: nothing in the database changes, and nothing is
 * interrupted. What is created or was only declared since is not among it.
 */
const closesAccess = ({ type, property, takes, isDrift }: RepairChange): boolean =>
  type.startsWith("aws:") &&
  property !== null &&
  isDrift &&
  takes === "at once" &&
  severityOf(property.split(/[.[]/)[0]!) === "critical";

/** Without backups no drill can prove the recovery: to wait for one would be to wait in vain. */
const keepsBackups = ({ type, property, values, isDrift }: RepairChange): boolean =>
  type === instanceType &&
  property === "backupRetentionPeriod" &&
  isDrift &&
  Number(values?.to) > Number(values?.from ?? 0);
