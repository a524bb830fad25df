/** The report about a period as HTML, from exactly what the JSON report says. */
import { type Html, markup } from "./markup";
import type { PopulationMember } from "./population";
import type { PopulationStatement } from "./population-statement";
import { badge, facts, list, page } from "./report-page";
import { reportDigest } from "./run-report";

export function populationPage(report: PopulationStatement): string {
  const { period, scopes, databases, totals, standards, unread, basis, restsOn, requestedBy, toolVersions } =
    report.content;
  const held = standards?.map(({ name, version, digest }) => `${name} ${version}, SHA-256 ${digest}`).join("; ");
  const gone = databases.filter((d) => d.goneBy !== null).length;
  return page(`Restore drills from ${moment(period.from)} to ${moment(period.until)}`, reportDigest(report), [
    facts([
      ["databases", `${totals.databases}; never drilled: ${totals.neverDrilled}; gone: ${gone}`],
      ["drills due", `${totals.due}: ${totals.done} done, ${totals.late} late, ${totals.missing} missing`],
      ["failed", `${totals.failed} of the drills named here`],
      ["statement", `${report.id}, issued ${report.issuedAt}`],
      ["requested by", requestedBy],
      ["standard", held || "not known"],
      ["rests on", `log ${restsOn.origin}, ${restsOn.treeSize} statements, root ${restsOn.root}`],
    ]),
    heading("What could not be read"),
    unread.length === 0
      ? markup`<p>Nothing: every source was read.</p>`
      : markup`<ul>${unread.map((what) => markup`<li>${what}</li>`)}</ul>`,
    heading("Where databases were looked for"),
    scopes.length === 0
      ? markup`<p>Nowhere: the cloud was never seen.</p>`
      : list(
          ["account", "Region", "first seen", "last seen", "not seen in the period"],
          scopes.map((s) => [
            s.account,
            s.region,
            moment(s.firstSighting),
            moment(s.lastSighting),
            s.unseen.map((gap) => `${moment(gap.from)} to ${moment(gap.until)}`).join("; ") || "never for long",
          ]),
        ),
    heading("Databases"),
    list(
      ["database", "tier", "counted", "every", "due", "done", "late", "missing"],
      databases.map((d) => [
        named(d),
        `${d.tier ?? "unknown"}, ${d.environment ?? "unknown"}`,
        `${moment(d.firstSeen)} to ${d.goneBy === null ? "the end" : `${moment(d.lastSeen)}, gone by ${moment(d.goneBy)}`}`,
        `${d.drillEveryDays} days`,
        ...[d.due, ...(["done", "late", "missing"] as const).map((s) => d.due.filter((one) => one.status === s))].map(
          (some) => String(some.length),
        ),
      ]),
    ),
    heading("Drills that were due"),
    list(
      ["database", "due", "result", "drill", "verdict", "sealed"],
      databases.flatMap((d) =>
        d.due.map(({ dueAt, status, drill }) => [
          named(d),
          moment(dueAt),
          badge(status),
          drill?.requestId ?? "",
          drill ? badge(drill.verdict) : "",
          drill ? moment(drill.issuedAt) : "",
        ]),
      ),
    ),
    ...othersOf(databases),
    heading("What this rests on"),
    markup`<ul>${basis.map((one) => markup`<li>${one}</li>`)}</ul>`,
    facts(Object.entries(toolVersions)),
  ]);
}

function othersOf(databases: PopulationMember[]): Html[] {
  const rows = databases.flatMap((d) =>
    d.others.map((one) => [
      named(d),
      one.requestId,
      badge(one.verdict),
      moment(one.issuedAt),
      one.isDecided ? "further, or for a later day" : "it decided nothing",
    ]),
  );
  return rows.length === 0
    ? []
    : [heading("Other drills in the period"), list(["database", "drill", "verdict", "sealed", ""], rows)];
}

const heading = (text: string) => markup`<h2>${text}</h2>`;
const named = (d: PopulationMember) => `${d.identifier} (${d.resourceId})`;
const moment = (at: string) => at.slice(0, 16).replace("T", " ");
