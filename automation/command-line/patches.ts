import type { PatchLevel, PatchStatus } from "../patches/patch-levels";
import { ShipshapeError } from "../errors";
import type { OpenTrain } from "../patches/next-train";
import type { ControlPlaneRecords } from "../control-plane-records";
import type { Settings } from "../settings";
import { namesOf, unreachableText } from "../fleet-records";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { entries, wrapped } from "./layout";
import { withRecords } from "./open-records";
import type { Terminal } from "./terminal";

export interface PatchesOptions {
  database?: string;
  owner?: string;
  level?: PatchLevel;
  json?: boolean;
}

/**
 * `shipshape patches`: the version of each database of the fleet; exit code 1 if a place was not reached, or a database
 * runs a version that is not approved or no longer supported.
 */
export async function patches(options: PatchesOptions, { settings, terminal }: CommandContext): Promise<void> {
  const [{ readLocations, readStandard }, { fleetVersions }, { patchStatuses }] = await Promise.all([
    import("../configuration/configuration"),
    import("../targets/offered-versions"),
    import("../patches/patch-levels"),
  ]);
  const standard = readStandard(settings.configurationFile);
  const { databases, offers, unreachable } = await fleetVersions(readLocations(settings.configurationFile));
  const known = await knownTo(settings);
  const offerOf = ({ account, region }: { account: string; region: string }) =>
    offers.find((one) => one.region === region && (one.account ?? account) === account)?.offered;
  const today = new Date().toISOString().slice(0, 10);
  const all = patchStatuses(databases, offerOf, standard, today, known.trains, known.replacedBy);
  const shown = all.filter(
    (one) =>
      (options.database === undefined || one.database.identifier === options.database) &&
      (options.owner === undefined || one.owner === options.owner) &&
      (options.level === undefined || one.level === options.level),
  );
  if (unreachable.length > 0 || shown.some(({ level }) => level === "not-approved" || level === "unsupported"))
    process.exitCode = 1;
  if (options.json) return terminal.json("patches", { databases: shown, trainsUnread: known.unread, unreachable });
  for (const one of unreachable)
    for (const line of wrapped(
      terminal.style("red", "not read:"),
      printable(unreachableText(one)),
      "  ",
      terminal.columns,
    ))
      terminal.say(line);
  if (shown.length === 0) return terminal.say(all.length === 0 ? "no databases" : `none of ${all.length} databases`);
  for (const line of lines(shown, terminal)) terminal.say(line);
  if (known.unread !== null) terminal.say(printable(`trains and replaced instances are not read: ${known.unread}`));
}

/** Trains, and what a switchover has replaced, are in the control plane; what RDS says can be read without one. */
async function knownTo(settings: Settings): Promise<Known> {
  try {
    return await withRecords(settings, async (records) => ({
      trains: await records.openTrains(),
      replacedBy: await records.replacedOf(),
      unread: null,
    }));
  } catch (error) {
    if (error instanceof ShipshapeError) return { trains: [], unread: error.message };
    throw error;
  }
}

interface Known {
  trains: OpenTrain[];
  replacedBy?: Awaited<ReturnType<ControlPlaneRecords["replacedOf"]>>;
  unread: string | null;
}

function lines(shown: PatchStatus[], terminal: Terminal): string[] {
  const nameOf = namesOf(shown.map(({ database }) => database));
  return entries(
    ["LEVEL       ", "RUNS ", "NEWEST", "BEHIND  ", "SUPPORT TO", "DATABASE"],
    shown.map((one) => ({
      cells: [word(one.level, terminal), one.engineVersion, one.newestMinor, behind(one), one.supportEnds ?? "unknown"],
      name: printable(nameOf(one.database)),
      text: printable(
        [
          `${one.owner ?? "no owner"}, ${one.tier ?? "no tier"}, ${one.environment ?? "no environment"}`,
          ...one.reasons,
          ...nextText(one),
          ...one.notices,
        ].join("; "),
      ),
    })),
    terminal.columns,
  );
}

const nextText = ({ nextTrain: next }: PatchStatus): string[] =>
  next ? [`train ${next.id} takes it to ${next.to}, in ring ${next.ring}, which is ${next.state}`] : [];

/** In days where the release's day is known: minors come at no fixed pace. */
const behind = ({ minorsBehind, daysBehind }: PatchStatus): string =>
  minorsBehind === 0
    ? "-"
    : daysBehind === null
      ? `${minorsBehind} minor${minorsBehind === 1 ? "" : "s"}`
      : `${daysBehind} day${daysBehind === 1 ? "" : "s"}`;

const word = (level: PatchLevel, terminal: Terminal): string =>
  terminal.style(
    level === "current" ? "green" : level === "behind" ? "yellow" : level === "replaced" ? "dim" : "red",
    level,
  );
