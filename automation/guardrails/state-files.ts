import { readFileSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Standard } from "../../components/standards/standard";
import { isPostgres } from "../../policypacks/database-guardrails/vocabulary/engines";
import { ownGroupOf } from "../../policypacks/database-guardrails/vocabulary/parameters";
import { canonical } from "../../policypacks/database-guardrails/vocabulary/properties";
import { decodeText } from "../../components/standards/text-file";
import {
  clusterInstance,
  databases,
  parameterGroups,
  readTypes,
} from "../../policypacks/database-guardrails/vocabulary/types";
import { rulesWith } from "../../policypacks/database-guardrails/own-rules/own-rules";
import type { CompiledRule } from "../../policypacks/database-guardrails/own-rules/rule-files";
import { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
import type { Waivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { reasonOf, ShipshapeError } from "../errors";
import { readState, UnreadableState } from "./exported-state";
import type { GuardConfig } from "./guard-config";
import { judge, type LocatedFinding } from "./judgement";
import type { Problem } from "./problem";
import type { Unjudged } from "./unjudged";

/** What a worker receives once, at its start. */
export interface StateRules {
  waivers: Waivers;
  config: GuardConfig;
  today: string;
  standard: Standard;
  /** Of the company's own. */
  own: readonly CompiledRule[];
}
/** The results of some files. Plain data, so that a worker can pass it on. */
export interface StatesJudged {
  findings: LocatedFinding[];
  problems: Problem[];
  stacks: string[];
  neededWaivers: string[];
  unjudged: Unjudged[];
  /** The names of the groups that databases use, and of those that the states declare. */
  parameterGroups: { used: string[]; declared: string[] };
  files: number;
  resources: number;
}

/** One file, `-` for standard input, or all `.json` files of a folder and its subfolders. */
export async function stateFiles(path: string): Promise<string[]> {
  if (path === "-") return [path];
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw new ShipshapeError(
      "usage",
      { problem: `--state: cannot read ${path}: ${reasonOf(error)}`, command: "shipshape guard" },
      { cause: error },
    );
  }
  if (!isFolder) return [path];
  const found = (await readdir(path, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".json"),
  );
  if (found.length === 0)
    throw new ShipshapeError("usage", {
      problem: `--state: ${path} contains no .json file`,
      command: "shipshape guard",
    });
  return found.map((entry) => join(entry.parentPath, entry.name)).sort();
}

export function judgeStateFiles(
  files: readonly string[],
  { waivers, config, today, standard, own }: StateRules,
): StatesJudged {
  const register = new WaiverRegister(waivers, today);
  const rules = rulesWith(own);
  const judged: StatesJudged = {
    findings: [],
    problems: [],
    stacks: [],
    neededWaivers: [],
    unjudged: [],
    parameterGroups: { used: [], declared: [] },
    files: 0,
    resources: 0,
  };
  const [used, declared] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    try {
      const text = decodeText(readFileSync(file === "-" ? 0 : file));
      const state = readState(text, own.length > 0 ? "all types" : readTypes);
      const findings = judge(state, config, register, { standard, today, rules });
      judged.findings.push(...findings.map((finding) => located(finding, file, state.sources.get(finding.urn))));
      if (state.stack !== undefined) judged.stacks.push(state.stack);
      judged.unjudged.push(...state.unjudged);
      for (const one of state.deployed) {
        if (one.is(...databases, clusterInstance) && isPostgres(one)) used.add(ownGroupOf(one) ?? "");
        else if (one.is(...parameterGroups)) declared.add(canonical(one.text("name") ?? ""));
      }
      judged.files += 1;
      judged.resources += state.resources;
    } catch (error) {
      judged.problems.push({
        code: "state-unreadable",
        file,
        line: error instanceof UnreadableState ? error.line : 1,
        reason: reasonOf(error),
      });
    }
  }
  return {
    ...judged,
    neededWaivers: register.neededFiles(),
    parameterGroups: { used: [...used], declared: [...declared] },
  };
}

const located = (finding: LocatedFinding, file: string, source: LocatedFinding["source"]): LocatedFinding => ({
  ...finding,
  file,
  ...(source && { source }),
});

/**
 * Names of groups that databases use but no state declares: whether they force TLS is judged in the state that does.
 */
export const undeclaredGroups = ({ parameterGroups: { used, declared } }: StatesJudged): Unjudged[] =>
  used.filter((name) => name !== "" && !declared.includes(name)).map((what) => ({ why: "parameter group", what }));
