/** Pure: judges a copy that is made of an earlier one, and says what may be claimed of it. */
import { verdictOf, type Check, type Verdict } from "../../records";
import { shortened } from "./coverage";
import { partOf, type EarlierCopy } from "./earlier-copy";
import type { ComparedCopy, RefreshOutcome } from "./outcome";
import type { EnvironmentRefreshPlan } from "./plan";

/** Whether it is what was searched, and nothing else is beside it. */
export const isAsSearched = ({ state }: EarlierCopy, found: ComparedCopy): boolean =>
  differences(state, found).length === 0;

export function verifyEarlier(
  plan: EnvironmentRefreshPlan,
  earlier: EarlierCopy,
  { compared, handedOver, target }: RefreshOutcome,
): Verdict {
  const { identifier, expiresOn } = plan.copy;
  return verdictOf([
    ...(compared ? [asSearched(earlier, compared)] : []),
    {
      name: "copy-is-handed-over",
      verdict: handedOver ? "pass" : "fail",
      explanation: handedOver
        ? `${identifier} has the data that ${earlier.database.identifier} has of ${plan.source.identifier} as of ${earlier.dataFrom}, masked by the profile ${plan.profile.name}. ${partOf(earlier.scope)} It expires on ${expiresOn}`
        : `nobody sees the copy: clean-up removes ${identifier} whole, with its backups`,
      figures: {
        copy: identifier,
        resourceId: target?.resourceId ?? null,
        recoveryPoint: earlier.dataFrom,
        profile: plan.profile.digest,
        schema: plan.source.schemaDigest,
        expiresOn,
        handOver: "golden-snapshot",
        refresh: earlier.madeBy,
        evidence: earlier.evidence,
      },
    },
  ]);
}

/** Word for word what may be claimed, and no more: nothing was searched now. */
function asSearched(earlier: EarlierCopy, found: ComparedCopy): Check {
  const { state, madeBy, evidence, database, handedOverAt } = earlier;
  const problems = differences(state, found);
  return {
    name: "copy-is-as-searched",
    verdict: problems.length > 0 ? "fail" : "pass",
    explanation:
      problems.length > 0
        ? shortened(problems)
        : `none of its ${found.rows} rows was written after refresh ${madeBy} searched them, and none is missing; the texts of its definitions, names, logins and owners are those that it searched. What it found is in its statement (${evidence.slice(0, 12)}): nothing was searched again. What people have written to ${database.identifier} since ${handedOverAt} and removed again is in no row, and may be in the storage; the values of sequences, privileges and statistics were not compared`,
    figures: {
      rows: found.rows,
      written: found.written,
      missing: Math.max(0, state.rows - (found.rows - found.written)),
      definitionsDiffering: found.definitions.length,
      seconds: found.seconds,
      refresh: madeBy,
      evidence,
    },
  };
}

function differences(state: EarlierCopy["state"], found: ComparedCopy): string[] {
  const missing = state.rows - (found.rows - found.written);
  return [
    ...(found.isThat ? [] : ["its content is not the one that was handed over"]),
    ...(found.written > 0 ? [`${found.written} of its rows were written after they were searched`] : []),
    ...(missing > 0 ? [`${missing} of the ${state.rows} rows that were searched are not there, or were changed`] : []),
    ...(missing < 0 ? [`it has ${-missing} rows more than were searched`] : []),
    ...(found.definitions.length > 0 ? [`it differs in what was searched of: ${found.definitions.join(", ")}`] : []),
    ...found.beside.map((what) => `there is ${what}, which was not searched`),
  ];
}
