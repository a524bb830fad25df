/** Pure: whether a repair only restores what protects a database: no missing proof of its recovery must hold it up. */
import { instanceType } from "../drift-detection/differences";
import type { RepairChange } from "./changes";

/** The names of its changes; undefined if it does anything else. */
export const protectionOf = (changes: RepairChange[]): string[] | undefined =>
  changes.length > 0 && changes.every((one) => closesAccess(one) || keepsBackups(one))
    ? changes.map(({ name }) => name)
    : undefined;

/**
 * It is private again: nothing in the database changes, and nothing is interrupted. Rules of a security group and
 * policies are not among it: one list or text may close what was opened and open what was only declared since.
 */
const closesAccess = ({ type, property, values, isDrift }: RepairChange): boolean =>
  type === instanceType && property === "publiclyAccessible" && isDrift && values?.to === false;

/** Without backups no drill can prove the recovery: to wait for one would be to wait in vain. */
const keepsBackups = ({ type, property, values, isDrift }: RepairChange): boolean =>
  type === instanceType &&
  property === "backupRetentionPeriod" &&
  isDrift &&
  Number(values?.to) > Number(values?.from ?? 0);
