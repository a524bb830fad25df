/** Evidence of one request as a folder that anyone can verify offline, without access to the control plane. */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { KEY_CHANGE_TYPE, currentKey, openCheckpointBy } from "./key-history";
import { attributesText, envelopeFile, evidenceFiles, proofsText, writeFolder, type Proofs } from "./folder";
import type { KnownLog } from "./log-head";
import { consistencyProof, inclusionProof } from "./merkle-tree";
import { earlierThan, readLog, statementsOf, type EvidenceLog, type LogEntry } from "./reading";
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
  const log = await readLog(database, known);
  const untrue = log.problems.find((p) => p.lost?.position === Infinity);
  if (untrue) throw new ShipshapeError("evidence-log-damaged", { reason: untrue.what });
  const statements = statementsOf(log, requestId);
  if (statements.length === 0 || !log.head) throw new ShipshapeError("evidence-unknown", { id: requestId });
  const size = log.head.checkpoint.size;
  const inLog = async (entry: LogEntry, kind: string) => ({
    file: envelopeFile(kind),
    leafIndex: entry.position,
    inclusion: (await inclusionProof(entry.position, size, log.tree)).map(base64),
  });
  const earlier = earlierThan(log, statements);
  const changes = log.entries.filter((e) => e.statement.predicateType === KEY_CHANGE_TYPE);
  const proofs: Proofs = {
    treeSize: size,
    statements: await Promise.all(statements.map(async (s) => ({ id: s.run.id, ...(await inLog(s, s.run.kind)) }))),
    earlier: await Promise.all(earlier.map((entry, i) => inLog(entry, `earlier-${i + 1}`))),
    keyChanges: await Promise.all(changes.map((change, i) => inLog(change, `key-change-${i + 1}`))),
    ...(olderNote === undefined ? {} : { consistency: await consistency(log, known.origin, olderNote, size) }),
  };
  const files = new Map<string, string>([
    [evidenceFiles.checkpoint, log.head.note],
    [evidenceFiles.verifierKey, `${currentKey(log.history).verifierKey}\n`],
    [evidenceFiles.proofs, proofsText(proofs)],
    ...runReports(statements, earlier),
    [evidenceFiles.attributes, attributesText],
    ...[...proofs.statements, ...proofs.earlier, ...proofs.keyChanges].map((p, i): [string, string] => [
      p.file,
      ([...statements, ...earlier, ...changes][i] as LogEntry).envelope,
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
