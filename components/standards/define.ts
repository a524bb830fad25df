/** A company's standard, checked: from its file, or from a program. */
import { inconsistencies } from "./consistency";
import { standardFile } from "./file-schema";
import { fileProblems } from "./file-problems";
import { belowTheFloor } from "./floor";
import { resolve, type Origins } from "./resolve";
import { isStandard, standardOf, type Standard } from "./standard";
import { StandardInvalid } from "./standard-invalid";

/** Where the figures of a standard are from, by its value; nothing is noted for Shipshape's own. */
const known = new WeakMap<Standard, { source: string; origins: Origins; lineOf?: (...path: string[]) => number }>();

/** Where a figure is from: "Shipshape", or a place in the file of the company, with the exception that allows it. */
export function originOf(standard: Standard, path: string): string {
  const { source = "", origins, lineOf } = known.get(standard) ?? {};
  const from = origins?.get(path);
  if (!from) return "Shipshape";
  const exception = standard.belowFloor.find((one) => one.path === path);
  const allowed = exception ? `, an exception of ${exception.owner} until ${exception.expiresOn}` : "";
  return `${source}${lineOf ? `:${lineOf(...from)}` : ""}${allowed}`;
}

/** Without a day only its shape is checked: an earlier standard had exceptions to the floor that have ended. */
export function checked(
  given: unknown,
  source: string,
  today: string | undefined,
  lineOf?: (...path: string[]) => number,
): Standard {
  const at = (path: readonly string[]) => (lineOf ? { line: lineOf(...path) } : {});
  const parsed = standardFile.safeParse(given, { reportInput: true });
  if (!parsed.success)
    throw new StandardInvalid(
      source,
      parsed.error.issues.flatMap((issue) =>
        fileProblems(issue, standardFile).map(({ path, reason }) => ({
          ...at(path),
          path: path.join(".") || "the whole",
          reason: `${reason}${shown(valueAt(given, path))}`,
        })),
      ),
    );
  const { content, origins } = resolve(parsed.data);
  const below = today === undefined ? [] : belowTheFloor(content, today);
  // A name that both refuse is one mistake.
  const problems = [
    ...inconsistencies(content).filter(({ path }) => !below.some((one) => one.path === path)),
    ...below,
  ];
  if (problems.length > 0)
    throw new StandardInvalid(
      source,
      problems.map(({ path, value, reason }) => ({
        ...at(fileOrigin(origins, path)),
        path,
        reason: `${reason}${shown(value)}`,
      })),
    );
  const standard = standardOf(content);
  known.set(standard, { source, origins, ...(lineOf && { lineOf }) });
  return standard;
}

/** A standard that someone passes on; it may be of another copy of this package. Throws StandardInvalid. */
export function accepted(value: unknown, source: string, today: string): Standard {
  if (!isStandard(value))
    throw new StandardInvalid(source, [{ path: "the whole", reason: "give what defineStandard returns" }]);
  const problems = belowTheFloor(value, today);
  if (problems.length > 0)
    throw new StandardInvalid(
      source,
      problems.map((one) => ({ path: one.path, reason: `${one.reason}${shown(one.value)}` })),
    );
  return value;
}

/** The place in the file of a figure, or of the nearest that it is part of. */
function fileOrigin(origins: Origins, path: string): readonly string[] {
  for (let at = path; at !== ""; at = at.split(".").slice(0, -1).join(".")) {
    const found = origins.get(at);
    if (found) return found;
  }
  return path.split(".");
}

function valueAt(given: unknown, path: readonly string[]): unknown {
  return path.reduce((at, step) => (at as Record<string, unknown> | undefined | null)?.[step], given);
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return ` (given ${text.length > 80 ? `${text.slice(0, 77)}…` : text})`;
}
