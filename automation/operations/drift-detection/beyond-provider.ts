/** Pure: what differs of a database that no refresh compares, and what is there beside it that nothing declares. */
import type { Standard } from "../../../components/standards/standard";
import type { Severity } from "../../../policypacks/database-guardrails/judging/rule";
import { forbidPublicSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-public-snapshot";
import { forbidSharedSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-shared-snapshot";
import { requireManagedMasterPassword } from "../../../policypacks/database-guardrails/rules/require-managed-master-password";
import * as types from "../../../policypacks/database-guardrails/vocabulary/types";
import type { DeclaredInstance, DeclaredParameterGroup } from "../../fleet-records";
import type { TargetDatabase } from "../../fleet-records";
import type { DeclaredBeyond } from "./declared-beyond";
import type { Difference, InstanceBeyond, InstanceNow } from "./differences";
import type { JudgedByGuardrails } from "./guardrail-breaks";
import { typeOf } from "./known-differences";
import { brokenBy, severityOf } from "./protection";
import { shownOf } from "./shown";

/** What was asked for that a description of the instance does not have. */
export interface FoundBeyond {
  /** Null for those of which the API did not say it. */
  snapshots: { arn: string; sharedWith: string[] | null }[];
  /** What is set in its parameter group; null: it was not asked for. */
  parameters: { name: string; value: string }[] | null;
  /** What could not be read, and why: nothing is known of it. */
  unread: string[];
}

export interface BeyondProvider {
  differences: Difference[];
  unread: string[];
  /** Of a database that no stack declares: what the guardrails say of it. */
  judged?: JudgedByGuardrails;
}

export function beyondProvider(
  database: TargetDatabase,
  declared: DeclaredBeyond,
  now: InstanceNow,
  found: FoundBeyond,
  of: { ownAccounts: readonly string[]; standard: Standard; today: string },
): BeyondProvider {
  const { instance, parameterGroup } = declared;
  return {
    differences: [
      ...(instance ? ofInstance(instance, now.beyond) : []),
      ...(parameterGroup && found.parameters ? ofParameters(parameterGroup, found.parameters, of) : []),
      ...(instance ? attached(instance.urn, declared, now.beyond) : []),
      ...sharedOutside(database, declared, found, of.ownAccounts),
    ],
    unread: found.unread,
  };
}

const drift = { class: "drift", reason: "it was changed outside" } as const;
const unmanaged = { class: "unmanaged", reason: "nothing declares it" } as const;

/** What the provider never reads, and what the program leaves to RDS and others can change. */
function ofInstance(declared: DeclaredInstance, now: InstanceBeyond): Difference[] {
  const { urn, managesPassword, masterSecretKey } = declared;
  const differs = (property: string, desired: unknown, actual: unknown, breaks: string[] = []): Difference => ({
    ...{ urn, type: typeOf(urn), property, desired: shownOf(desired), actual: shownOf(actual) },
    ...{ ...drift, severity: severityOf(property), breaks },
  });
  const manages = now.masterSecret !== null;
  const found: Difference[] = [];
  if (managesPassword !== null && managesPassword !== manages)
    found.push(
      differs(
        "manageMasterUserPassword",
        managesPassword,
        manages,
        managesPassword ? [requireManagedMasterPassword.id] : [],
      ),
    );
  const key = now.masterSecret?.key ?? null;
  if (manages && masterSecretKey !== null && key !== null && !isSameKey(masterSecretKey, key))
    found.push(differs("masterUserSecretKmsKeyId", masterSecretKey, key));
  if (declared.port !== null && now.port !== null && declared.port !== now.port)
    found.push(differs("port", declared.port, now.port));
  if (declared.optionGroup !== null && now.optionGroups.length > 0 && !now.optionGroups.includes(declared.optionGroup))
    found.push(differs("optionGroupName", declared.optionGroup, now.optionGroups.join(", ")));
  return found;
}

/** A program may name a key by its id; RDS says its ARN. An alias is resolved by KMS alone, and is not compared. */
const isSameKey = (declared: string, actual: string): boolean =>
  /(^|:)alias\//.test(declared) || declared === actual || actual.endsWith(`:key/${declared}`);

/** Replicas, roles and copies that nothing declares; only if every stack could be read is it known that none does. */
function attached(urn: string, declared: DeclaredBeyond, now: InstanceBeyond): Difference[] {
  if (declared.unread.length > 0) return [];
  const beside = (property: string, actual: string, severity: Severity, reason: string): Difference => ({
    ...{ urn, type: typeOf(urn), property, desired: shownOf(null), actual: shownOf(actual) },
    ...{ ...unmanaged, reason: `${unmanaged.reason}: ${reason}`, severity, breaks: [] },
  });
  return [
    ...now.replicas
      .filter((replica) => !declared.replicas.includes(replica))
      .map((replica) => beside(`replicas.${replica}`, replica, "high", "a read replica has all of the data")),
    ...now.roles
      .filter(({ role }) => !declared.roles.includes(role))
      .map(({ role, feature }) =>
        beside(`roles.${role}`, `${role} for ${feature}`, "high", "with it the database reads or writes elsewhere"),
      ),
    ...(declared.backupsCopied ? [] : now.backupsCopiedTo).map((arn) =>
      beside(`backupsCopiedTo.${arn}`, arn, "medium", "its automated backups are copied there"),
    ),
  ];
}

/** Values that protect who reaches the data, or the record of what was done, are high. */
const protecting =
  /^(rds\.force_ssl|ssl.*|password_encryption|rds\.restrict.*|pgaudit\..*|log_.*|shared_preload_libraries)$/;
const severityOfParameter = (name: string): Severity => (protecting.test(name) ? "high" : "medium");

/** Each parameter for itself: also one that is set in the group and that nothing declares. */
function ofParameters(
  group: DeclaredParameterGroup,
  actual: { name: string; value: string }[],
  { standard, today }: { standard: Standard; today: string },
): Difference[] {
  const declared = new Map(group.parameters.map(({ name, value }) => [name, value]));
  const values = new Map(actual.map(({ name, value }) => [name, value]));
  const { urn, family, parameters } = group;
  const type = types.parameterGroup;
  return [...new Set([...declared.keys(), ...values.keys()])].sort().flatMap((name): Difference[] => {
    const [wanted, value] = [declared.get(name), values.get(name)];
    if (wanted === null || (wanted !== undefined && value !== undefined && isSameValue(wanted, value))) return [];
    const others = parameters.filter((one) => one.name !== name);
    const outputs = { family, parameters: [...others, ...(value === undefined ? [] : [{ name, value }])] };
    const old = { inputs: {}, outputs: { family, parameters } };
    const resource = { urn, type, op: "update", old, new: { inputs: {}, outputs }, differing: [] };
    return [
      {
        ...{ urn, type, property: `parameters.${name}`, desired: shownOf(wanted), actual: shownOf(value) },
        ...(wanted === undefined ? unmanaged : drift),
        ...{ severity: severityOfParameter(name), breaks: brokenBy(resource, standard, today)("parameters") },
      },
    ];
  });
}

/** RDS keeps some values in capital letters, and the order of a list of libraries as it was given. */
function isSameValue(one: string, other: string): boolean {
  const plain = (value: string) =>
    value
      .toLowerCase()
      .split(",")
      .map((part) => part.trim())
      .sort()
      .join(",");
  return plain(one) === plain(other);
}

/** An account of `shipshape.yaml` is ours; any other one, and everyone, is outside. */
function sharedOutside(
  database: TargetDatabase,
  declared: DeclaredBeyond,
  { snapshots }: FoundBeyond,
  ownAccounts: readonly string[],
): Difference[] {
  const own = [...ownAccounts, database.account];
  return snapshots.flatMap(({ arn, sharedWith }) => {
    const allowed = declared.snapshots.find((one) => one.arn === arn)?.accounts ?? [];
    const outside = (sharedWith ?? []).filter((account) => ![...own, ...allowed].includes(account));
    const isPublic = outside.includes("all");
    // No stack may share with everyone; with an account, one that cannot be read may.
    if (outside.length === 0 || (declared.unread.length > 0 && !isPublic)) return [];
    const rule = isPublic ? forbidPublicSnapshot : forbidSharedSnapshot;
    const reason = isPublic ? "everyone can restore it" : "an account that is not ours can restore it";
    return [
      {
        ...{ urn: arn, type: types.snapshot, property: "sharedAccounts", desired: shownOf(null) },
        ...{
          actual: shownOf(outside.join(", ")),
          class: "unmanaged" as const,
          reason: `${unmanaged.reason}: ${reason}`,
        },
        ...{ severity: rule.severity, breaks: [rule.id] },
      },
    ];
  });
}
