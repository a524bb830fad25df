import { tiersOf, type Standard } from "../../components/standards/standard";
import { ShipshapeError } from "../errors";
import { namesOf } from "../fleet-records";
import type { FleetMember } from "../observability/fleet";
import type { Recoverability } from "../records";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { expectedLine } from "./expected-changes";
import { dayOf, declaredText, lookAtFleet, lookLines, lookRecord, memberRecord } from "./fleet-look";
import { recoveryWord } from "./status";
import { entries } from "./layout";

export interface FleetOptions {
  database?: string;
  owner?: string;
  tier?: string;
  recovery?: Recoverability;
  undeclared?: boolean;
  json?: boolean;
}

/** Errors: usage. */
function requireTier(tier: string, standard: Standard): void {
  const known: readonly string[] = tiersOf(standard);
  if (known.includes(tier)) return;
  const problem = `--tier: there is no tier "${tier}", only ${known.join(", ")}`;
  throw new ShipshapeError("usage", { problem, command: "shipshape fleet" });
}

/** `shipshape fleet`: every database that the cloud has or a stack declares; exit code 1 if something was not read. */
export async function fleet(options: FleetOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  if (options.tier !== undefined) {
    const { readStandard } = await import("../configuration/configuration");
    requireTier(options.tier, readStandard(context.settings.configurationFile));
  }
  const look = await lookAtFleet(context);
  const { members, unread, lookedAt } = look.status;
  if (unread.length > 0) process.exitCode = 1;
  const shown = members.filter(
    (m) =>
      (options.database === undefined || m.database.identifier === options.database) &&
      (options.recovery === undefined || m.recoverability === options.recovery) &&
      (options.owner === undefined || m.owner === options.owner) &&
      (options.tier === undefined || m.tier === options.tier) &&
      (!options.undeclared || m.declaredBy.length === 0 || m.declaredBy === "unknown"),
  );
  if (options.json) return terminal.json("fleet", { ...lookRecord(look), databases: shown.map(memberRecord) });
  const nameOf = namesOf(members.map((m) => m.database));
  const nextDrill = ({ nextDrill: next }: FleetMember) => {
    if (!next?.dueAt) return "-";
    return next.dueAt <= lookedAt ? "now" : dayOf(next.dueAt);
  };
  const until = (m: FleetMember) =>
    m.copy?.expiresOn ??
    dayOf(m.recoverability === "fresh" || m.recoverability === "stale" ? m.decidedBy?.expiresOn : undefined);
  const lines = entries(
    ["RECOVERY", "UNTIL     ", "NEXT DRILL", "FINDINGS", "DATABASE"],
    shown.map((m) => ({
      cells: [recoveryWord(m.recoverability, terminal), until(m), nextDrill(m), String(m.openFindings || "-")],
      name: printable(nameOf(m.database)),
      text: printable(
        [
          `${m.owner ?? "no owner"}, ${m.tier ?? "no tier"}, ${m.environment ?? "no environment"}; ${declaredText(m)}`,
          ...(m.copy ? [m.reason] : []),
          ...m.expectedChanges.map((e) => `${expectedLine(e)} (request ${e.requestId})`),
        ].join("; "),
      ),
    })),
    terminal.columns,
  );
  for (const line of lookLines(look, terminal)) terminal.say(line);
  terminal.say();
  if (shown.length === 0) terminal.say(members.length === 0 ? "no databases" : `none of ${members.length} databases`);
  else for (const line of lines) terminal.say(line);
}
