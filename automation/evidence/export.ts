/** Evidence of a request, or of a period, as a folder that anyone can verify offline, without the control plane. */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { KEY_CHANGE_TYPE, currentKey, openCheckpointBy } from "./key-history";
import { attributesText, envelopeFile, evidenceFiles, proofsText, writeFolder, type Proofs } from "./folder";
import type { Head, KnownLog } from "./log-head";
import { consistencyProof, inclusionProof } from "./merkle-tree";
import { earlierThan, readLog, statementsOf, type EvidenceLog, type LogEntry } from "./reading";
import { populationReports } from "./population-reports";
import { POPULATION_TYPE, populationIn, type PopulationStatement } from "./population-statement";
import { runReports } from "./run-reports";

/**
 * Writes the folder; an older export of the same name is replaced. Errors: evidence-unknown, evidence-log-damaged,
 * evidence-out-unusable.
 */
export async function exportEvidence(
  database: Database,
  known: KnownLog,
  requestId: string,
  folder: string,
  olderNote?: string,
): Promise<{ folder: string; files: string[] }> {
  const log = await wholeLog(database, known);
  const statements = statementsOf(log, requestId);
  if (statements.length === 0) throw new ShipshapeError("evidence-unknown", { id: requestId });
  const earlier = earlierThan(log, statements);
  const named = statements.map((s) => ({ entry: s, id: s.run.id, kind: s.run.kind }));
  return write(log, known.origin, folder, named, earlier, runReports(statements, earlier), olderNote);
}

/**
 * The same for the statement about a period. Errors: evidence-unknown, evidence-log-damaged, evidence-out-unusable.
 */
export async function exportPopulation(
  database: Database,
  known: KnownLog,
  { id }: PopulationStatement,
  folder: string,
): Promise<{ folder: string; files: string[] }> {
  const log = await wholeLog(database, known);
  const isIt = (e: LogEntry) => e.statement.predicateType === POPULATION_TYPE && populationIn(e.statement).id === id;
  const entry = log.entries.find(isIt);
  if (!entry) throw new ShipshapeError("evidence-unknown", { id });
  const reports = populationReports(populationIn(entry.statement));
  return write(log, known.origin, folder, [{ entry, id, kind: "population" }], [], reports);
}

/** Errors: evidence-log-damaged. */
async function wholeLog(database: Database, known: KnownLog): Promise<EvidenceLog> {
  const log = await readLog(database, known);
  const untrue = log.problems.find((p) => p.lost?.position === Infinity);
  if (untrue) throw new ShipshapeError("evidence-log-damaged", { reason: untrue.what });
  return log;
}

async function write(
  log: EvidenceLog,
  origin: string,
  folder: string,
  statements: { entry: LogEntry; id: string; kind: string }[],
  earlier: LogEntry[],
  reports: ReadonlyMap<string, string>,
  olderNote?: string,
): Promise<{ folder: string; files: string[] }> {
  const head = log.head as Head; // there are statements under it
  const size = head.checkpoint.size;
  const inLog = async (entry: LogEntry, kind: string) => ({
    file: envelopeFile(kind),
    leafIndex: entry.position,
    inclusion: (await inclusionProof(entry.position, size, log.tree)).map(base64),
  });
  const changes = log.entries.filter((e) => e.statement.predicateType === KEY_CHANGE_TYPE);
  const proofs: Proofs = {
    treeSize: size,
    statements: await Promise.all(statements.map(async (s) => ({ id: s.id, ...(await inLog(s.entry, s.kind)) }))),
    earlier: await Promise.all(earlier.map((entry, i) => inLog(entry, `earlier-${i + 1}`))),
    keyChanges: await Promise.all(changes.map((change, i) => inLog(change, `key-change-${i + 1}`))),
    ...(olderNote === undefined ? {} : { consistency: await consistency(log, origin, olderNote, size) }),
  };
  const files = new Map<string, string>([
    [evidenceFiles.checkpoint, head.note],
    [evidenceFiles.verifierKey, `${currentKey(log.history).verifierKey}\n`],
    [evidenceFiles.proofs, proofsText(proofs)],
    ...reports,
    [evidenceFiles.attributes, attributesText],
    ...[...proofs.statements, ...proofs.earlier, ...proofs.keyChanges].map((p, i): [string, string] => [
      p.file,
      ([...statements.map((s) => s.entry), ...earlier, ...changes][i] as LogEntry).envelope,
    ]),
  ]);
  writeFolder(folder, files);
  return { folder, files: [...files.keys()].sort() };
}

async function consistency(
  log: EvidenceLog,
  origin: string,
  olderNote: string,
  size: number,
): Promise<NonNullable<Proofs["consistency"]>> {
  const older = openOlder(olderNote, origin, log);
  return { olderSize: older, hashes: (await consistencyProof(older, size, log.tree)).map(base64) };
}

function openOlder(note: string, origin: string, log: EvidenceLog): number {
  try {
    const { size } = openCheckpointBy(note, origin, log.history);
    if (size > (log.head?.checkpoint.size ?? 0)) throw new Error(`it covers ${size} statements, more than the log has`);
    return size;
  } catch (error) {
    throw new ShipshapeError("usage", {
      problem: `the older checkpoint does not match this log: ${(error as Error).message}`,
      command: "shipshape evidence export",
    });
  }
}

const base64 = (hash: Buffer) => hash.toString("base64");
