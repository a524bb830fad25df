import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signCheckpoint } from "../../automation/evidence/checkpoint";
import { sealStatement, STATEMENT_TYPE, type Statement } from "../../automation/evidence/envelope";
import { leafHash, nodesOver, rootOf, type Hash } from "../../automation/evidence/merkle-tree";
import { checkpointName, statementName } from "../../automation/evidence/publication";
import { publishedFolder } from "../../automation/evidence/published-folder";
import { readPublishedLog } from "../../automation/evidence/published-log";
import { heldKey } from "../../automation/evidence/signing-key";
import type { Measure, Taken } from "./measure";

const count = 100_000;
const origin = "shipshape.bench/evidence";

/** A published log of drills, verified offline: what an auditor does with the whole of it. */
export const verification: Measure = {
  name: `verify ${count.toLocaleString("en")} statements offline`,
  ours: "`readPublishedLog`: every statement, the tree, the signed heads",
  floor: "read the same files and hash their bytes once with SHA-256",
  runs: 3,
  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-evidence-"));
    const key = heldKey(generateKeyPairSync("ed25519").privateKey);
    const statements = join(folder, "statements");
    for (const one of [statements, join(folder, "checkpoints")]) mkdirSync(one);
    const leaves: Hash[] = [];
    for (let position = 0; position < count; position++) {
      const envelope = await sealStatement(drill(position), key);
      const leaf = leafHash(Buffer.from(envelope));
      writeFileSync(join(statements, statementName(position, leaf)), envelope);
      leaves.push(leaf);
    }
    const note = await signCheckpoint({ origin, size: count, root: await rootOf(count, nodesOver(leaves)) }, key);
    writeFileSync(join(folder, "checkpoints", checkpointName(count, note)), note);
    return {
      ours: () => timed(() => readPublishedLog(publishedFolder(folder), { origin, key: key.key })),
      floor: () =>
        timed(() => {
          for (const name of readdirSync(statements))
            createHash("sha256")
              .update(readFileSync(join(statements, name)))
              .digest();
        }),
      after: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

async function timed(work: () => unknown): Promise<Taken> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** As large as the verdict of a drill: about 6 kB. */
const drill = (position: number): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [
    {
      name: `urn:shipshape:run:bench-${position}`,
      digest: { sha256: createHash("sha256").update(`${position}`).digest("hex") },
    },
  ],
  predicateType: "urn:shipshape:evidence:restore-drill:verdict:v2",
  predicate: {
    requestId: `bench-${position}`,
    plan: "p".repeat(2000),
    outcome: "o".repeat(1000),
    checks: "c".repeat(1500),
    issuedAt: "2026-01-01T00:00:00.000Z",
    expiresOn: "2026-02-01T00:00:00.000Z",
  },
});
