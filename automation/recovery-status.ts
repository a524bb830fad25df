/**
 * What is known about the fleet's recovery: the signed log combined with what the cloud reports today. Table columns do
 * not affect it.
 */
import type { Database } from "./database";
import type { LogContent } from "./evidence/reading";
import { recoverabilities, type DatabaseRecovery, type SignedDrill } from "./observability/recoverability";
import type { DeclaredDatabase, FleetAnswer, FleetDatabase, RecoveryEvidence } from "./records";
import { registeredThrowaways } from "./runner/throwaways";

/** The databases with what is known about each, but for throwaways. */
export async function recoveryStatus(
  database: Database,
  log: LogContent,
  answer: FleetAnswer,
  now: Date,
): Promise<DatabaseRecovery[]> {
  const { fleet } = await withoutThrowaways(database, answer);
  return recoverabilities({ fleet, drills: signedDrills(log), lost: lostIn(log), now });
}

/** The same for what the cloud has and what stacks declare. */
export async function recoveryOfAll(
  database: Database,
  log: LogContent,
  answer: FleetAnswer,
  stated: DeclaredDatabase[],
  now: Date,
): Promise<{ recoveries: DatabaseRecovery[]; declared: DeclaredDatabase[] }> {
  const { fleet, declared } = await withoutThrowaways(database, answer, stated);
  const recoveries = recoverabilities({ fleet, declared, drills: signedDrills(log), lost: lostIn(log), now });
  return { recoveries, declared };
}

/**
 * Throwaways are copies and are left out: those that a run has registered, and whose tags in the cloud name that run, or
 * whose stack is the one that the run has registered. A tag alone, or a row alone, hides no database.
 */
async function withoutThrowaways(database: Database, answer: FleetAnswer, declared: DeclaredDatabase[] = []) {
  const registered = new Map((await registeredThrowaways(database)).map((t) => [`${t.requestId} ${t.identifier}`, t]));
  const registeredAs = (d: FleetDatabase | DeclaredDatabase) =>
    registered.get(`${d.tags["shipshape:run"]} ${d.identifier}`);
  return {
    fleet: answer.asked ? { ...answer, databases: answer.databases.filter((d) => !registeredAs(d)) } : answer,
    declared: declared.filter((d) => !d.stack.endsWith(`/${registeredAs(d)?.stack}`)),
  };
}

/** What the signed log alone says about one database of the fleet. */
export function recoveryEvidence(log: LogContent, database: FleetDatabase, now: Date): RecoveryEvidence {
  const [recovery] = recoverabilities({
    fleet: { asked: true, databases: [database] },
    drills: signedDrills(log),
    lost: lostIn(log),
    now,
  });
  const { recoverability, reason, decidedBy } = recovery!; // the databases of the fleet come first
  if (!decidedBy) return { recoverability, reason, drill: null };
  const { requestId, verdict, recoveryTarget = null, expiresOn } = decidedBy;
  return {
    recoverability,
    reason,
    drill: { requestId, verdict, recoveryTarget, expiresOn: expiresOn.toISOString() },
  };
}

const lostIn = (log: LogContent) => log.problems.flatMap((p) => p.lost ?? []);

export function signedDrills({ entries }: LogContent): SignedDrill[] {
  const runs = entries.flatMap(({ position, run }) => (run ? [{ position, run }] : []));
  const tornDown = new Set(runs.flatMap(({ run }) => (run.kind === "teardown" ? [subjectName(run)] : [])));
  return runs.flatMap(({ position, run }): SignedDrill[] => {
    if (run.kind !== "verdict" || run.predicate.operation !== "restore-drill") return [];
    const { requestId, target, database, verdict, teardown, issuedAt, expiresOn, plan, outcome, error } = run.predicate;
    const { backupRetentionDays } = (plan?.["source"] ?? {}) as { backupRetentionDays?: unknown };
    const { recoveryTarget } = (outcome ?? {}) as { recoveryTarget?: unknown };
    return [
      {
        position,
        requestId,
        target,
        database: database ?? undefined,
        verdict,
        tornDown: teardown === "none" || tornDown.has(subjectName(run)),
        backupRetentionDays: typeof backupRetentionDays === "number" ? backupRetentionDays : undefined,
        recoveryTarget: typeof recoveryTarget === "string" ? recoveryTarget : undefined,
        errorCode: error?.code,
        issuedAt: new Date(issuedAt),
        expiresOn: new Date(expiresOn),
      },
    ];
  });
}

/** Both statements of a run name the run, the plan and the operation. */
const subjectName = ({
  subject,
  predicate,
}: {
  subject: { name: string; digest: { sha256: string } };
  predicate: { operation: string };
}) => `${predicate.operation} ${subject.name} ${subject.digest.sha256}`;
