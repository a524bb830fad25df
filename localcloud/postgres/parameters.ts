import { runAsServer } from "./child-process";
import { availableVersions, majorOf, newestVersion } from "./binaries";
import { preloadLibraries } from "./extensions";
import { limits } from "./limits";
import { evaluateFormula, isFormula } from "./parameter-formula";
import { isReserved, ownParameters, rdsAllowedValues, rdsDefaults } from "./rds-parameters";
import { serverUser } from "./server-user";
import { type PostgresSetting, template, templateSettings } from "./template";

/**
 * One row of DescribeEngineDefaultParameters. Values are RDS's: 0 and 1 for booleans, bare numbers in the parameter's
 * unit.
 */
export interface ParameterDefinition {
  name: string;
  description: string;
  dataType: "boolean" | "integer" | "float" | "string" | "list";
  /** The unit of a bare number: kB, 8kB, ms, s, min … */
  unit?: string;
  /** "0,1", "1-262143", "on,off,auto" */
  allowedValues?: string;
  defaultValue?: string;
  applyType: "static" | "dynamic";
  isModifiable: boolean;
  source: "engine-default" | "system";
}

export interface ParameterReport {
  /** Requested, but these binaries lack it: the server runs without it. */
  leftOut: { name: string; value: string; reason: string }[];
  /** Static ones that take effect at the next restart. */
  pendingReboot: string[];
  /** Refused; the server keeps its previous value. */
  invalid: { name: string; reason: string }[];
}

/**
 * The newest installed minor of that major, or of the installed major next to it: the groups of a family can be created
 * and filled before its PostgreSQL is installed, and adjacent majors' parameters hardly differ.
 */
function nearestVersion(major: string): string {
  const distance = (version: string) => Math.abs(Number(majorOf(version)) - Number(major));
  const [nearest] = availableVersions().sort((a, b) => distance(a) - distance(b));
  return newestVersion(nearest === undefined ? major : majorOf(nearest));
}

/**
 * Every parameter of a major ("17"), by name: from the server's own table, and RDS's. Kept for the life of the process.
 */
export function parameterDefinitions(major: string): Promise<ParameterDefinition[]> {
  const known = definitionsByMajor.get(major) ?? readDefinitions(major);
  definitionsByMajor.set(major, known);
  known.catch(() => definitionsByMajor.delete(major));
  return known;
}

/** Why RDS would refuse this value, or undefined. Strings such as a time zone are checked by the server itself. */
export async function checkParameter(major: string, name: string, value: string): Promise<string | undefined> {
  const definition = (await parameterDefinitions(major)).find((candidate) => candidate.name === name);
  if (definition === undefined) return `there is no parameter '${name}' for PostgreSQL ${major}`;
  const fault = checkAgainstDefinition(definition, value);
  if (
    fault !== undefined ||
    definition.dataType !== "string" ||
    definition.allowedValues !== undefined ||
    name in ownParameters
  )
    return fault;
  return checkOnServer(major, name, value);
}

/** What the table alone can check: names, types, ranges, enumerations, formulas. */
export function checkAgainstDefinition(definition: ParameterDefinition, value: string): string | undefined {
  const { name, dataType, allowedValues } = definition;
  if (!definition.isModifiable)
    return `'${name}' cannot be modified${ownParameters[name]?.fixed ? `: ${ownParameters[name].fixed}` : ""}`;
  if (/[\u0000-\u001f]/.test(value)) return `the value of '${name}' contains a control character`;
  const refusal = `'${value}' is not allowed for '${name}'; allowed: ${allowedValues ?? dataType}`;
  if (dataType === "integer" || dataType === "float") {
    const number = toNumber(value);
    if (typeof number === "string") return number;
    if (Number.isNaN(number) || (dataType === "integer" && !Number.isInteger(number))) return refusal;
    const range = /^(-?[\d.e+]+)-(-?[\d.e+]+)$/.exec(allowedValues ?? "");
    return range && (number < Number(range[1]) || number > Number(range[2])) ? refusal : undefined;
  }
  if (allowedValues === undefined) return undefined;
  const allowed = allowedValues.toLowerCase().split(","); // PostgreSQL's own keywords are not all in lower case: TLSv1.3
  const given = dataType === "list" ? listItems(value) : [value];
  return given.every((item) => allowed.includes(item.toLowerCase())) ? undefined : refusal;
}

export function listItems(value: string): string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/**
 * Variables of formulas. The number of processors is not known here; in RDS's formulas that use it, a minimum applies
 * to small classes.
 */
export function formulaVariables(memoryBytes: number): Record<string, number> {
  return { DBInstanceClassMemory: memoryBytes, DBInstanceVCPU: 2 };
}

const definitionsByMajor = new Map<string, Promise<ParameterDefinition[]>>();

async function readDefinitions(major: string): Promise<ParameterDefinition[]> {
  const settings = await templateSettings(nearestVersion(major));
  const own = Object.entries(ownParameters).map(([name, { fixed, ...rest }]): ParameterDefinition => ({
    name,
    ...rest,
    allowedValues: rest.dataType === "boolean" ? "0,1" : rest.allowedValues,
    isModifiable: fixed === undefined,
    source: "system",
  }));
  // RDS hides PostgreSQL's developer options and those fixed when the binaries are built.
  const shown = settings.filter(({ context, category }) => context !== "internal" && category !== "Developer Options");
  return [...shown.map(fromSetting), ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fromSetting(setting: PostgresSetting): ParameterDefinition {
  const name = setting.name.toLowerCase(); // RDS's names are timezone and datestyle
  const rdsDefault = rdsDefaults[name];
  const isList = listParameters.has(name);
  return {
    name,
    description: setting.short_desc,
    dataType: isList ? "list" : dataTypes[setting.vartype],
    unit: setting.unit ?? undefined,
    allowedValues: libraryLists.has(name)
      ? preloadLibraries.join(",")
      : (rdsAllowedValues[name] ?? allowedValues(setting)),
    defaultValue: rdsDefault ?? postgresDefault(setting),
    applyType: setting.context === "postmaster" ? "static" : "dynamic",
    isModifiable: !isReserved(name),
    source: rdsDefault === undefined ? "engine-default" : "system",
  };
}

const dataTypes = { bool: "boolean", integer: "integer", real: "float", string: "string", enum: "string" } as const;

/** Only RDS's names of libraries: a path would load any file into the server. */
const libraryLists: ReadonlySet<string> = new Set(["shared_preload_libraries", "session_preload_libraries"]);
const listParameters = new Set([...libraryLists, "search_path", "temp_tablespaces"]);

function allowedValues(setting: PostgresSetting): string | undefined {
  if (setting.vartype === "bool") return "0,1";
  if (setting.min_val !== null && setting.max_val !== null) return `${setting.min_val}-${setting.max_val}`;
  if (setting.enumvals === null) return undefined;
  // Where an enumeration has on and off, PostgreSQL also accepts RDS's 1 and 0 for them.
  const numeric = ["on", "off"].every((value) => setting.enumvals?.includes(value)) ? ["1", "0"] : [];
  return [...setting.enumvals, ...numeric].join(",");
}

function postgresDefault({ vartype, boot_val }: PostgresSetting): string | undefined {
  if (boot_val === null || boot_val === "") return undefined;
  return vartype === "bool" ? (boot_val === "on" ? "1" : "0") : boot_val;
}

/** NaN when it is not a number, an error message when it is a formula that cannot be parsed. */
function toNumber(value: string): number | string {
  if (!isFormula(value)) return value.trim() === "" ? NaN : Number(value);
  try {
    return evaluateFormula(value, formulaVariables(8 * 1024 ** 3));
  } catch (error) {
    return (error as Error).message;
  }
}

async function checkOnServer(major: string, name: string, value: string): Promise<string | undefined> {
  const { view, dataFolder } = await template(nearestVersion(major));
  const args = ["-D", dataFolder, "-C", "data_directory", "-c", `${name}=${value}`];
  const { code, output } = await runAsServer(serverUser(), view.postgres, args, {
    milliseconds: limits.checkMilliseconds,
  });
  if (code === 0) return undefined;
  return (
    output
      .split("\n")
      .filter((line) => line.includes(": "))
      .map((line) => line.replace(/^.*?(FATAL|ERROR|DETAIL|HINT|LOG): +/, ""))
      .join(" ") || output
  );
}
