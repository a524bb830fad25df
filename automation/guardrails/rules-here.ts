/** The rules that hold here: ours, and those of the folder that shipshape.yaml names. */
import { GuardrailsInvalid } from "../../policypacks/database-guardrails/own-rules/guardrails-invalid";
import { ownRules, rulesWith, type OwnRule } from "../../policypacks/database-guardrails/own-rules/own-rules";
import {
  compileOwnRules,
  ownRuleFiles,
  type CompiledRule,
} from "../../policypacks/database-guardrails/own-rules/rule-files";
import { guardrailsNamedIn } from "../../policypacks/database-guardrails/own-rules/section";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";
import { rules } from "../../policypacks/database-guardrails/rules";
import type { RuleIds } from "../../policypacks/database-guardrails/waivers/waiver";
import { ShipshapeError } from "../errors";
import type { ConfigurationFile } from "../settings";

interface RulesHere {
  rules: readonly Rule[];
  own: readonly OwnRule[];
  /** For threads, which load them themselves. */
  compiled: readonly CompiledRule[];
  /** The file of what was there when guardrails were introduced. */
  baseline: string | undefined;
}

/** Runs the code of the company's rules. Errors: guardrails-invalid. */
export function rulesHere(configuration: ConfigurationFile): RulesHere {
  return coded(() => {
    const { rules: folder, baseline } = guardrailsNamedIn(configuration.path);
    const compiled = compileOwnRules(folder);
    return { rules: rulesWith(compiled), own: ownRules(compiled), compiled, baseline };
  });
}

/** The file that shipshape.yaml names as the baseline, without running anything. Errors: guardrails-invalid. */
export const baselineHere = (configuration: ConfigurationFile): string | undefined =>
  coded(() => guardrailsNamedIn(configuration.path).baseline);

/** Their ids, without running anything. Errors: guardrails-invalid. */
export const ruleIdsHere = (configuration: ConfigurationFile): RuleIds =>
  coded(() => [...rules, ...ownRuleFiles(guardrailsNamedIn(configuration.path).rules)]);

function coded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GuardrailsInvalid)) throw error;
    throw new ShipshapeError("guardrails-invalid", { problems: error.message }, { cause: error });
  }
}
