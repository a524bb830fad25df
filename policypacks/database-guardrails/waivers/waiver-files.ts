import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { daysBetween } from "../vocabulary/days";
import { decodeText } from "./text-file";
import { waiverDaysMax, waiverSchema, type Waiver } from "./waiver";
import { readYamlMapping } from "./yaml-mapping";

/** What is wrong with a file, where a person finds it. */
export interface WaiverProblem {
  file: string;
  line: number;
  message: string;
}
export interface Waivers {
  waivers: Waiver[];
  problems: WaiverProblem[];
}

/** Seven short texts: a larger file is not a waiver. */
const fileBytesMax = 64 * 1024;

/** All waivers of a folder. A broken one is a problem, not a waiver: what it covered is a violation again. */
export function readWaivers(folder: string, today: string): Waivers {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    // No folder, no waivers. One that cannot be read must not look like none.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { waivers: [], problems: [] };
    return {
      waivers: [],
      problems: [{ file: folder, line: 1, message: `this is no folder that can be read: ${(error as Error).message}` }],
    };
  }
  const files = names.filter((name) => /\.ya?ml$/i.test(name)).sort();
  const read = files.map((name) => readWaiver(join(folder, name), today));
  const waivers = read.flatMap(({ waiver }) => waiver ?? []);
  return { waivers, problems: [...read.flatMap(({ problems }) => problems), ...duplicates(waivers, today)] };
}

function readWaiver(file: string, today: string): ReturnType<typeof parseWaiver> {
  const broken = (message: string) => ({ problems: [{ file, line: 1, message }] });
  try {
    // A link is followed, but to a file only: a pipe would never end.
    if (!(lstatSync(file).isSymbolicLink() ? statSync(file) : lstatSync(file)).isFile())
      return broken("this is no file");
    const bytes = readFileSync(file);
    return bytes.length > fileBytesMax
      ? broken(`larger than ${fileBytesMax} bytes`)
      : parseWaiver(file, decodeText(bytes), today);
  } catch (error) {
    return broken((error as Error).message);
  }
}

export function parseWaiver(file: string, text: string, today: string): { waiver?: Waiver; problems: WaiverProblem[] } {
  const { values, problems, lineOf } = readYamlMapping(text, "a mapping");
  const problem = (key: string | undefined, message: string): WaiverProblem => ({ file, line: lineOf(key), message });
  if (values === undefined) return { problems: problems.map((one) => ({ file, ...one })) };
  const parsed = waiverSchema.safeParse(values);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((issue) => {
        if (issue.code === "unrecognized_keys")
          return problem(
            issue.keys[0],
            `unknown: ${issue.keys.join(", ")}; a waiver has ${Object.keys(waiverSchema.shape).join(", ")}`,
          );
        const name = issue.path[0]?.toString();
        return problem(name, `${name === undefined ? "" : `${name}: `}${issue.message}`);
      }),
    };
  const { expiresOn } = parsed.data;
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
 * Two that say the same would each hide that the other is no longer needed. One that has expired is renewed by another,
 * and says nothing any more.
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
            message: `says the same as ${other.file}: one waiver for a rule and a resource`,
          },
        ]
      : [];
  });
}
