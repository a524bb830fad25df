/**
 * Pure: what another standard changes in a database or a platform that exists, and how, before any preview. A test holds
 * each effect to what a real preview shows.
 */
import type { z } from "zod";
import { databaseRequestOf } from "./arguments";
import { problemsOf } from "./input-errors";
import { standardShape, type StandardShape } from "./standard-shape";
import { allowedParameters, standardParameters } from "./standards/parameters";
import { instanceTagOf, tagNames, tierStandard, type Standard } from "./standards/standard";

/** From nothing to what `up` refuses. "window" and "restart" wait for the maintenance window, and "restart" restarts. */
export const effects = ["none", "tag", "at-once", "window", "restart", "address", "refused"] as const;
export type Effect = (typeof effects)[number];

export interface Change {
  /** In words: "class", "parameter work_mem". */
  figure: string;
  /** Null: there was, or will be, none. */
  from: string | null;
  to: string | null;
  effect: Effect;
  /** What else follows from it. */
  note?: string;
}

/** The strongest of some. */
export const strongest = (changes: readonly Pick<Change, "effect">[]): Effect =>
  effects[Math.max(0, ...changes.map(({ effect }) => effects.indexOf(effect)))] ?? "none";

export interface StandardPair {
  from: Standard;
  to: Standard;
}

/** A database as its stack declares it, with the names that it was made with. */
export interface StandingDatabase {
  /** The arguments, without those that the standard's defaults fill in. */
  request: Readonly<Record<string, unknown>>;
  birth: Standard["birth"];
  region: string | undefined;
  /** Properties of the instance that it keeps as it was found, besides those that the request names. */
  kept?: readonly string[];
}

/**
 * Everything that the next `up` changes. Throws nothing: arguments that the new standard refuses are changes of effect
 * "refused". `undefined`: the old standard refuses them too, so what it made of the database is not known.
 */
export function changesOf(
  { request, birth, region, kept: asFound = [] }: StandingDatabase,
  { from, to }: StandardPair,
) {
  const before = shapeOf(request, { ...from, birth }, region);
  if (!("shape" in before)) return undefined;
  const after = shapeOf(request, { ...to, birth }, region);
  if (!("shape" in after)) return refusedArguments(after.problems);
  const kept = new Set<string>([...before.shape.deviations.map((one) => one.property), ...asFound]);
  const found: Found[] = [
    ...ofShape(before.shape, after.shape),
    ...ofParameters(before.shape, after.shape),
    ...(request["accessRoles"] === "later" ? [] : ofRoles(before.shape, after.shape, { from, to })),
    ...ofTier(before.shape, after.shape, { from, to }),
    ...ofTags({ from, to }, instanceTagOf),
  ];
  return found.map(({ property, ...change }): Change => {
    if (property === undefined || !kept.has(property)) return change;
    return { ...change, effect: "none", note: `existing.asFound.${property} keeps what it has` };
  });
}

export const refusedArguments = (problems: string[]): Change[] =>
  problems.map((note) => ({ figure: "arguments", from: null, to: null, effect: "refused", note }));

/** What would change if the stack took the names that the standard gives new ones. */
export function renamingOf({ request, birth, region }: StandingDatabase, standard: Standard): Change[] {
  const before = shapeOf(request, { ...standard, birth }, region);
  const after = shapeOf(request, standard, region);
  if (!("shape" in before) || !("shape" in after)) return [];
  return [
    ...ofShape(before.shape, after.shape),
    ...Object.entries(after.shape.roles).flatMap(([role, { secretName }]) =>
      differing(`secret of ${role}`, before.shape.roles[role as "owner"].secretName, secretName, "address", {
        note: "another ARN: what reads the secret needs it, and the right to read it",
      }),
    ),
    ...(request["restoreFrom"] === undefined
      ? differing("master user", birth.masterUsername, standard.birth.masterUsername, "refused", replaced)
      : []),
  ];
}

const replaced = { note: "RDS would replace the database" };

type Found = Change & {
  /** Of the instance, if an imported database may keep its own value. */
  property?: string;
};

export function differing(
  figure: string,
  before: unknown,
  after: unknown,
  effect: Effect,
  more: Partial<Found> = {},
): Found[] {
  const [from, to] = [shown(before), shown(after)];
  return from === to ? [] : [{ figure, from, to, effect, ...more }];
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.join(", ") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
}

function shapeOf(
  request: StandingDatabase["request"],
  standard: Standard,
  region: string | undefined,
): { shape: StandardShape } | { problems: string[] } {
  const parsed = (databaseRequestOf(standard) as z.ZodType).safeParse(request, { reportInput: true });
  return parsed.success
    ? { shape: standardShape(parsed.data as Parameters<typeof standardShape>[0], standard, region) }
    : { problems: problemsOf(parsed.error) };
}

/** What the standard decides of the instance and of what is beside it, by the name that `asFound` has for it. */
const figures: [keyof StandardShape, string, Effect, Partial<Found>?][] = [
  ["identifier", "identifier", "address", { note: "alarms, log groups and security group get new names, too" }],
  ["databaseName", "database", "refused", { ...replaced, property: "dbName" }],
  ["schemaName", "schema", "address"],
  [
    "postgresMajor",
    "PostgreSQL's major",
    "refused",
    { note: "another major is an operation of its own; a program that names its postgresMajor keeps it" },
  ],
  ["instanceClass", "class", "restart", { property: "instanceClass" }],
  ["multiAz", "standby in a second zone", "window", { property: "multiAz" }],
  ["maintenanceWindow", "maintenance window", "at-once", { property: "maintenanceWindow" }],
  ["backupWindow", "backup window", "at-once", { property: "backupWindow" }],
  ["backupRetentionDays", "days of backups", "at-once", { property: "backupRetentionPeriod" }],
  ["monitoringIntervalSeconds", "seconds between metrics", "at-once", { property: "monitoringInterval" }],
  ["deletionProtection", "protected from deletion", "at-once", { property: "deletionProtection" }],
  ["finalSnapshot", "final snapshot", "at-once"],
  ["retainAutomatedBackups", "backups outlive the database", "at-once"],
  ["logRetentionDays", "days of logs", "at-once"],
  ["secretRecoveryDays", "days to recover a secret", "at-once"],
  ["backupPlan", "backup plan", "tag", { note: "AWS Backup selects by this tag" }],
  ["ring", "ring", "tag"],
  ["extensions", "extensions", "at-once"],
];

const ofShape = (before: StandardShape, after: StandardShape): Found[] => [
  ...figures.flatMap(([key, figure, effect, more]) => differing(figure, before[key], after[key], effect, more)),
  ...ofStorage(before, after),
];

function ofStorage(before: StandardShape, after: StandardShape): Found[] {
  const grows = after.allocatedStorageGib > before.allocatedStorageGib;
  // RDS accepts a changed cap only with a tenth of room.
  const least = Math.ceil((Math.max(before.allocatedStorageGib, after.allocatedStorageGib) * 11) / 10);
  return [
    ...differing("GiB allocated", before.allocatedStorageGib, after.allocatedStorageGib, grows ? "window" : "none", {
      property: "allocatedStorage",
      ...(!grows && { note: "storage never shrinks" }),
    }),
    ...(after.storageCapGib < least
      ? differing("GiB at most", before.storageCapGib, after.storageCapGib, "refused", {
          property: "maxAllocatedStorage",
          note: `at least ${least}, as storage never shrinks; storageOfSize keeps a larger size's`,
        })
      : differing("GiB at most", before.storageCapGib, after.storageCapGib, "at-once", {
          property: "maxAllocatedStorage",
        })),
  ];
}

/** A group is changed by its own stack: the platform's, unless the database sets values of its own. */
const ofParameters = (before: StandardShape, after: StandardShape): Found[] =>
  ofParameterValues(before.parameters, after.parameters, after.ownParameterGroup ? [] : ["by the platform's `up`"]);

export function ofParameterValues(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  notes: string[],
): Found[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const waits = appliedAtRestart(name) ? ["once the database is restarted, which RDS leaves to you"] : [];
    const note = [...notes, ...waits].join(", ");
    const effect = waits.length > 0 ? "restart" : "at-once";
    return differing(`parameter ${name}`, before[name], after[name], effect, note ? { note } : {});
  });
}

const appliedAtRestart = (name: string): boolean =>
  (standardParameters.find((one) => one.name === name) ?? allowedParameters[name])?.applyMethod === "pending-reboot";

function ofRoles(before: StandardShape, after: StandardShape, { from, to }: StandardPair): Found[] {
  const names = [...new Set([...Object.keys(before.roles), ...Object.keys(after.roles)])] as "owner"[];
  return names.flatMap((name): Found[] => {
    const [old, now] = [from.roles[name], to.roles[name]];
    const [was, is] = [before.roles[name], after.roles[name]] as [unknown, unknown];
    if (was === undefined)
      return [{ figure: `role ${name}`, from: null, to: "made, with a secret", effect: "at-once" }];
    if (is === undefined)
      return [
        {
          figure: `role ${name}`,
          from: "can log in",
          to: null,
          effect: "at-once",
          note: "its login and secret end with the `up`; RDS refuses while it owns anything",
        },
      ];
    return [
      ...differing(`connections of ${name}`, old?.connectionLimit, now?.connectionLimit, "at-once"),
      ...differing(
        `statement timeout of ${name}`,
        before.roles[name].statementTimeoutMilliseconds,
        after.roles[name].statementTimeoutMilliseconds,
        "at-once",
      ),
      ...differing(
        `idle timeout of ${name}`,
        old?.idleInTransactionTimeoutMilliseconds,
        now?.idleInTransactionTimeoutMilliseconds,
        "at-once",
      ),
      ...differing(`tables for ${name}`, old?.onTables, now?.onTables, "at-once"),
    ];
  });
}

/** Of the tier, what no shape has: alarms, and what a database is held to without any resource that says it. */
function ofTier(before: StandardShape, after: StandardShape, { from, to }: StandardPair): Found[] {
  const [old, now] = [
    tierStandard(from, before.tier, before.environment),
    tierStandard(to, after.tier, after.environment),
  ];
  const alarms = Object.keys(now.alarms) as (keyof typeof now.alarms)[];
  const held = [
    "rpoSeconds",
    "rtoSeconds",
    "drillEveryDays",
    "driftEveryHours",
    "unprovenRecovery",
    "drillReading",
  ] as const;
  return [
    ...alarms.flatMap((name) => differing(`alarm ${name}`, old.alarms[name], now.alarms[name], "at-once")),
    ...held.flatMap((name) =>
      differing(name, old[name], now[name], "none", { note: "drills and admission rules follow it at once" }),
    ),
  ];
}

export function ofTags({ from, to }: StandardPair, followed: (standard: Standard) => string): Change[] {
  const also = [...new Set([...Object.keys(from.alsoTags), ...Object.keys(to.alsoTags)])];
  return [
    ...tagNames.flatMap((name) =>
      differing(`tag of ${name}`, from.tags[name].key, to.tags[name].key, "tag", {
        note: "on every resource; bills and queries by the old key break that day",
      }),
    ),
    ...also.flatMap((key) => differing(`tag ${key}`, from.alsoTags[key], to.alsoTags[key], "tag")),
    ...differing("tag shipshape:standard", followed(from), followed(to), "tag"),
  ];
}
