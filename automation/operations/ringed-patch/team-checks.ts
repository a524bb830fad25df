/**
 * What a team itself says about the health of its database: the files `<identifier>/health/*.sql` and `*.url` of the
 * folder of assertions. The plan quotes them, so that people approve what is asked.
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../errors";
import type { AssertionResult } from "../../targets/assertion-run";
import { urlProblem, type UrlAnswers } from "../../targets/health-url";
import type { Probe } from "../../train-records";
import { teamCheckBytesMax, teamChecksMax, urlRefusalsMin } from "./limits";

export type TeamCheck = { name: string } & ({ sql: string } | { url: string });

/** None, if the team has declared none; or why its files cannot be used. */
export function readTeamChecks(assertionsFolder: string, identifier: string): TeamCheck[] | { problem: string } {
  const folder = join(assertionsFolder, identifier, "health");
  try {
    const names = readdirSync(folder).filter((file) => /\.(sql|url)$/.test(file));
    if (names.length > teamChecksMax)
      return { problem: `${folder} has ${names.length} checks, and a train asks ${teamChecksMax} at most` };
    const checks: TeamCheck[] = [];
    for (const file of names.sort()) {
      const read = readCheck(folder, file);
      if ("problem" in read) return { problem: `${join(folder, file)}: ${read.problem}` };
      checks.push(read);
    }
    return checks;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    return { problem: `${folder}: ${reasonOf(error)}` };
  }
}

function readCheck(folder: string, file: string): TeamCheck | { problem: string } {
  const [, name, kind] = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.(sql|url)$/.exec(file) ?? [];
  if (name === undefined) return { problem: "it is not called in lower-case words with hyphens" };
  // In a folder that others commit to, a link could name any file of the worker's, such as a key.
  if (!lstatSync(join(folder, file)).isFile()) return { problem: "it is not a regular file" };
  const text = readFileSync(join(folder, file), "utf8");
  if (Buffer.byteLength(text) > teamCheckBytesMax) return { problem: `it has more than ${teamCheckBytesMax} bytes` };
  const content = text.trim().replace(/[;\s]+$/, "");
  if (content === "") return { problem: "it is empty" };
  if (kind === "sql") return { name, sql: content };
  const problem = urlProblem(content);
  return problem === undefined ? { name, url: content } : { problem };
}

/** A row is one that must not be there. What could not be asked is an error, and no pass. */
export function probeOfSql(name: string, { rows, problem }: AssertionResult): Probe {
  if (rows === null) return { name, verdict: "error", explanation: problem ?? "it could not be asked" };
  const found = rows === 1 ? "1 row that must not be there" : `${rows} rows that must not be there`;
  return { name, verdict: rows === 0 ? "pass" : "fail", explanation: rows === 0 ? "it finds nothing" : found };
}

/** Too few answers, or one that is not like the others, decide nothing. */
export function probeOfUrl(name: string, { statuses, failures }: UrlAnswers): Probe {
  const asked = statuses.length + failures.length;
  const refused = statuses.filter((status) => status < 200 || status > 299);
  const said = `${statuses.length} of ${asked} answers${statuses.length > 0 ? `: ${statuses.join(", ")}` : ""}`;
  const explanation = failures.length > 0 ? `${said}; ${failures[0]}` : said;
  if (statuses.length === 0) return { name, verdict: "error", explanation };
  if (refused.length >= urlRefusalsMin) return { name, verdict: "fail", explanation };
  return { name, verdict: failures.length + refused.length === 0 ? "pass" : "inconclusive", explanation };
}
