/** Evidence of one request as a folder that anybody can verify offline, without access to us. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { openCheckpoint, parseVerifierKey, verifierKey } from "./checkpoint";
import { latestCheckpoint, nodeReader, type EvidenceRow, type Signer } from "./ledger";
import { consistencyProof, inclusionProof } from "./merkle-tree";
import { reportOf } from "./report";

/** The proofs of a folder, as JSON: hashes in base64, lowest first. */
export interface Proofs {
  treeSize: number;
  statements: { id: string; file: string; leafIndex: number; inclusion: string[] }[];
  /** From an older checkpoint that the auditor kept to the one in the folder. */
  consistency?: { olderSize: number; hashes: string[] };
}

export const evidenceFiles = { checkpoint: "checkpoint", verifierKey: "verifier-key", proofs: "proofs.json", report: "report.md" } as const;

/** Writes the folder. It is made if need be; files of the same names are replaced. Errors: evidence-unknown. */
export async function exportEvidence(
  database: Database,
  signer: Signer,
  requestId: string,
  folder: string,
  olderNote?: string,
): Promise<{ folder: string; files: string[] }> {
  const rows = await database.query<EvidenceRow>("select * from evidence where request_id = $1 order by log_index", [requestId]);
  const checkpoint = await latestCheckpoint(database);
  if (rows.length === 0 || !checkpoint) throw new ShipshapeError("evidence-unknown", { id: requestId });
  const key = verifierKey(signer.origin, signer.key);
  const read = nodeReader(database);
  const older = olderNote === undefined ? undefined : openCheckpoint(olderNote, parseVerifierKey(key)).size;
  const proofs: Proofs = {
    treeSize: checkpoint.size,
    statements: await Promise.all(
      rows.map(async (r) => ({
        id: r.id,
        file: `${r.kind}.envelope.json`,
        leafIndex: Number(r.log_index),
        inclusion: (await inclusionProof(Number(r.log_index), checkpoint.size, read)).map(base64),
      })),
    ),
    ...(older === undefined ? {} : { consistency: { olderSize: older, hashes: (await consistencyProof(older, checkpoint.size, read)).map(base64) } }),
  };
  const files: Record<string, string> = {
    [evidenceFiles.checkpoint]: checkpoint.note,
    [evidenceFiles.verifierKey]: `${key}\n`,
    [evidenceFiles.proofs]: `${JSON.stringify(proofs, undefined, 2)}\n`,
    [evidenceFiles.report]: reportOf(rows),
    ...Object.fromEntries(rows.map((r) => [`${r.kind}.envelope.json`, r.envelope])),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return { folder, files: Object.keys(files).sort() };
}

const base64 = (hash: Buffer) => hash.toString("base64");
