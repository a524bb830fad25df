/**
 * What is known about the fleet's recovery: the signed log combined with what the cloud reports today. Table columns do
 * not affect it.
 */
import { z } from "zod";
import type { Database } from "./database";
import type { LogContent } from "./evidence/reading";
import { recoverabilities, type DatabaseRecovery, type SignedDrill } from "./observability/recoverability";
import type { DeclaredDatabase, FleetAnswer, FleetDatabase, TargetDatabase } from "./fleet-records";
import type { RecoveryEvidence } from "./records";
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
    // Of a snapshot or an earlier moment, a drill proves only that; but a failure is one of the automated backups.
    const { to = "latest" } = (plan?.["drilled"] ?? {}) as { to?: unknown };
    if (to === "snapshot" || (to === "time" && verdict !== "fail")) return [];
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

/** When signed drills of its latest state have checked what of a database's heaps and indexes. */
export function verifiedRelations(
  { entries }: LogContent,
  { resourceId, account, region }: TargetDatabase,
  since: Date,
): { everything: string | null; relations: Record<string, string> } {
  const found: ReturnType<typeof verifiedRelations> = { everything: null, relations: {} };
  for (const { run } of entries) {
    if (run?.kind !== "verdict" || run.predicate.operation !== "restore-drill") continue;
    const { database: d, issuedAt, plan, outcome } = run.predicate;
    if (d?.resourceId !== resourceId || d.account !== account || d.region !== region || new Date(issuedAt) < since)
      continue;
    const { to = "latest" } = (plan?.["drilled"] ?? {}) as { to?: unknown };
    const structure = verifiedSchema.safeParse(outcome);
    if (to !== "latest" || !structure.success || structure.data.found.structure.damages.length > 0) continue;
    const { verified, left, available } = structure.data.found.structure;
    if (!available) continue;
    if (verified) for (const { id } of verified) found.relations[id] = issuedAt;
    else if (left.count === 0) {
      found.everything = issuedAt;
      found.relations = {};
    }
  }
  return found;
}

const verifiedSchema = z.object({
  found: z.object({
    structure: z.object({
      available: z.boolean(),
      damages: z.array(z.unknown()),
      left: z.object({ count: z.number() }),
      verified: z.array(z.object({ id: z.string() })).nullable(),
    }),
  }),
});

/** Both statements of a run name the run, the plan and the operation. */
const subjectName = ({
  subject,
  predicate,
}: {
  subject: { name: string; digest: { sha256: string } };
  predicate: { operation: string };
}) => `${predicate.operation} ${subject.name} ${subject.digest.sha256}`;
