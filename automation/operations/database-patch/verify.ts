/** Pure: whether a database runs the version, by what the RDS API and the server itself say. */
import { verdictOf, type Check, type Verdict } from "../../records";
import { deliveredCheck } from "../stack-changes";
import type { BlueGreenOutcome, DatabasePatchOutcome, FoundVersion } from "./outcome";
import type { DatabasePatchPlan } from "./plan";

export function verifyDatabasePatch(plan: DatabasePatchPlan, outcome: DatabasePatchOutcome): Verdict {
  if ("deliveredUntil" in outcome) {
    const { change } = plan;
    return verdictOf(change ? [deliveredCheck({ ...plan, change }, outcome.deliveredUntil)] : []);
  }
  return verdictOf([
    ...runsVersion(plan.to, outcome.found),
    ...replicasFollow(plan.to, outcome.found),
    ...keepsIndexes(outcome),
    ...movedWhole(outcome),
    ...knowsItsTables(outcome),
  ]);
}

/** Another major begins without statistics: plans would be bad until autovacuum has come round. */
function knowsItsTables({ analyzed }: Partial<BlueGreenOutcome>): Check[] {
  if (!analyzed) return [];
  const { tables, without, closed } = analyzed;
  const lacking = [
    ...(without === 0 ? [] : [`${without} of ${tables} tables have no statistics: their owners analyze them`]),
    ...(closed.length === 0 ? [] : [`nobody was let in to analyze ${closed.join(", ")}: its owner does that`]),
  ];
  return [
    {
      name: "planner-statistics",
      verdict: lacking.length === 0 ? "pass" : "inconclusive",
      explanation: lacking.join("; ") || `${tables} tables were analyzed before the switchover`,
      figures: { tables, without, closed: closed.length },
    },
  ];
}

/** What a switchover can leave out, or behind. */
function movedWhole({ switched, left = [], differences = [], kept }: Partial<BlueGreenOutcome>): Check[] {
  if (!switched) return [];
  const of = (name: string, holds: boolean, explanation: string, figures: Check["figures"] = {}): Check => ({
    ...{ name, verdict: holds ? "pass" : "fail", explanation, figures },
  });
  const { live, kept: old } = switched;
  return [
    of(
      "the-name-has-moved",
      live.resourceId !== old.resourceId,
      `${live.identifier} is ${live.resourceId} now, and ${old.resourceId} is ${old.identifier}`,
      { before: old.resourceId, after: live.resourceId },
    ),
    of(
      "as-it-was",
      differences.length === 0,
      differences.length === 0 ? "every property is as before" : differences.join("; "),
    ),
    of(
      "state-is-adopted",
      left.length === 0,
      left.length === 0 ? "an `up` of its stack would change nothing" : `an \`up\` would do more: ${left.join("; ")}`,
      { left: left.length },
    ),
    of(
      "the-old-instance-is-kept",
      kept?.status === "available",
      `${old.identifier} is ${kept?.status ?? "gone"}; request retire-replaced-instance deletes it`,
    ),
  ];
}

function replicasFollow(to: string, { replicas = [] }: FoundVersion): Check[] {
  return replicas.map(({ identifier, version, status, replication }) => ({
    name: `replica-by-api ${identifier}`,
    verdict: version === to && status === "available" && replication === "replicating" ? "pass" : "fail",
    explanation: `the RDS API says ${version}, ${status}, ${replication}`,
    figures: { version, status, replication },
  }));
}

/** An `up` that succeeded is no patch: these three are. */
export function runsVersion(to: string, { api, server }: FoundVersion): Check[] {
  const of = (name: string, holds: boolean, explanation: string, figures: Check["figures"]): Check => ({
    ...{ name, verdict: holds ? "pass" : "fail", explanation, figures },
  });
  const { version, status, pending } = api;
  const waits = pending.length > 0 ? `, and ${pending.join(", ")} waits` : "";
  const isDone = version === to && status === "available" && pending.length === 0;
  return [
    of("version-by-api", isDone, `the RDS API says ${version}, ${status}${waits}`, { version, status }),
    "failure" in server
      ? of("version-by-server", false, `nobody could log in and ask: ${server.failure}`, {})
      : of("version-by-server", server.serverVersion === to, `the server says ${server.serverVersion}`, {
          version: server.serverVersion,
        }),
  ];
}

export function keepsIndexes({
  before,
  found: { server },
}: Exclude<DatabasePatchOutcome, { deliveredUntil: string }>): Check[] {
  if (!before || "failure" in server) return []; // nothing was patched; or another check says so
  const [{ server: then }, now] = [before, server.invalidIndexes];
  const behind = server.extensionsBehind;
  return [
    "failure" in then
      ? {
          name: "no-new-invalid-index",
          verdict: "inconclusive",
          explanation: `${now} indexes are invalid; how many were before is not known: ${then.failure}`,
          figures: { after: now },
        }
      : {
          name: "no-new-invalid-index",
          verdict: now > then.invalidIndexes ? "fail" : "pass",
          explanation: `${now} indexes are invalid, ${then.invalidIndexes} were before`,
          figures: { before: then.invalidIndexes, after: now },
        },
    {
      name: "extensions-behind",
      verdict: "pass",
      explanation:
        behind.length > 0
          ? `not updated by RDS, and left to the owner, as an update cannot be taken back: ${behind.join("; ")}`
          : "none is older than what the server has",
      figures: { behind: behind.length },
    },
  ];
}
