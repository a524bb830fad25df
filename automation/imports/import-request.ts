/** The request with which a database that was created elsewhere is imported: pure, from what the RDS API says of it. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { databaseRequestOf } from "../../components/arguments";
import type { DatabaseRequest } from "../../components/database-request";
import type { ExistingDatabase } from "../../components/existing-database";
import { majorOf, type Found } from "../../components/found-properties";
import { tooOld } from "../../components/imported-database";
import { parseInput } from "../../components/input-errors";
import { databaseNameOf } from "../../components/names";
import { standardShape, type StandardShape } from "../../components/standard-shape";
import { exportedLogs } from "../../components/standards/fixed";
import {
  classificationsOf,
  environmentsOf,
  majorsOf,
  sizesOf,
  tiersOf,
  type Standard,
  type TagName,
} from "../../components/standards/standard";
import { reasonOf, ShipshapeError } from "../errors";
import { asFound, isPlain, ownDatabase } from "./as-found";

/** What only people know of a database. */
export type Decided = Partial<Record<TagName | "size", string>>;

export interface ImportRequest {
  request: DatabaseRequest;
  /** What its `asFound` and `lacks` say together. */
  found: Found;
  shape: StandardShape;
  /** What was not given, and where it is from. */
  taken: { argument: string; value: string; from: string }[];
}

/** Errors: import-undecided, import-invalid. */
export function importRequest(
  instance: DBInstance,
  given: Decided,
  { standard, region, upgradeBy }: { standard: Standard; region: string; upgradeBy: string },
): ImportRequest {
  const { decided, taken } = decidedOf(instance, given, standard);
  const { DBInstanceIdentifier: identifier = "", EngineVersion: version = "" } = instance;
  const exported = exportedLogs.filter((log) => instance.EnabledCloudwatchLogsExports?.includes(log));
  const old = tooOld(version, standard) !== undefined;
  const [major, database] = [majorOf(version), ownDatabase(instance)];
  const derived = databaseNameOf({ service: decided.service, environment: decided.environment }, standard);
  const first = {
    ...decided,
    ...(database === undefined || database === derived ? {} : { databaseName: database }),
    ...(majorsOf(standard).some((one) => one === major) ? { postgresMajor: major } : {}),
    ...(!old && isPlain(version) ? { engineVersion: version } : {}),
    accessRoles: "later",
  };
  // The standard's figures follow from the request, and what differs from them is part of it.
  const shape = checked(
    { ...first, existing: { identifier, asFound: { dbName: instance.DBName ?? null } } },
    standard,
    region,
  );
  const found = asFound(instance, shape, standard);
  const properties = Object.entries(found);
  const lacks = properties.flatMap(([name, value]) => (value === null ? [name] : []));
  const existing: ExistingDatabase = {
    identifier,
    asFound: Object.fromEntries(properties.filter(([, value]) => value !== null)),
    ...(lacks.length > 0 ? { lacks } : {}),
    ...(old ? { upgradeBy } : {}),
    ...(exported.length > 0 ? { logGroupsExist: exported } : {}),
  };
  const request = { ...first, existing, import: instance.DbiResourceId } as unknown as DatabaseRequest;
  return { request, found, shape: checked(request, standard, region), taken };
}

function checked(request: object, standard: Standard, region: string): StandardShape {
  try {
    return standardShape(parseInput(databaseRequestOf(standard), request, "the request"), standard, region);
  } catch (error) {
    const problems = reasonOf(error).split("\n").slice(1).join(";");
    throw new ShipshapeError("import-invalid", { problems: problems.trim() }, { cause: error });
  }
}

type Needed = Record<TagName | "size", string>;
/** In the order of a request, with its option. */
const options: [argument: keyof Needed, option: string][] = [
  ["service", "--service"],
  ["owner", "--owner"],
  ["environment", "--environment"],
  ["tier", "--tier"],
  ["size", "--size"],
  ["dataClassification", "--data-classification"],
  ["costCenter", "--cost-center"],
];

/** Given, or else what the tags, the name and the storage say. */
function decidedOf(instance: DBInstance, given: Decided, standard: Standard) {
  const lists: Partial<Record<keyof Needed, readonly string[]>> = {
    environment: environmentsOf(standard),
    tier: tiersOf(standard),
    size: sizesOf(standard),
    dataClassification: classificationsOf(standard),
  };
  const taken: ImportRequest["taken"] = [];
  const decided = Object.fromEntries(
    options.flatMap(([argument]) => {
      const value = given[argument];
      if (value !== undefined) return [[argument, value]];
      const said = [fromTags(instance, argument, standard), fromItself(instance, argument, given, standard)];
      const found = said.find((one) => one && (lists[argument]?.includes(one.value) ?? true));
      if (!found) return [];
      taken.push({ argument, ...found });
      return [[argument, found.value]];
    }),
  ) as Partial<Needed>;
  const missing = options.filter(([argument]) => decided[argument] === undefined);
  if (missing.length > 0)
    throw new ShipshapeError("import-undecided", {
      identifier: instance.DBInstanceIdentifier ?? "",
      missing: missing.map(([argument]) => argument).join(", "),
      options: missing.map(([argument, option]) => `${option} <${lists[argument]?.join("|") ?? argument}>`).join(" "),
    });
  return { decided: decided as Needed, taken };
}

type Said = { value: string; from: string } | undefined;

function fromTags({ TagList = [] }: DBInstance, argument: keyof Needed, { tags }: Standard): Said {
  if (argument === "size") return undefined;
  const { key } = tags[argument];
  const value = TagList.find(({ Key }) => Key?.toLowerCase() === key.toLowerCase())?.Value;
  return value ? { value, from: `its tag ${key}` } : undefined;
}

function fromItself(instance: DBInstance, argument: keyof Needed, given: Decided, standard: Standard): Said {
  const { DBInstanceIdentifier: identifier = "", DBInstanceClass: instanceClass, AllocatedStorage: gib = 0 } = instance;
  const environment = environmentsOf(standard).find((one) => identifier.split("-").includes(one));
  if (argument === "environment") return environment && { value: environment, from: "its name" };
  if (argument === "service") {
    const own = identifier.replace(new RegExp(`-${given.environment ?? environment ?? "-"}$`), "");
    return own.length <= serviceLengthMax ? { value: own, from: "its name" } : undefined;
  }
  if (argument !== "size") return undefined;
  const sizes = Object.entries(standard.sizes);
  const ofClass = sizes.find(([, size]) => size.instanceClass === instanceClass);
  if (ofClass) return { value: ofClass[0], from: `its class ${ofClass[1].instanceClass}` };
  const [value = ""] = sizes.find(([, size]) => size.allocatedGib >= gib) ?? sizes.at(-1) ?? [];
  return { value, from: `its storage of ${gib} GiB` };
}

/** As the argument `service` allows. */
const serviceLengthMax = 24;
