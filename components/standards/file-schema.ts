/**
 * What a company's standard may say, in `standard.yaml` or as the argument of `defineStandard`. What is not said is
 * Shipshape's own. Here are the shape and the bounds of each value; `consistency.ts` checks how they fit together.
 */
import { z } from "zod";
import { backupPlans, environmentKinds, postgresMajors, rings, type Ring } from "./fixed";
import { roleStandards } from "./roles";
import { tagNames } from "./standard";
import { maintenanceWindowOf } from "./windows";

const oneOf = <const T extends readonly (string | number)[]>(values: T) =>
  z.literal(values as unknown as T[number][], { error: () => `give one of ${values.join(", ")}` });
/** In YAML, unquoted digits are a number: the error then says what to write. */
const text = (what: string) =>
  z.string({
    error: ({ input }) => {
      if (input === undefined) return `is missing: give ${what}`;
      return typeof input === "number" || typeof input === "boolean"
        ? `write it as text, in quotes: "${String(input)}"`
        : `give ${what}`;
    },
  });
const form = (what: string, pattern: RegExp) => text(what).regex(pattern, { error: () => `give ${what}` });
const whole = (min: number, max: number) => {
  const error = () => `give a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const flag = z.boolean({ error: () => "give true or false" });
const entries = <K extends z.core.$ZodRecordKey, V extends z.ZodType>(key: K, value: V, what: string) =>
  z
    .record(key, value, { error: () => `give ${what}` })
    .refine((given) => Object.keys(given).length > 0, { error: () => "give at least one, or leave it out" });

const word = "lower-case words joined by single hyphens, at most 24 characters";
const name = form(word, /^[a-z](?=.{0,23}$)[a-z0-9]*(-[a-z0-9]+)*$/);
const sqlName = form("a lower-case SQL name of at most 63 letters, digits and underscores", /^[a-z][a-z0-9_]{0,62}$/);
const day = form("a day, such as 2027-12-31", /^\d{4}-\d{2}-\d{2}$/).refine(
  (given) => !Number.isNaN(Date.parse(given)),
  {
    error: () => "give a day that exists",
  },
);
const region = form("a Region, such as eu-central-1", /^[a-z]{2}(-[a-z]+)+-\d$/);
const window = text("a window").refine((given) => maintenanceWindowOf(given), {
  error: () => "give half an hour to a day in UTC, such as sun:01:00-sun:03:00",
});
const windows = z.partialRecord(z.enum(rings.map(String) as `${Ring}`[]), window, {
  error: () => "give windows by ring, 0 to 3",
});

const alarms = z.strictObject({
  cpuPercent: whole(1, 100).optional(),
  freeStoragePercent: whole(1, 90).optional(),
  freeMemoryPercent: whole(1, 90).optional(),
  connectionsPercent: whole(1, 100).optional(),
  latencyMilliseconds: whole(1, 10_000).optional(),
});

const figures = {
  rpoSeconds: whole(300, 86_400).optional(),
  rtoSeconds: whole(60, 604_800).optional(),
  backupRetentionDays: whole(1, 35).optional(),
  multiAz: flag.optional(),
  drillEveryDays: whole(1, 365).optional(),
  driftEveryHours: whole(1, 24).optional(),
  ring: oneOf(rings).optional(),
  monitoringIntervalSeconds: oneOf([1, 5, 10, 15, 30, 60]).optional(),
  backupPlan: oneOf(backupPlans).optional(),
  protected: flag.optional(),
  retainAutomatedBackups: flag.optional(),
  unprovenRecovery: oneOf(["denied", "owner-approves", "allowed"]).optional(),
  drillReading: z
    .strictObject({
      hoursMax: whole(1, 16).optional(),
      tebibytesMax: whole(1, 64).optional(),
      coveragePercent: whole(1, 100).optional(),
    })
    .optional(),
  alarms: alarms.optional(),
};

const tier = z.strictObject({
  like: oneOf(["gold", "silver", "bronze"]),
  ...figures,
  production: z.strictObject(figures).optional(),
  elsewhere: z.strictObject(figures).optional(),
});

const size = z.strictObject({
  class: form("an instance class, such as db.m7g.large", /^db\.[a-z0-9]+\.[a-z0-9]+$/),
  allocatedGib: whole(20, 65_536),
  capGib: whole(22, 65_536),
  vcpus: whole(1, 256).optional(),
  memoryGib: whole(1, 4_096).optional(),
  burstableCpu: flag.optional(),
});

const tagKey = form(
  "a tag's key that begins with neither aws: nor shipshape:",
  /^(?!aws:|shipshape:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
);
const tagText = form("a tag's value", /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
const pattern = text("a regular expression")
  .max(200, { error: () => "give at most 200 characters" })
  .refine(isPattern, { error: () => "is not a regular expression" });
const tag = z.union([tagKey, z.strictObject({ key: tagKey, pattern: pattern.optional() })], {
  error: () => "give the tag's key, or {key, pattern}",
});
const tags = z.strictObject({
  ...(Object.fromEntries(tagNames.map((one) => [one, tag.optional()])) as Record<
    (typeof tagNames)[number],
    z.ZodOptional<typeof tag>
  >),
  dataClassification: z
    .union([tagKey, z.strictObject({ key: tagKey, values: z.array(tagText).min(1).optional() })], {
      error: () => "give the tag's key, or {key, values}",
    })
    .optional(),
  also: z.record(tagKey, tagText).optional(),
});

function isPattern(source: string): boolean {
  try {
    return Boolean(new RegExp(`^(?:${source})$`, "u"));
  } catch {
    return false;
  }
}

const namePattern = text("a pattern").regex(/^[a-z0-9{}_/+=.@-]{1,128}$/i, {
  error: () => "give letters, digits, hyphens and {words}",
});
const birth = z.strictObject({
  identifier: namePattern.optional(),
  secrets: namePattern.optional(),
  masterUsername: sqlName.optional(),
  platform: namePattern.optional(),
  database: namePattern.optional(),
  schema: namePattern.optional(),
  subnetGroup: namePattern.optional(),
  keyAlias: namePattern.optional(),
});

const milliseconds = whole(0, 86_400_000);
const role = z.strictObject({
  like: oneOf(["readwrite", "readonly", "monitoring"]),
  purpose: text("what it is for").max(200).optional(),
  connectionLimit: whole(-1, 5_000).optional(),
  statementTimeoutMilliseconds: milliseconds.optional(),
  idleInTransactionTimeoutMilliseconds: milliseconds.optional(),
});

const postgres = z.strictObject({
  majors: z
    .partialRecord(
      z.enum(postgresMajors.map(String) as `${(typeof postgresMajors)[number]}`[]),
      z.strictObject({ minimumMinor: whole(0, 99).optional(), until: day.optional() }),
      { error: () => `give majors of ${postgresMajors.join(", ")}` },
    )
    .refine((given) => Object.keys(given).length > 0, { error: () => "give at least one" })
    .optional(),
  default: oneOf(postgresMajors).optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  extensions: z
    .strictObject({
      allowed: z.array(text("an extension")).optional(),
      default: z.array(text("an extension")).optional(),
    })
    .optional(),
});

const share = z.strictObject({ production: whole(1, 3_653).optional(), elsewhere: whole(1, 3_653).optional() });

export const standardFile = z.strictObject({
  standard: name.refine((given) => given !== "shipshape", { error: () => "is ours; give your own name" }),
  version: form("a version, such as 2027.1.0", /^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$/),
  tiers: entries(name, tier, "tiers by name").optional(),
  strictest: text("one of the tiers").optional(),
  sizes: entries(name, size, "sizes by name").optional(),
  environments: entries(name, oneOf(environmentKinds), "environments by name, each with what it is").optional(),
  tags: tags.optional(),
  birth: birth.optional(),
  earlierBirths: z.array(birth, { error: () => "give a list of what birth said before" }).optional(),
  windows: windows.optional(),
  regions: z.record(region, z.strictObject({ copyTo: region.optional(), windows: windows.optional() })).optional(),
  postgres: postgres.optional(),
  roles: z
    .record(
      sqlName.refine((given) => !Object.hasOwn(roleStandards, given), {
        error: () => "is ours; a standard adds roles",
      }),
      role,
    )
    .optional(),
  alarms: alarms.optional(),
  logs: z.strictObject({ retentionDays: share.optional() }).optional(),
  belowFloor: z
    .array(
      z.strictObject({
        path: text("the path of a figure"),
        reason: text("why").min(20, { error: () => "give at least 20 characters, for readers half a year from now" }),
        owner: text("who has the exception and will end it").min(1),
        approver: text("who approved it").min(1),
        expiresOn: day,
      }),
    )
    .optional(),
});

/** The whole of what a company says; everything but its name and version is optional. */
export type StandardFile = z.input<typeof standardFile>;
