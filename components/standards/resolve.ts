/** Pure: what a company's file says, with everything that it does not say filled in, and where each figure is from. */
import type { z } from "zod";
import { builtIn } from "./built-in";
import type { standardFile } from "./file-schema";
import { classFacts } from "./instance-class";
import { allowedParameters, type Parameter } from "./parameters";
import type { PostgresMajor, Ring } from "./fixed";
import { tagNames, type StandardContent, type TierStandard } from "./standard";

type Given = z.output<typeof standardFile>;

/** Where a figure is from: the path of the file that gives it, by the figure's own path. Those missing are ours. */
export type Origins = ReadonlyMap<string, readonly string[]>;

export function resolve(given: Given): { content: StandardContent; origins: Origins } {
  const origins = new Map<string, readonly string[]>();
  /** The first of some values that the file gives; ours if there is none. */
  const first = <T>(path: string, candidates: [from: string, value: T | undefined][], ours: T): T => {
    for (const [from, value] of candidates)
      if (value !== undefined) {
        note(origins, path, value, from);
        return value;
      }
    return ours;
  };
  const { digest: _, ...ours } = structuredClone(builtIn) as unknown as StandardContent & { digest: string };
  const tiers = given.tiers ? tiersOf(given, first) : withAlarms(ours.tiers, given, first);
  const names = Object.keys(tiers);
  const strictest = given.strictest ?? names[0] ?? "";
  note(origins, "tierOrder", names, given.strictest === undefined ? "tiers" : "strictest");
  const content: StandardContent = {
    name: given.standard,
    version: given.version,
    tiers,
    tierOrder: [strictest, ...names.filter((name) => name !== strictest)],
    sizes: given.sizes ? sizesOf(given.sizes) : ours.sizes,
    environments: first("environments", [["environments", given.environments]], ours.environments),
    ...tagsOf(given.tags ?? {}, first, ours),
    birth: mapped(ours.birth, (key, own) => first(`birth.${key}`, [[`birth.${key}`, given.birth?.[key]]], own)),
    earlierBirths: first(
      "earlierBirths",
      [["earlierBirths", given.earlierBirths?.map((one) => ({ ...ours.birth, ...one }) as StandardContent["birth"])]],
      [],
    ),
    windows: mapped(ours.windows, (ring, own) =>
      first(`windows.${ring}`, [[`windows.${ring}`, given.windows?.[ring]]], own),
    ) as Record<Ring, string>,
    regions: first("regions", [["regions", given.regions as StandardContent["regions"] | undefined]], ours.regions),
    postgres: postgresOf(given.postgres ?? {}, first, ours.postgres),
    roles: rolesOf(given.roles ?? {}, ours.roles, origins),
    logs: {
      retentionDays: mapped(ours.logs.retentionDays, (kind, own) =>
        first(`logs.retentionDays.${kind}`, [[`logs.retentionDays.${kind}`, given.logs?.retentionDays?.[kind]]], own),
      ),
    },
    belowFloor: first("belowFloor", [["belowFloor", given.belowFloor]], []),
  };
  for (const key of ["standard", "version"] as const) origins.set(key === "standard" ? "name" : key, [key]);
  if (given.sizes) note(origins, "sizes", content.sizes, "sizes");
  return { content, origins };
}

type First = <T>(path: string, candidates: [from: string, value: T | undefined][], ours: T) => T;

/** Each leaf of a value is from the same place of the file. */
function note(origins: Map<string, readonly string[]>, path: string, value: unknown, from: string): void {
  if (typeof value !== "object" || value === null) return void origins.set(path, from.split("."));
  origins.set(path, from.split("."));
  for (const [key, part] of Object.entries(value)) note(origins, `${path}.${key}`, part, `${from}.${key}`);
}

const mapped = <T extends object>(ours: T, make: <K extends keyof T & string>(key: K, own: T[K]) => unknown): T =>
  Object.fromEntries(Object.entries(ours).map(([key, own]) => [key, make(key as never, own as never)])) as T;

function tiersOf({ tiers = {}, alarms }: Given, first: First): StandardContent["tiers"] {
  return Object.fromEntries(
    Object.entries(tiers).map(([name, tier]) => {
      const half = (kind: "production" | "elsewhere") => {
        const like = structuredClone(builtIn.tiers[tier.like]![kind]) as TierStandard;
        return figuresOf(like, `tiers.${name}.${kind}`, first, [
          [`tiers.${name}.${kind}`, tier[kind]],
          [`tiers.${name}`, tier],
          ["", { alarms }],
        ]);
      };
      return [name, { production: half("production"), elsewhere: half("elsewhere") }];
    }),
  );
}

/** Ours, but for the alarms that the file gives for all tiers. */
function withAlarms(ours: StandardContent["tiers"], { alarms }: Given, first: First): StandardContent["tiers"] {
  return mapped(ours, (name, tier) =>
    mapped(tier, (kind, figures) => figuresOf(figures, `tiers.${name}.${kind}`, first, [["", { alarms }]])),
  );
}

/** A figure with parts, such as the alarms, is taken part by part. */
function figuresOf<T extends object>(
  ours: T,
  path: string,
  first: First,
  candidates: [string, object | undefined][],
): T {
  const below = (from: string, key: string) => (from === "" ? key : `${from}.${key}`);
  return mapped(ours, (key, own) => {
    const found = candidates.map(([from, given]): [string, unknown] => [
      below(from, key),
      (given as Record<string, unknown> | undefined)?.[key],
    ]);
    return typeof own === "object" && own !== null
      ? figuresOf(own, `${path}.${key}`, first, found as [string, object | undefined][])
      : first<unknown>(`${path}.${key}`, found, own);
  });
}

const sizesOf = (sizes: NonNullable<Given["sizes"]>): StandardContent["sizes"] =>
  mapped(
    sizes as never,
    (_, { class: instanceClass, allocatedGib, capGib, ...facts }: NonNullable<Given["sizes"]>[string]) => {
      const known = classFacts(instanceClass);
      return {
        instanceClass,
        // What is missing is reported as such.
        vcpus: facts.vcpus ?? known?.vcpus ?? 0,
        memoryGib: facts.memoryGib ?? known?.memoryGib ?? 0,
        burstableCpu: facts.burstableCpu ?? known?.burstableCpu ?? false,
        allocatedGib,
        capGib,
      };
    },
  );

function tagsOf(
  given: NonNullable<Given["tags"]>,
  first: First,
  ours: StandardContent,
): Pick<StandardContent, "tags" | "alsoTags" | "dataClassifications"> {
  const tags = Object.fromEntries(
    tagNames.map((name) => {
      const own = given[name];
      const { key, pattern }: { key?: string; pattern?: string | undefined } =
        typeof own === "string" ? { key: own } : (own ?? {});
      const path = `tags.${name}`;
      const said = typeof own === "string" ? path : `${path}.key`;
      return [
        name,
        {
          key: first(`${path}.key`, [[said, key]], ours.tags[name].key),
          ...(pattern === undefined ? {} : { pattern: first(`${path}.pattern`, [[`${path}.pattern`, pattern]], "") }),
        },
      ];
    }),
  ) as StandardContent["tags"];
  const classified = given.dataClassification;
  const values = typeof classified === "object" ? classified.values : undefined;
  return {
    tags,
    alsoTags: first("alsoTags", [["tags.also", given.also]], ours.alsoTags),
    dataClassifications: first(
      "dataClassifications",
      [["tags.dataClassification.values", values]],
      ours.dataClassifications,
    ),
  };
}

function postgresOf(
  given: NonNullable<Given["postgres"]>,
  first: First,
  ours: StandardContent["postgres"],
): StandardContent["postgres"] {
  const approved = (given.majors ? Object.keys(given.majors) : Object.keys(ours.majors)).map(Number) as PostgresMajor[];
  const majors = approved.map((major) => {
    const own = ours.majors[major];
    const said = given.majors?.[major];
    const path = `postgres.majors.${major}`;
    return [
      major,
      {
        minimumMinor: first(`${path}.minimumMinor`, [[`${path}.minimumMinor`, said?.minimumMinor]], own?.minimumMinor),
        approvedUntil: first(`${path}.approvedUntil`, [[`${path}.until`, said?.until]], own?.approvedUntil),
      },
    ];
  });
  const further = Object.keys(given.parameters ?? {}).filter(
    (name) => !ours.parameters.some((one) => one.name === name),
  );
  const parameters = [...ours.parameters, ...further.map(teamParameter)].map((parameter) => {
    const value = given.parameters?.[parameter.name];
    const path = `postgres.parameters.${parameter.name}`;
    return { ...parameter, value: String(first(path, [[path, value]], parameter.value)) };
  });
  const lists = (kind: "allowed" | "default") =>
    first(
      `postgres.extensions.${kind}`,
      [[`postgres.extensions.${kind}`, given.extensions?.[kind]]],
      ours.extensions[kind],
    );
  return {
    majors: Object.fromEntries(majors) as StandardContent["postgres"]["majors"],
    default: first("postgres.default", [["postgres.default", given.default]], newest(approved, ours.default)),
    parameters,
    extensions: { allowed: lists("allowed"), default: lists("default") },
  };
}

const teamParameter = (name: string): Parameter => ({
  name,
  value: "",
  applyMethod: allowedParameters[name]?.applyMethod ?? "immediate",
});

/** Ours, unless it is not approved here. */
const newest = (approved: PostgresMajor[], ours: PostgresMajor): PostgresMajor =>
  approved.includes(ours) ? ours : (Math.max(...approved) as PostgresMajor);

/** Ours stay: runbooks, drills and the control plane log in as them. Further ones follow. */
function rolesOf(
  given: NonNullable<Given["roles"]>,
  ours: StandardContent["roles"],
  origins: Map<string, readonly string[]>,
): StandardContent["roles"] {
  const own = Object.entries(given).map(([name, { like, ...differences }]) => {
    note(origins, `roles.${name}`, differences, `roles.${name}`);
    const { purpose, ...said } = differences;
    return [name, { ...ours[like]!, ...said, purpose: purpose ?? `${name}: like ${like}` }] as const;
  });
  return { ...ours, ...Object.fromEntries(own) };
}
