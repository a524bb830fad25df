import { AwsError } from "./aws-error";
import { limits } from "../limits";

/** A decoded form: strings, nested structures, lists. */
export type FormValue = string | FormValue[] | { [member: string]: FormValue };

/**
 * Decodes the form of the Query protocol: `Tags.Tag.1.Key=owner` → `{Tags: [{Key: "owner"}]}`. A number after the
 * element's name makes it a list; the element's name (`Tag`, `member`) is dropped, as clients differ in it.
 */
export function decodeForm(form: URLSearchParams): Record<string, FormValue> {
  const root = new Map<string, Branch>();
  for (const [path, text] of form) {
    const segments = path.split(".");
    if (segments.length > limits.formDepth || segments.some((segment) => segment === "")) {
      throw new AwsError(
        "MalformedQueryString",
        `the parameter name '${path.slice(0, 100)}' is not of the form Name, List.member.1 or Structure.Member`,
      );
    }
    grow(root, segments, text);
  }
  return structure(root);
}

type Branch = string | Map<string, Branch>;

function grow(branch: Map<string, Branch>, segments: string[], text: string): void {
  const [first, ...rest] = segments as [string, ...string[]];
  if (rest.length === 0) {
    branch.set(first, text);
    return;
  }
  const next = branch.get(first);
  const map = next instanceof Map ? next : new Map<string, Branch>();
  branch.set(first, map);
  grow(map, rest, text);
}

function value(branch: Branch): FormValue {
  if (typeof branch === "string") return branch;
  const [only] = [...branch.values()];
  if (branch.size === 1 && only instanceof Map && isNumbered(only)) return list(only);
  return structure(branch);
}

function structure(branch: Map<string, Branch>): Record<string, FormValue> {
  // Object.fromEntries defines own properties, so a member called __proto__ stays a plain member.
  return Object.fromEntries([...branch].map(([name, child]) => [name, value(child)]));
}

function isNumbered(branch: Map<string, Branch>): boolean {
  return branch.size > 0 && [...branch.keys()].every((key) => /^[1-9]\d{0,5}$/.test(key));
}

function list(branch: Map<string, Branch>): FormValue[] {
  if (branch.size > limits.formListLength)
    throw new AwsError(
      "MalformedQueryString",
      `a list has ${branch.size} entries; at most ${limits.formListLength} are allowed`,
    );
  return [...branch].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => value(child));
}
