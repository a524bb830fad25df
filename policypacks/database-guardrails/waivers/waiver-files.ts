import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { daysBetween } from "../vocabulary/days";
import { decodeText } from "../../../components/standards/text-file";
import { ruleProblem, waiverDaysMax, waiverSchema, type RuleIds, type Waiver } from "./waiver";
import { readYamlMapping } from "../../../components/standards/yaml-mapping";

/** What is wrong with a file, and on which line. */
export interface WaiverProblem {
  file: string;
  line: number;
  message: string;
}
export interface Waivers {
  waivers: Waiver[];
  problems: WaiverProblem[];
}

/** A waiver has seven short texts: a larger file is not one. */
const fileBytesMax = 64 * 1024;

/** All waivers of a folder. A broken file is reported as a problem and waives nothing. */
export function readWaivers(folder: string, today: string, rules: RuleIds): Waivers {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    // No folder means no waivers. An unreadable folder must not look the same.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { waivers: [], problems: [] };
    return {
      waivers: [],
      problems: [{ file: folder, line: 1, message: `cannot read this folder: ${(error as Error).message}` }],
    };
  }
  const files = names.filter((name) => /\.ya?ml$/i.test(name)).sort();
  const read = files.map((name) => readWaiver(join(folder, name), today, rules));
  const waivers = read.flatMap(({ waiver }) => waiver ?? []);
  return { waivers, problems: [...read.flatMap(({ problems }) => problems), ...duplicates(waivers, today)] };
}

function readWaiver(file: string, today: string, rules: RuleIds): ReturnType<typeof parseWaiver> {
  const broken = (message: string) => ({ problems: [{ file, line: 1, message }] });
  try {
    // A link is followed, but only to a regular file: reading a pipe would never end.
    if (!(lstatSync(file).isSymbolicLink() ? statSync(file) : lstatSync(file)).isFile())
      return broken("this is not a file");
    const bytes = readFileSync(file);
    return bytes.length > fileBytesMax
      ? broken(`this file is larger than ${fileBytesMax} bytes`)
      : parseWaiver(file, decodeText(bytes), today, rules);
  } catch (error) {
    return broken((error as Error).message);
  }
}

export function parseWaiver(
  file: string,
  text: string,
  today: string,
  rules: RuleIds,
): { waiver?: Waiver; problems: WaiverProblem[] } {
  const { values, problems, lineOf } = readYamlMapping(text, "a mapping");
  const problem = (key: string | undefined, message: string): WaiverProblem => ({
    file,
    line: key === undefined ? 1 : lineOf(key),
    message,
  });
  if (values === undefined) return { problems: problems.map((one) => ({ file, ...one })) };
  const parsed = waiverSchema.safeParse(values);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((issue) => {
        if (issue.code === "unrecognized_keys")
          return problem(
            issue.keys[0],
            `unknown key: ${issue.keys.join(", ")}; a waiver has ${Object.keys(waiverSchema.shape).join(", ")}`,
          );
        const name = issue.path[0]?.toString();
        return problem(name, `${name === undefined ? "" : `${name}: `}${issue.message}`);
      }),
    };
  const { expiresOn, rule } = parsed.data;
  const unknown = ruleProblem(rule, rules);
  if (unknown !== undefined) return { problems: [problem("rule", `rule: ${unknown}`)] };
  const days = daysBetween(today, expiresOn);
  if (days > waiverDaysMax)
    return {
      problems: [
        problem("expiresOn", `expiresOn: ${expiresOn} is ${days} days ahead; allowed: ${waiverDaysMax} at most`),
      ],
    };
  return { waiver: { ...parsed.data, id: basename(file).replace(/\.ya?ml$/i, ""), file }, problems: [] };
}

/**
 * Two waivers for the same rule and resource would each hide that the other is no longer needed. Expired ones do not
 * count, because another file may renew them.
 */
function duplicates(waivers: readonly Waiver[], today: string): WaiverProblem[] {
  const first = new Map<string, Waiver>();
  return waivers.flatMap((waiver) => {
    if (waiver.expiresOn < today) return [];
    const subject = `${waiver.rule} ${waiver.resource}`;
    const other = first.get(subject);
    if (!other) first.set(subject, waiver);
    return other
      ? [
          {
            file: waiver.file,
            line: 1,
            message: `duplicates ${other.file}; allowed: one waiver per rule and resource`,
          },
        ]
      : [];
  });
}
