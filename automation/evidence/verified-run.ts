/** What must hold for the signed statements of a run's folder, and what is reported of each. */
import { clocksDifferSecondsMax } from "../limits";
import { canonicalJson } from "../records";
import { envelopeFile, type Proofs } from "./folder";
import type { ReportedStatement } from "./run-report";
import { runReports } from "./run-reports";
import { precedes, runStatementOf, type RunStatement } from "./run-statement";
import {
  requirePast,
  requireReports,
  type InLog,
  type VerifiedFolder,
  type VerifiedStatement,
} from "./verified-folder";

export function verifyRun(folder: VerifiedFolder): VerifiedStatement[] {
  const { proofs, now, holds } = folder;
  const open = (entry: InLog): ReportedStatement[] => {
    const run = folder.opened(entry, runStatementOf);
    return run ? [{ run, envelope: folder.file(entry.file) }] : [];
  };
  const found = proofs.statements.flatMap((entry) => {
    const opened = open(entry);
    for (const { run } of opened) holds(`${run.id}: the folder names it correctly`, () => requireLabel(entry, run));
    return opened;
  });
  const earlier = proofs.earlier.flatMap(open);
  const runs = found.map((f) => f.run);
  holds("all statements are about one run, one plan and one database", () => requireOneRun(runs, proofs));
  holds("no statement of the run is missing", () => requireComplete(runs));
  if (proofs.earlier.length > 0)
    holds("the earlier runs are of the same database, in their order", () =>
      requireEarlier(
        earlier.map((e) => e.run),
        runs,
        proofs,
      ),
    );
  const dated = runs.map(({ id, predicate: { issuedAt } }) => ({ id, issuedAt }));
  holds("no statement is dated in the future", () => requirePast(dated, now, clocksDifferSecondsMax));
  holds("the report matches the statements", () => requireReports(folder, runReports(found, earlier)));
  return runs.map((run) => summaryOf(run, now));
}

function requireLabel(entry: Proofs["statements"][number], run: RunStatement): void {
  if (entry.id !== run.id || entry.file !== envelopeFile(run.kind))
    throw new Error(`it names it ${entry.id} in ${entry.file}`);
}

function requireOneRun(runs: readonly RunStatement[], proofs: Proofs): void {
  if (runs.length !== proofs.statements.length) throw new Error("a statement could not be opened");
  const about = (r: RunStatement) =>
    canonicalJson([r.subject, r.predicate.requestId, r.predicate.operation, r.predicate.target, r.predicate.database]);
  if (new Set(runs.map(about)).size > 1) throw new Error("the statements are about different runs, plans or databases");
}

function requireComplete(runs: readonly RunStatement[]): void {
  const [verdicts, teardowns] = [runs.filter((r) => r.kind === "verdict"), runs.filter((r) => r.kind === "teardown")];
  const [verdict] = verdicts;
  if (!verdict) throw new Error("the verdict is missing");
  if (verdicts.length > 1 || teardowns.length > 1) throw new Error("a statement appears twice");
  if (verdict.predicate.teardown === "follows" && teardowns.length === 0)
    throw new Error(
      "the teardown is missing: export again once the clean-up is done. Until then the verdict does not count",
    );
}

/** That the chart has no points of other databases or in another order; that it has all of them no folder can show. */
function requireEarlier(earlier: readonly RunStatement[], runs: readonly RunStatement[], proofs: Proofs): void {
  if (earlier.length !== proofs.earlier.length) throw new Error("a statement could not be opened");
  const verdict = runs.find((r) => r.kind === "verdict");
  const position = proofs.statements.find((s) => s.id === verdict?.id)?.leafIndex ?? -1;
  const positions = [...proofs.earlier.map((e) => e.leafIndex), position];
  if (!verdict || positions.some((at, i) => i > 0 && at <= positions[i - 1]!))
    throw new Error("they are not in the log's order, before the run");
  const other = earlier.find((one) => !precedes(one, verdict));
  if (other) throw new Error(`${other.id} is not a verdict of the same operation on the same database`);
  const strange = proofs.earlier.find((e, i) => e.file !== envelopeFile(`earlier-${i + 1}`));
  if (strange) throw new Error(`it names one ${strange.file}`);
}

function summaryOf({ id, kind, predicate: p }: RunStatement, now: Date): VerifiedStatement {
  return {
    id,
    kind,
    operation: p.operation,
    target: p.target,
    database: p.database,
    verdict: "verdict" in p ? String(p.verdict) : undefined,
    requestedBy: kind === "verdict" ? p.request.requestedBy : undefined,
    followUpOf: kind === "verdict" ? p.followUpOf : undefined,
    issuedAt: p.issuedAt,
    expiresOn: p.expiresOn,
    expired: Date.parse(p.expiresOn) <= now.getTime(),
  };
}
