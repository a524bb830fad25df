/**
 * What a standard is: one value, from which components, guardrails and the control plane take every figure and name. A
 * company's own has other content and the same shape.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import {
  environmentKinds,
  ringTag,
  stackTag,
  type BackupPlan,
  type EnvironmentKind,
  type PostgresMajor,
  type Ring,
} from "./fixed";
import type { DataClassification, Environment, RoleName, Size, Tier } from "./names";
import type { Parameter } from "./parameters";
import type { RoleStandard } from "./roles";

/** What a tier means in one environment. */
export interface TierStandard {
  /** Objective: how much may be lost. */
  rpoSeconds: number;
  /** Objective: how long from requesting a restore to the first query. */
  rtoSeconds: number;
  /** Days that RDS keeps automated backups, 1 to 35. */
  backupRetentionDays: number;
  /** A standby in a second zone, which takes over automatically. */
  multiAz: boolean;
  /** The longest between two restore drills. */
  drillEveryDays: number;
  /** The longest between two scheduled drift detections, in hours; a day at most: one says nothing of the day after. */
  driftEveryHours: number;
  /** When it is patched: 0 first, 3 last. */
  ring: Ring;
  /** Interval of enhanced monitoring: RDS accepts 1, 5, 10, 15, 30 or 60. */
  monitoringIntervalSeconds: number;
  backupPlan: BackupPlan;
  /**
   * RDS deletion protection, Pulumi `protect` and a final snapshot go together: with only one of them a single mistake
   * loses the database.
   */
  protected: boolean;
  /** Automated backups outlive a deleted database until their retention ends. */
  retainAutomatedBackups: boolean;
  /** What a change of the database needs while its recovery is not proven. */
  unprovenRecovery: "denied" | "owner-approves" | "allowed";
  /** How much of heaps and indexes one drill may read, and the share that drills together must have read. */
  drillReading: { hoursMax: number; tebibytesMax: number; coveragePercent: number };
  alarms: AlarmThresholds;
}

/** From which values on the people on call are woken. */
export interface AlarmThresholds {
  cpuPercent: number;
  freeStoragePercent: number;
  freeMemoryPercent: number;
  connectionsPercent: number;
  latencyMilliseconds: number;
}

/** What a size means. */
export interface SizeStandard {
  instanceClass: string;
  /** vCPUs of the class, from the AWS page "Hardware specifications for DB instance classes". */
  vcpus: number;
  memoryGib: number;
  /** A class that earns CPU credits can run out of them. */
  burstableCpu: boolean;
  /** Initial storage. */
  allocatedGib: number;
  /** Storage it grows to automatically. */
  capGib: number;
}

/** What a PostgreSQL major means. */
export interface VersionStandard {
  /** Older minors are refused. */
  minimumMinor: number;
  /** The last day on which the major is approved. */
  approvedUntil: string;
}

/** The tags that every database has, by what they say. */
export const tagNames = ["service", "owner", "environment", "tier", "dataClassification", "costCenter"] as const;
export type TagName = (typeof tagNames)[number];

export interface TagStandard {
  key: string;
  /** A regular expression that the whole value matches. */
  pattern?: string;
}

/**
 * Names that are identity: with another one, the resource is replaced. They are read when it is made; a later change
 * concerns new ones only.
 */
export interface BirthStandard {
  /** Of `{service}` and `{environment}`; a service's second database adds its own name. */
  identifier: string;
  /** Of `{identifier}`, `{service}`, `{environment}`, `{database}` and `{role}`. */
  secrets: string;
  masterUsername: string;
  /** The platform's name, which starts the names of what databases share; of `{region}`. */
  platform: string;
  /** The application's database, of `{service}`; hyphens become underscores. */
  database: string;
  /** Its schema, of `{service}` and `{database}`. */
  schema: string;
  /** Of `{platform}`. */
  subnetGroup: string;
  /** Of `{platform}`, without `alias/`. */
  keyAlias: string;
}

/** Everything that a standard says. */
export interface StandardContent {
  name: string;
  version: string;
  /** By name, each by whether an environment counts as production. */
  tiers: Record<string, { production: TierStandard; elsewhere: TierStandard }>;
  /** Their names, the strictest first: a database without a known tier is judged as that one. */
  tierOrder: string[];
  sizes: Record<string, SizeStandard>;
  environments: Record<string, EnvironmentKind>;
  dataClassifications: string[];
  tags: Record<TagName, TagStandard>;
  /** More tags of every resource. */
  alsoTags: Record<string, string>;
  birth: BirthStandard;
  /** What `birth` said before: for databases and platforms that were made then. */
  earlierBirths: BirthStandard[];
  /** Maintenance windows in UTC, by ring. */
  windows: Record<Ring, string>;
  /** Where a Region differs. */
  regions: Record<string, { copyTo?: string; windows?: Partial<Record<Ring, string>> }>;
  postgres: {
    majors: Partial<Record<PostgresMajor, VersionStandard>>;
    default: PostgresMajor;
    parameters: Parameter[];
    extensions: { allowed: string[]; default: string[] };
  };
  roles: Record<string, RoleStandard>;
  logs: { retentionDays: { production: number; elsewhere: number } };
  /** Exceptions to the floor (floor.ts), each until its last day. */
  belowFloor: BelowFloor[];
}

export interface BelowFloor {
  /** Of the figure, such as `tiers.economy.elsewhere.backupRetentionDays`. */
  path: string;
  reason: string;
  owner: string;
  approver: string;
  expiresOn: string;
}

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A frozen standard, and the digest of what it says. */
export type Standard = Frozen<StandardContent> & {
  /** SHA-256 of its canonical JSON, with every default filled in: comments and order do not change it. */
  readonly digest: string;
};

/** A standard by what identifies it. */
export type HeldStandard = Pick<Standard, "name" | "version" | "digest">;

/** Marks a standard, in whichever copy of this package it was made. */
const made = Symbol.for("shipshape.standard");

/** Freezes a content and computes its digest. */
export function standardOf(content: StandardContent): Standard {
  const standard = { ...content, digest: digestOf(content) };
  Object.defineProperty(standard, made, { value: true, enumerable: false });
  return frozen(standard);
}

const digestOf = (content: StandardContent): string =>
  createHash("sha256")
    .update(canonicalize(content) as string)
    .digest("hex");

/** What a stack's config pins: the names with which what lives in it was made. */
export const birthDigest = (birth: Frozen<BirthStandard>): string =>
  createHash("sha256")
    .update(canonicalize(birth) as string)
    .digest("hex")
    .slice(0, digestShown);

/** Everything that a standard calls, or has called, its names. */
export const birthsOf = ({ birth, earlierBirths }: Standard) => [birth, ...earlierBirths];

/** Whether a value was made by `standardOf` and still says what it said then. */
export function isStandard(value: unknown): value is Standard {
  if (typeof value !== "object" || value === null || !(made in value)) return false;
  const { digest, ...content } = value as unknown as Standard;
  return digest === digestOf(content as unknown as StandardContent);
}

function frozen<T>(value: T): Frozen<T> {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value) as Frozen<T>;
}

/** Whether it is production, staging or development. */
export const kindOf = ({ environments }: Standard, environment: string): EnvironmentKind =>
  part(environments, environment);

export const isProduction = (standard: Standard, environment: string): boolean =>
  kindOf(standard, environment) === "production";

/** The names of the tiers, the strictest first. A standard has at least one. */
export const tiersOf = (standard: Standard): [Tier, ...Tier[]] => standard.tierOrder as unknown as [Tier, ...Tier[]];

/** The names of the environments, the strictest first. At least one is production. */
export const environmentsOf = (standard: Standard): [Environment, ...Environment[]] =>
  environmentKinds.flatMap((kind) =>
    Object.keys(standard.environments).filter((name) => kindOf(standard, name) === kind),
  ) as unknown as [Environment, ...Environment[]];

export const sizesOf = (standard: Standard): Size[] => Object.keys(standard.sizes) as Size[];
export const classificationsOf = (standard: Standard) =>
  standard.dataClassifications as unknown as readonly DataClassification[];
/** A role may be a member of those after it. */
export const rolesOf = (standard: Standard): RoleName[] => Object.keys(standard.roles) as RoleName[];

/** What a tier means in an environment. */
export function tierStandard(standard: Standard, tier: string, environment: string): Frozen<TierStandard> {
  const found = part(standard.tiers, tier);
  return isProduction(standard, environment) ? found.production : found.elsewhere;
}

/** An entry that the standard has, because its schemas accept no other name. */
export function part<T>(entries: Readonly<Record<string, T>>, name: string | number): T {
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (found === undefined) throw new Error(`the standard has no ${name}, only ${Object.keys(entries).join(", ")}`);
  return found;
}

export const logRetentionDays = (standard: Standard, environment: string): number =>
  standard.logs.retentionDays[isProduction(standard, environment) ? "production" : "elsewhere"];

/** A pattern of names with its `{words}` filled in. */
export const filled = (pattern: string, words: Readonly<Record<string, string>>): string =>
  pattern.replace(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);

/** Whether a tag's whole value matches its pattern. */
export const matchesPattern = (pattern: string, value: string): boolean =>
  new RegExp(`^(?:${pattern})$`, "u").test(value);

/** The maintenance window of a ring, in UTC. */
export const windowOf = ({ windows, regions }: Standard, ring: Ring, region: string | undefined): string =>
  regions[region ?? ""]?.windows?.[ring] ?? windows[ring];

/** What the tag `shipshape:standard` says: a changed figure of a company's standard must not touch every resource. */
export const tagOf = ({ name, version }: Standard): string => (name === "shipshape" ? version : name);
/** The same of an instance, which names the very standard that it follows. */
export const instanceTagOf = ({ name, version, digest }: Standard): string =>
  name === "shipshape" ? version : `${name}/${version}/${digest.slice(0, digestShown)}`;
const digestShown = 12;

/** The keys of the tags that every database has; the guardrail `require-owner-tags` requires the same list. */
export const requiredTags = (standard: Standard): string[] => [
  ...tagNames.map((name) => standard.tags[name].key),
  ringTag,
  stackTag,
];

/** The majors that the standard approves. */
export const majorsOf = (standard: Standard): PostgresMajor[] =>
  Object.keys(standard.postgres.majors).map((major) => Number(major) as PostgresMajor);
