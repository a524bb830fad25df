/**
 * What is known about the fleet's recovery: the signed log combined with what the cloud reports today. Table columns do
 * not affect it.
 */
import { z } from "zod";
import { copyStandings } from "./copy-standing";
import type { Database } from "./database";
import type { LogContent } from "./evidence/reading";
import { recoverabilities, type DatabaseRecovery, type SignedDrill } from "./observability/recoverability";
import {
  identityOf,
  type DeclaredDatabase,
  type FleetAnswer,
  type FleetDatabase,
  type TargetDatabase,
} from "./fleet-records";
import type { RecoveryEvidence } from "./records";
import { replacedOf } from "./runner/replaced-instances";
import { throwawayOf } from "./runner/throwaways";
import { fileOf, type VerifiedBefore } from "./targets/structure-pieces";

/** The databases with what is known about each, but for throwaways. */
export async function recoveryStatus(
  database: Database,
  log: LogContent,
  answer: FleetAnswer,
  now: Date,
): Promise<DatabaseRecovery[]> {
  const { fleet } = await withoutThrowaways(database, answer);
  const standingOf = copyStandings(log, now);
  return recoverabilities({ fleet, drills: signedDrills(log), lost: lostIn(log), standingOf, now });
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
  const [drills, standingOf] = [signedDrills(log), copyStandings(log, now)];
  const recoveries = recoverabilities({ fleet, declared, drills, lost: lostIn(log), standingOf, now });
  return { recoveries, declared };
}

/**
 * Throwaways are copies and are left out: those that a run has registered, and whose tags in the cloud name that run, or
 * whose stack is the one that the run has registered. So are instances that a switchover has replaced: their data are
 * old, and no service uses them. A tag alone, or a row alone, hides no database.
 */
async function withoutThrowaways(database: Database, answer: FleetAnswer, declared: DeclaredDatabase[] = []) {
  const [registeredAs, replaced] = [await throwawayOf(database), await replacedOf(database)];
  return {
    fleet: answer.asked
      ? { ...answer, databases: answer.databases.filter((d) => !registeredAs(d) && !replaced(d)) }
      : answer,
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

/** The same of a database by its identity, from what the cloud has under its name. */
export function recoveryOfTarget(
  log: LogContent,
  target: TargetDatabase,
  answer: FleetAnswer,
  now: Date,
): RecoveryEvidence {
  const found = answer.asked && answer.databases.find((d) => identityOf(d) === identityOf(target));
  if (found) return recoveryEvidence(log, found, now);
  const reason = answer.asked
    ? `the cloud has no database ${target.identifier} with resource id ${target.resourceId}`
    : `the cloud could not be queried: ${answer.reason}`;
  return { recoverability: "unknown", reason, drill: null };
}

const lostIn = (log: LogContent) => log.problems.flatMap((p) => p.lost ?? []);

export function signedDrills({ entries }: LogContent): SignedDrill[] {
  const runs = entries.flatMap(({ position, run }) => (run ? [{ position, run }] : []));
  const tornDown = new Map(
    runs.flatMap(({ run }) => (run.kind === "teardown" ? [[subjectName(run), run.predicate.issuedAt] as const] : [])),
  );
  return runs.flatMap(({ position, run }): SignedDrill[] => {
    if (run.kind !== "verdict" || run.predicate.operation !== "restore-drill") return [];
    const { requestId, target, database, verdict, teardown, issuedAt, expiresOn, plan, outcome, error } = run.predicate;
    // Of a snapshot or an earlier moment, a drill proves only that; but a failure is one of the automated backups.
    const { to = "latest" } = (plan?.["drilled"] ?? {}) as { to?: unknown };
    if (to === "snapshot" || (to === "time" && verdict !== "fail")) return [];
    const { backupRetentionDays } = (plan?.["source"] ?? {}) as { backupRetentionDays?: unknown };
    const { recoveryTarget, restore } = (outcome ?? {}) as { recoveryTarget?: unknown; restore?: unknown };
    return [
      {
        position,
        requestId,
        target,
        database: database ?? undefined,
        verdict,
        tornDown: teardown === "none" || tornDown.has(subjectName(run)),
        backupRetentionDays: typeof backupRetentionDays === "number" ? backupRetentionDays : undefined,
        copyHours: copyHours(restore, tornDown.get(subjectName(run))),
        recoveryTarget: typeof recoveryTarget === "string" ? recoveryTarget : undefined,
        errorCode: error?.code,
        issuedAt: new Date(issuedAt),
        expiresOn: new Date(expiresOn),
      },
    ];
  });
}

/** A restore that failed does not tell how long a copy is kept. */
function copyHours(restore: unknown, goneAt = ""): number | undefined {
  const { succeeded, askedAt } = (restore ?? {}) as { succeeded?: unknown; askedAt?: unknown };
  if (succeeded !== true) return undefined;
  const hours = (Date.parse(goneAt) - Date.parse(String(askedAt))) / 3_600_000;
  return hours > 0 ? hours : undefined;
}

/**
 * What signed drills of a database's latest state have read of its heaps and indexes since then, the newest first; and
 * since its upgrade to this major version, which rewrote the catalogs in files of the same numbers.
 */
export function verifiedBlocks(
  { entries }: LogContent,
  { resourceId, account, region }: TargetDatabase,
  engineVersion: string,
  since: Date,
): VerifiedBefore {
  const found: VerifiedBefore = { leftUnread: false, files: {} };
  let isNewest = true;
  for (const { run } of [...entries].reverse()) {
    if (run?.kind !== "verdict" || run.predicate.operation !== "restore-drill") continue;
    const { database: d, issuedAt: at, plan, outcome } = run.predicate;
    if (d?.resourceId !== resourceId || d.account !== account || d.region !== region || new Date(at) < since) continue;
    const { to = "latest" } = (plan?.["drilled"] ?? {}) as { to?: unknown };
    const { engineVersion: its = "" } = (plan?.["source"] ?? {}) as { engineVersion?: unknown };
    if (majorOf(String(its)) !== majorOf(engineVersion)) continue;
    const structure = verifiedSchema.safeParse(outcome);
    if (to !== "latest" || !structure.success || structure.data.found.structure.damages.length > 0) continue;
    const { verified, unread, available } = structure.data.found.structure;
    if (!available) continue;
    if (isNewest) found.leftUnread = unread.count > 0;
    isNewest = false;
    for (const file of verified ?? [])
      for (const [from, until] of file.blocks) (found.files[fileOf(file)] ??= []).push({ from, until, at });
  }
  return found;
}

const majorOf = (engineVersion: string) => engineVersion.split(".")[0];

/** Earlier statements say how many bytes of a relation were read, and not of which file: its first one has its id. */
const verifiedFile = z.union([
  z.object({ id: z.string(), file: z.string(), blocks: z.array(z.tuple([z.int(), z.int()])) }),
  z
    .object({ id: z.string(), bytes: z.number() })
    .transform(({ id, bytes }) => ({ id, file: id, blocks: [[0, Math.floor(bytes / 8192)]] as [number, number][] })),
]);
const verifiedSchema = z.object({
  found: z.object({
    structure: z.object({
      available: z.boolean(),
      damages: z.array(z.unknown()),
      unread: z.object({ count: z.number() }),
      /** Null in earlier statements: everything, but not what that was. */
      verified: z.array(verifiedFile).nullable(),
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
