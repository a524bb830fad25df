/** Pure: whether the parts of a resolved standard fit together; RDS and PostgreSQL would refuse the rest at an `up`. */
import { backupHours } from "./fixed";
import { allowedParameters, standardParameters } from "./parameters";
import { allowedExtensions } from "./roles";
import { isReserved } from "./reserved-names";
import { filled, tagNames, type StandardContent, type TierStandard } from "./standard";
import { maintenanceWindowOf, windowsMeet } from "./windows";

export interface Inconsistency {
  path: string;
  value: unknown;
  reason: string;
}

export const inconsistencies = (content: StandardContent): Inconsistency[] =>
  [ofTiers, ofSizes, ofEnvironments, ofTags, ofBirth, ofWindows, ofPostgres, ofRoles].flatMap((of) => of(content));

function ofTiers({ tiers, tierOrder: [strictest = ""] }: StandardContent): Inconsistency[] {
  const first = Object.hasOwn(tiers, strictest) ? tiers[strictest] : undefined;
  if (!first)
    return [{ path: "strictest", value: strictest, reason: `give one of the tiers: ${Object.keys(tiers).join(", ")}` }];
  return (["production", "elsewhere"] as const).flatMap((kind) =>
    Object.entries(tiers).flatMap(([name, tier]) => {
      const looser = loosest(first[kind], tier[kind]);
      return looser === undefined
        ? []
        : [
            {
              path: `tiers.${strictest}.${kind}.${looser}`,
              value: first[kind][looser],
              reason: `is less strict than ${name} (${String(tier[kind][looser])}), but databases without a known tier are judged as ${strictest}; raise it, or name another tier as strictest`,
            },
          ];
    }),
  );
}

/** A figure of the strictest tier that another one exceeds. */
function loosest(strict: TierStandard, other: TierStandard) {
  const plans = ["none", "vault", "vault-and-copy"];
  const changes = ["allowed", "owner-approves", "denied"];
  const wrong: [keyof TierStandard, boolean][] = [
    ["backupRetentionDays", strict.backupRetentionDays < other.backupRetentionDays],
    ["drillEveryDays", strict.drillEveryDays > other.drillEveryDays],
    ["driftEveryHours", strict.driftEveryHours > other.driftEveryHours],
    ["rpoSeconds", strict.rpoSeconds > other.rpoSeconds],
    ["rtoSeconds", strict.rtoSeconds > other.rtoSeconds],
    ["multiAz", !strict.multiAz && other.multiAz],
    ["protected", !strict.protected && other.protected],
    ["retainAutomatedBackups", !strict.retainAutomatedBackups && other.retainAutomatedBackups],
    ["backupPlan", plans.indexOf(strict.backupPlan) < plans.indexOf(other.backupPlan)],
    ["unprovenRecovery", changes.indexOf(strict.unprovenRecovery) < changes.indexOf(other.unprovenRecovery)],
  ];
  return wrong.find(([, isLooser]) => isLooser)?.[0];
}

const ofSizes = ({ sizes }: StandardContent): Inconsistency[] =>
  Object.entries(sizes).flatMap(([name, { instanceClass, vcpus, memoryGib, allocatedGib, capGib }]) => [
    ...(vcpus > 0 && memoryGib > 0
      ? []
      : [
          {
            path: `sizes.${name}`,
            value: instanceClass,
            reason: "the name of this class does not say what it has; give vcpus and memoryGib",
          },
        ]),
    ...(capGib * 10 >= allocatedGib * 11
      ? []
      : [
          {
            path: `sizes.${name}.capGib`,
            value: capGib,
            reason: `RDS wants at least a tenth more than the allocated ${allocatedGib} GiB`,
          },
        ]),
  ]);

const ofEnvironments = ({ environments }: StandardContent): Inconsistency[] =>
  Object.values(environments).includes("production")
    ? []
    : [
        {
          path: "environments",
          value: Object.keys(environments).join(", "),
          reason: "none of them is production; a database without a known environment is judged as production",
        },
      ];

function ofTags({ tags, alsoTags }: StandardContent): Inconsistency[] {
  const keys = [
    ...tagNames.map((name) => [`tags.${name}`, tags[name].key]),
    ...Object.keys(alsoTags).map((key) => [`tags.also.${key}`, key]),
  ];
  return keys.flatMap(([path = "", key = ""], at) =>
    keys.slice(0, at).some(([, other]) => other?.toLowerCase() === key.toLowerCase())
      ? [{ path, value: key, reason: "is the key of another tag, too" }]
      : [],
  );
}

const placeholders: Record<string, readonly string[]> = {
  identifier: ["service", "environment"],
  secrets: ["service", "environment", "database", "identifier", "role"],
  database: ["service"],
  schema: ["service", "database"],
  platform: ["region"],
  subnetGroup: ["platform"],
  keyAlias: ["platform"],
};
const forms: Record<string, [form: RegExp, rule: string]> = {
  identifier: [/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give lower-case words joined by single hyphens"],
  secrets: [/^[A-Za-z0-9/_+=.@-]+$/, "give letters, digits and / _ + = . @ -"],
  database: [/^[a-z][a-z0-9_-]*$/, "give a lower-case SQL name"],
  schema: [/^[a-z][a-z0-9_-]*$/, "give a lower-case SQL name"],
  // 32 characters with a Region's name, which leaves room in the names that begin with it.
  platform: [/^[a-z](?=.{0,31}$)[a-z0-9]*(-[a-z0-9]+)*$/, "give lower-case words joined by single hyphens, 32 in all"],
  subnetGroup: [/^[a-z][a-z0-9-]*$/, "give lower-case letters, digits and hyphens"],
  keyAlias: [/^[A-Za-z0-9/_-]+$/, "give letters, digits and / _ -"],
};
const sample = {
  service: "a",
  environment: "b",
  database: "c",
  identifier: "d",
  role: "e",
  platform: "f",
  region: "ap-southeast-4",
};

const ofBirth = ({ birth, earlierBirths }: StandardContent): Inconsistency[] => [
  ...ofNames(birth, "birth"),
  ...earlierBirths.flatMap((one, at) => ofNames(one, `earlierBirths.${at}`)),
];

function ofNames(birth: StandardContent["birth"], path: string): Inconsistency[] {
  const at = (key: keyof typeof birth, reason: string) => [{ path: `${path}.${key}`, value: birth[key], reason }];
  const patterns = Object.entries(placeholders).flatMap(([key, allowed]) => {
    const pattern = birth[key as keyof typeof birth];
    const words = [...pattern.matchAll(/\{(\w*)\}/g)].map(([, one]) => one!);
    const unknown = words.find((one) => !allowed.includes(one));
    if (unknown !== undefined)
      return at(
        key as "identifier",
        `there is no {${unknown}} here, only ${allowed.map((one) => `{${one}}`).join(", ")}`,
      );
    const [form, rule] = forms[key]!;
    return form.test(filled(pattern, sample)) ? [] : at(key as "identifier", rule);
  });
  const has = (pattern: string, ...words: string[]) => words.every((one) => pattern.includes(`{${one}}`));
  const { identifier, secrets } = birth;
  const isUnique = has(secrets, "service", "environment", "database") || has(secrets, "identifier", "database");
  return [
    ...patterns,
    ...(has(identifier, "service", "environment")
      ? []
      : at("identifier", "needs {service} and {environment}, or two databases would have one name")),
    ...(has(secrets, "role") && (isUnique || has(secrets, "identifier"))
      ? []
      : at("secrets", "needs {role}, and {identifier} or all of {service}, {environment} and {database}")),
    ...(isReserved(birth.masterUsername) ? at("masterUsername", "is reserved by PostgreSQL or RDS") : []),
  ];
}

function ofWindows({ windows, regions }: StandardContent): Inconsistency[] {
  const { firstStartMinute, slotMinutes, slots, lengthMinutes } = backupHours;
  const backups = { start: firstStartMinute, length: (slots - 1) * slotMinutes + lengthMinutes };
  const all = [
    ...Object.entries(windows).map(([ring, value]) => ({ path: `windows.${ring}`, value })),
    ...Object.entries(regions).flatMap(([region, { windows: own = {} }]) =>
      Object.entries(own).map(([ring, value]) => ({ path: `regions.${region}.windows.${ring}`, value })),
    ),
  ];
  const copies = Object.entries(regions).flatMap(([region, { copyTo }]) =>
    copyTo === region
      ? [{ path: `regions.${region}.copyTo`, value: copyTo, reason: "is the same Region, which may be what is lost" }]
      : [],
  );
  return [
    ...copies,
    ...all.flatMap(({ path, value }) => {
      const found = maintenanceWindowOf(value);
      return found && windowsMeet(backups, found)
        ? [{ path, value, reason: "overlaps the hours of backups, 20:00 to 01:25 UTC, which RDS refuses" }]
        : [];
    }),
  ];
}

function ofPostgres({
  postgres: { majors, default: chosen, parameters, extensions },
}: StandardContent): Inconsistency[] {
  const own = new Map(standardParameters.map(({ name, value }) => [name, value]));
  return [
    ...(majors[chosen] ? [] : [{ path: "postgres.default", value: chosen, reason: "is not among the majors" }]),
    ...parameters.flatMap(({ name, value }) => {
      const path = `postgres.parameters.${name}`;
      const bounds = allowedParameters[name];
      if (!bounds)
        return own.has(name)
          ? []
          : [{ path, value, reason: `is not among the parameters that a standard may set: ${settable.join(", ")}` }];
      const figure = Number(value);
      const isWithin = figure >= bounds.min && figure <= bounds.max && (!bounds.whole || Number.isInteger(figure));
      return isWithin ? [] : [{ path, value, reason: `give ${bounds.min} to ${bounds.max} (${bounds.unit})` }];
    }),
    ...(["allowed", "default"] as const).flatMap((kind) => {
      const known: readonly string[] = kind === "allowed" ? allowedExtensions : extensions.allowed;
      return extensions[kind]
        .filter((one) => !known.includes(one))
        .map((one) => ({
          path: `postgres.extensions.${kind}`,
          value: one,
          reason: `is not among ${known.join(", ")}`,
        }));
    }),
  ];
}
const settable = [
  ...new Set([...standardParameters.map(({ name }) => name), ...Object.keys(allowedParameters)]),
].sort();

const ofRoles = ({ roles }: StandardContent): Inconsistency[] =>
  Object.keys(roles).flatMap((name) => {
    const reason = wrongRole(name, (other) => Object.hasOwn(roles, other));
    return reason === undefined ? [] : [{ path: `roles.${name}`, value: name, reason }];
  });

function wrongRole(name: string, isRole: (other: string) => boolean): string | undefined {
  if (name !== "shipshape" && isReserved(name)) return "is reserved by PostgreSQL, RDS or Shipshape";
  if (name.length > 61)
    return "is longer than 61 characters: its logins, once its password is rotated, end in _a or _b";
  const [, loginOf = ""] = /^(.+)_[ab]$/.exec(name) ?? [];
  return isRole(loginOf) ? `is how ${loginOf} logs in once its password is rotated; give another name` : undefined;
}
