import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isMap, LineCounter, parseDocument, type Document } from "yaml";
import { daysBetween, waiverDaysMax, waiverSchema, type Waiver } from "./waiver";

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

/** All waivers of a folder. A broken one is a problem and no waiver: what it was for is a violation again. */
export function readWaivers(folder: string, today: string): Waivers {
  if (!existsSync(folder)) return { waivers: [], problems: [] };
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const read = files.sort().map((name) => parseWaiver(join(folder, name), readFileSync(join(folder, name), "utf8"), today));
  const waivers = read.flatMap(({ waiver }) => waiver ?? []);
  return { waivers, problems: [...read.flatMap(({ problems }) => problems), ...doubles(waivers)] };
}

export function parseWaiver(file: string, text: string, today: string): { waiver?: Waiver; problems: WaiverProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = (offset: number, message: string): WaiverProblem => ({ file, line: lines.linePos(offset).line, message });
  if (document.errors.length > 0) return { problems: document.errors.map(({ pos, message }) => problem(pos[0], message.split("\n")[0] ?? message)) };
  const parsed = waiverSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = issue.code === "unrecognized_keys" ? issue.keys[0] : issue.path[0]?.toString();
      const message =
        issue.code === "unrecognized_keys"
          ? `unknown: ${issue.keys.join(", ")}; a waiver has ${Object.keys(waiverSchema.shape).join(", ")}`
          : `${name === undefined ? "" : `${name}: `}${issue.message}`;
      return problem(offsetOf(document, name), message);
    });
    return { problems };
  }
  const { expiresOn } = parsed.data;
  if (daysBetween(today, expiresOn) > waiverDaysMax)
    return {
      problems: [
        problem(offsetOf(document, "expiresOn"), `expiresOn: ${expiresOn} is ${daysBetween(today, expiresOn)} days ahead; allowed: ${waiverDaysMax} at most`),
      ],
    };
  return { waiver: { ...parsed.data, id: basename(file).replace(/\.ya?ml$/, ""), file }, problems: [] };
}

/** Of the key in the file; a missing one is missing from its first line. */
function offsetOf(document: Document, name: string | undefined): number {
  if (name === undefined || !isMap(document.contents)) return 0;
  const pair = document.contents.items.find((item) => String(item.key) === name);
  const key = pair?.key as { range?: [number, number, number] } | undefined;
  return key?.range?.[0] ?? 0;
}

function doubles(waivers: readonly Waiver[]): WaiverProblem[] {
  const first = new Map<string, Waiver>();
  return waivers.flatMap((waiver) => {
    const subject = `${waiver.rule} ${waiver.resource}`;
    const other = first.get(subject);
    if (!other) first.set(subject, waiver);
    return other ? [{ file: waiver.file, line: 1, message: `says the same as ${other.file}: one waiver for a rule and a resource` }] : [];
  });
}
