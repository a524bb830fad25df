/** What the evidence log says of databases as masked copies, for the guardrail that wants a proof of it. */
import type { CopyProof, RuleSettings } from "../../policypacks/database-guardrails/judging/rule";
import type { Resource } from "../../policypacks/database-guardrails/vocabulary/resource";
import { copyStandings } from "../copy-standing";
import { reasonOf } from "../errors";
import { targetDatabase } from "../fleet-records";
import { readEvidence } from "./evidence-log";
import { withRecords } from "./open-records";
import type { Settings } from "../settings";
import type { Terminal } from "./terminal";

/** Where no control plane is named, nothing is known; where it cannot be read, that is said, too. */
export async function copyProofs(
  settings: Settings,
  terminal: Pick<Terminal, "progress">,
): Promise<{ copyProofOf: RuleSettings["copyProofOf"]; unread: string[] }> {
  if (settings.controlPlane.databaseUrl === undefined) return { copyProofOf: undefined, unread: [] };
  try {
    const log = await withRecords(settings, ({ database }) => readEvidence(settings, database, terminal));
    const standingOf = copyStandings(log, new Date());
    return { copyProofOf: (database) => proofIn(standingOf, database), unread: [] };
  } catch (error) {
    return {
      copyProofOf: undefined,
      unread: [`not read, so no masked copy is proven: the evidence log: ${reasonOf(error)}`],
    };
  }
}

function proofIn(standingOf: ReturnType<typeof copyStandings>, database: Resource): CopyProof {
  const [resourceId, arn] = [database.text("resourceId") ?? "", database.urn];
  const found = standingOf(targetDatabase({ identifier: database.name, resourceId, arn }));
  if (found.standing === "proven") return { word: "proven", reason: `refresh ${found.copy.requestId} has made it` };
  const isRefuted = found.standing === "expired" || found.standing === "withdrawn";
  return { word: isRefuted ? "refuted" : found.standing === "none" ? "none" : "unknown", reason: found.reason };
}
