/** Pure: whether the copy reached the recovery target, and not more. */
import type { Check } from "../../records";
import type { Marker } from "../../targets/recovery-markers";
import type { BracketingMarkers, Found, Witness } from "./outcome";
import { secondsBetween, type RestoreDrillPlan } from "./plan";

export function bracket(
  { before, after, beforeAgain }: BracketingMarkers,
  recoveryTarget: string,
  { markers: there, witnesses, recoveryPoint }: Pick<Found, "markers" | "witnesses" | "recoveryPoint">,
): Check {
  const base = { name: "markers-bracket-target" };
  const times = { markerBeforeAt: before.committedAt, markerAfterAt: after.committedAt };
  if (!there) return { ...base, verdict: "inconclusive", explanation: "the markers were not read", figures: times };
  if ("undecided" in there) return { ...base, verdict: "inconclusive", explanation: there.undecided, figures: times };
  const has = (marker: Marker) => there.some((one) => one.name === marker.name && one.writtenAt === marker.writtenAt);
  const [hasBefore, hasAfter] = [has(before), has(after)];
  const figures = { ...times, markerBeforeThere: hasBefore, markerAfterThere: hasAfter };
  // Then neither a missing nor a present marker says anything about the backup.
  const touched = beforeAgain?.committedAt !== before.committedAt || beforeAgain.writtenAt !== before.writtenAt;
  if (
    touched ||
    !(
      Date.parse(before.committedAt) < Date.parse(recoveryTarget) &&
      Date.parse(recoveryTarget) < Date.parse(after.committedAt)
    )
  )
    return {
      ...base,
      verdict: "inconclusive",
      explanation: "the markers were changed in the source while they bracketed the target; drill again",
      figures,
    };
  // The database's users can change rows, and nobody can change when transactions were committed.
  const keepsTimes = !("undecided" in recoveryPoint) && recoveryPoint.lastCommitAt !== null;
  const known = keepsTimes && witnesses && !("undecided" in witnesses) ? witnesses : null;
  const isIn = (one: Witness | null | undefined) => !!one && one.inCopyAt === one.committedAt;
  if (!hasBefore || (known && !isIn(known.before)))
    return {
      ...base,
      verdict: "fail",
      explanation: "what was committed before the recovery target is missing",
      figures,
    };
  if (known ? isIn(known.after) : hasAfter)
    return {
      ...base,
      verdict: "fail",
      explanation: "what was committed after the recovery target is present",
      figures,
    };
  if (hasAfter)
    return {
      ...base,
      verdict: "inconclusive",
      explanation:
        "someone wrote the marker after the target into the copy, whose transaction is not in it; drill again",
      figures,
    };
  const explanation = "what was committed before the recovery target is present, what was committed after it is not";
  return { ...base, verdict: "pass", explanation, figures };
}

export function lastCommit(
  plan: RestoreDrillPlan,
  recoveryTarget: string,
  { recoveryPoint: reached, witnesses }: Found,
): Check {
  const name = "last-commit-meets-target";
  const undecided = (explanation: string, figures: Check["figures"] = {}): Check => ({
    name,
    verdict: "inconclusive",
    explanation,
    figures,
  });
  if ("undecided" in reached) return undecided(reached.undecided);
  const { lastCommitAt, lsn, timeline } = reached;
  if (lastCommitAt === null)
    return undecided("the restored database keeps no commit timestamps", { lastCommitAt, lsn, timeline });
  const targetErrorSeconds = secondsBetween(lastCommitAt, recoveryTarget);
  const figures = { lastCommitAt, lsn, timeline, targetErrorSeconds };
  const explanation = `the last commit replayed is ${targetErrorSeconds} s before the recovery target`;
  if (plan.drilled.to === "latest") {
    // The first marker was committed right before.
    const limit = plan.objectives.targetErrorSeconds;
    const verdict = targetErrorSeconds >= 0 && targetErrorSeconds <= limit ? "pass" : "fail";
    return { name, verdict, explanation, figures: { ...figures, targetErrorSecondsMax: limit } };
  }
  if (!witnesses || "undecided" in witnesses)
    return undecided(witnesses?.undecided ?? "the source's commits are unknown", figures);
  const { before, after } = witnesses;
  const beside = {
    ...figures,
    sourceCommitBeforeAt: before?.committedAt ?? null,
    sourceCommitAfterAt: after?.committedAt ?? null,
  };
  if (!before) return undecided("the source no longer knows its commits before the recovery target", beside);
  if (before.inCopyAt !== before.committedAt)
    return {
      name,
      verdict: "fail",
      explanation: `what the source committed at ${before.committedAt}, before the recovery target, is missing`,
      figures: beside,
    };
  if (after && after.inCopyAt === after.committedAt)
    return {
      name,
      verdict: "fail",
      explanation: `what the source committed at ${after.committedAt}, after the recovery target, is present`,
      figures: beside,
    };
  const next = after ? `, and not its next one, of ${after.committedAt}` : "";
  return { name, verdict: "pass", explanation: `${explanation}, as in the source${next}`, figures: beside };
}
