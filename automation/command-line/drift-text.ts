/** Pure: what `shipshape drift` says to people, by owner, the worst first. */
import { printable } from "../printable";
import { byOwner, severityCounts, type DriftReport, type ShownDatabase, type ShownDifference } from "./drift-report";
import { entries, wrapped } from "./layout";
import { databasesNamedMax, lookedRecentlyHours } from "./limits";
import { minuteOf } from "./run-report";
import type { Terminal } from "./terminal";

export function driftLines(report: DriftReport, terminal: Pick<Terminal, "style" | "columns">): string[] {
  const { differences, left, problems, databases } = report;
  return [
    ...problems.flatMap((what) => wrapped(terminal.style("red", "problem:"), printable(what), "  ", terminal.columns)),
    ...(report.trend === null ? ["Compared in this process: nothing is recorded or sealed."] : trendLines(report)),
    ...(differences.length === 0 ? ["", nothingText(databases)] : []),
    ...byOwner(differences).flatMap(([owner, ones]) => ownerLines(owner, ones, terminal)),
    ...(left > 0 ? ["", `${left} more; \`npx shipshape drift --severity <severity>\` lists fewer at once`] : []),
    ...lookLines(databases, terminal),
  ];
}

const nothingText = (databases: ShownDatabase[]): string => {
  const compared = databases.filter(({ look }) => look === "recent").length;
  return `nothing differs that is known: ${compared} of ${databases.length} databases were compared lately`;
};

function trendLines({ trend }: DriftReport): string[] {
  if (!trend) return [];
  const { since, opened, closed, openThen, openNow } = trend;
  return [`open: ${openNow}; on ${dayOf(since)}: ${openThen}; since then ${opened} opened and ${closed} closed`];
}

const colours = { critical: "red", high: "yellow", medium: "cyan", low: "dim" } as const;

function ownerLines(
  owner: string | null,
  ones: ShownDifference[],
  { style, columns }: Pick<Terminal, "style" | "columns">,
): string[] {
  return [
    "",
    style("bold", `${printable(owner ?? "no owner")}: ${severityCounts(ones)}`),
    ...entries(
      ["SEVERITY", "SINCE (UTC)     ", "DATABASE AND PROPERTY"],
      ones.map((one) => ({
        cells: [style(colours[one.severity], one.severity), one.finding ? minuteOf(one.finding.firstSeen) : "now"],
        name: printable(`${one.database.identifier} ${thingText(one)}`),
        text: printable(differenceText(one)),
      })),
      columns,
    ),
  ];
}

/** Two words, where a line has no room for both. */
export const thingText = ({ name, property }: Pick<ShownDifference, "name" | "property">): string =>
  property !== null && name.endsWith(`.${property}`) ? `${name.slice(0, -property.length - 1)} ${property}` : name;

function differenceText(one: ShownDifference): string {
  const controls = one.controls.length > 0 ? ` (${one.controls.join(", ")})` : "";
  return [
    `${one.class}: ${one.desired} → ${one.actual}`,
    one.reason,
    ...(one.breaks.length > 0 ? [`breaks ${one.breaks.join(", ")}${controls}`] : []),
    ...(one.waivedBy === null ? [] : [`waived: ${one.waivedBy}`]),
    `changed by: ${one.changedBy ?? "not recorded"}`,
    ...(one.finding ? [`finding ${one.finding.id}`] : []),
    `to do: ${one.remedy}`,
  ].join("; ");
}

function lookLines(databases: ShownDatabase[], { style, columns }: Pick<Terminal, "style" | "columns">): string[] {
  const named = (look: ShownDatabase["look"], what: string) => {
    const ones = databases.filter((one) => one.look === look);
    if (ones.length === 0) return [];
    const names = ones.slice(0, databasesNamedMax).map((one) => printable(one.identifier));
    const more = ones.length > names.length ? ` and ${ones.length - names.length} more` : "";
    return wrapped(style("yellow", `${what}:`), `${names.join(", ")}${more}`, "  ", columns);
  };
  const lines = [
    ...named("unreadable", "could not be compared"),
    ...named("never", "never compared"),
    ...named("old", `not compared for ${lookedRecentlyHours} hours`),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
