/** One look at the whole fleet, for the commands that show it: where, when, and what could not be read. */
import type { LogContent } from "../evidence/reading";
import type { FleetStatus } from "../fleet";
import type { FleetMember } from "../observability/fleet";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { readEvidence } from "./evidence-log";
import { cloudRecord, cloudTexts } from "./queried-clouds";
import { fleetToday, stackContext, withRecords } from "./open-records";
import { wrapped } from "./layout";
import type { Terminal } from "./terminal";

export interface Look {
  status: FleetStatus;
  log: LogContent;
  /** The log's name in checkpoints. */
  origin: string;
}

export const lookAtFleet = ({ settings, terminal }: CommandContext): Promise<Look> =>
  withRecords(settings, async (records) => {
    const log = await readEvidence(settings, records.database, terminal);
    const { stackOwnership } = await import("../configuration/owned-stacks");
    const stacks = { ...stackContext(settings), ownershipOf: stackOwnership(settings.configurationFile) };
    const status = await records.fleet(log, await fleetToday(settings), stacks, new Date());
    return { status, log, origin: settings.controlPlane.evidenceOrigin };
  });

/** For machines: what the answer rests on. */
export const lookRecord = ({ status: { lookedAt, cloud, stacks, unread }, log, origin }: Look) => ({
  lookedAt,
  ...cloudRecord(cloud),
  backend: { url: stacks.backend ?? null, stacks: stacks.asked ? stacks.stacks.length : null },
  evidenceLog: {
    origin,
    size: log.head?.checkpoint.size ?? 0,
    rootHash: log.head?.checkpoint.root.toString("base64") ?? null,
  },
  unread,
});

/** The same for people. */
export function lookLines(
  { status: { lookedAt, cloud, stacks, unread }, log, origin }: Look,
  terminal: Terminal,
): string[] {
  const head = log.head?.checkpoint;
  const parts = [
    ["as of", `${lookedAt.toISOString().slice(0, 19)}Z`],
    ...cloudTexts(cloud).map((text, at) => [at === 0 ? "cloud" : "", text]),
    ["stacks", stacks.asked ? `${stacks.stacks.length} of ${stacks.backend}` : "not read"],
    [
      "evidence",
      head
        ? `log ${origin}, head of ${head.size} statements, root hash ${head.root.toString("base64")}`
        : `log ${origin}, which is empty`,
    ],
  ] as [string, string][];
  return [
    ...parts.flatMap(([label, text]) => wrapped(label.padEnd(9), printable(text), " ".repeat(10), terminal.columns)),
    ...unread.flatMap((what) =>
      wrapped(terminal.style("red", "not read:"), printable(what), " ".repeat(10), terminal.columns),
    ),
  ];
}

/** "stack shipshape/database.orders-production, ours", or "undeclared". */
export function declaredText({ declaredBy, isStandard, ownership }: FleetMember): string {
  if (declaredBy === "unknown") return "declared by a stack that could not be read, or by none";
  if (declaredBy.length === 0) return "undeclared";
  const stacks = declaredBy.length === 1 ? "stack" : `declared by ${declaredBy.length} stacks:`;
  const owned = { ours: ", ours", delivered: ", changes are delivered", unknown: ", ours or not is unknown" };
  return `${stacks} ${declaredBy.join(", ")}${ownership ? owned[ownership] : ""}${isStandard ? "" : ", without the standard"}`;
}

export const memberRecord = (m: FleetMember) => ({
  database: m.database,
  owner: m.owner ?? null,
  tier: m.tier ?? null,
  environment: m.environment ?? null,
  declaredBy: m.declaredBy === "unknown" ? null : m.declaredBy,
  isStandard: m.isStandard,
  ownership: m.ownership ?? null,
  recoverability: m.recoverability,
  reason: m.reason,
  drill: m.decidedBy
    ? {
        requestId: m.decidedBy.requestId,
        verdict: m.decidedBy.verdict,
        issuedAt: m.decidedBy.issuedAt,
        expiresOn: m.decidedBy.expiresOn,
      }
    : null,
  inconclusiveSince: m.beside.map(({ requestId, issuedAt }) => ({ requestId, issuedAt })),
  nextDrill: m.nextDrill ? { dueAt: m.nextDrill.dueAt ?? null, reason: m.nextDrill.reason } : null,
  copy: m.copy ?? null,
  openFindings: m.openFindings,
  expectedChanges: m.expectedChanges.map(({ database: _, stack: __, ...change }) => change),
});

export const dayOf = (at: Date | undefined): string => at?.toISOString().slice(0, 10) ?? "-";
