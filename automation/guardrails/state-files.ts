import { readFileSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { WaiverRegister } from "../../policypacks/database-guardrails/waiver-register";
import type { Waivers } from "../../policypacks/database-guardrails/waiver-files";
import { reasonOf, ShipshapeError } from "../errors";
import { readState, UnreadableState } from "./exported-state";
import type { GuardConfig } from "./guard-config";
import { judge, type LocatedFinding } from "./judgement";
import type { Problem } from "./problem";

/** What a worker is told once. */
export interface StateRules {
  waivers: Waivers;
  config: GuardConfig;
  today: string;
}
/** What came of some files. Plain, so that a worker can hand it over. */
export interface StatesJudged {
  findings: LocatedFinding[];
  problems: Problem[];
  stacks: string[];
  neededWaivers: string[];
  files: number;
  resources: number;
}

/** One file, `-` for standard input, or all `.json` of a folder and those below. */
export async function stateFiles(path: string): Promise<string[]> {
  if (path === "-") return [path];
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw new ShipshapeError("usage", { problem: `--state: cannot read ${path}: ${reasonOf(error)}`, command: "shipshape guard" }, { cause: error });
  }
  if (!isFolder) return [path];
  const found = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  if (found.length === 0) throw new ShipshapeError("usage", { problem: `--state: ${path} holds no .json file`, command: "shipshape guard" });
  return found.map((entry) => join(entry.parentPath, entry.name)).sort();
}

export function judgeStateFiles(files: readonly string[], { waivers, config, today }: StateRules): StatesJudged {
  const register = new WaiverRegister(waivers, today);
  const judged: StatesJudged = { findings: [], problems: [], stacks: [], neededWaivers: [], files: 0, resources: 0 };
  for (const file of files) {
    try {
      const state = readState(readFileSync(file === "-" ? 0 : file, "utf8"));
      const findings = judge(state, config, register, today);
      judged.findings.push(...findings.map((finding) => located(finding, file, state.sources.get(finding.urn))));
      if (state.stack !== undefined) judged.stacks.push(state.stack);
      judged.files += 1;
      judged.resources += state.declared.length;
    } catch (error) {
      judged.problems.push({ code: "state-unreadable", file, line: error instanceof UnreadableState ? error.line : 1, reason: reasonOf(error) });
    }
  }
  return { ...judged, neededWaivers: register.neededIds() };
}

const located = (finding: LocatedFinding, file: string, source: LocatedFinding["source"]): LocatedFinding => ({ ...finding, file, ...(source && { source }) });
