/** Pure: whether the copy contains what it must, and is sound. */
import type { Check } from "../../records";
import type { AssertionResult } from "../../targets/assertion-run";
import type { CatalogLosses } from "../../targets/catalog-comparison";
import type { CatalogInventory } from "../../targets/catalog-inventory";
import { assertionRowsMax, namedMax, sequencesMax } from "../../targets/limits";
import type { ComparedSequences } from "../../targets/sequences";
import type { Remainder, StructureReport } from "../../targets/structure-verification";
import type { ComparedCatalogs, Found, Undecided } from "./outcome";
import type { RestoreDrillPlan } from "./plan";

export function structure({ structure: budget }: RestoreDrillPlan, report: StructureReport): Check {
  const { left, unread, skipped, structureOnly, damages, otherDatabases, bytesChecked } = report;
  const { secondsMax, bytesMax, coverageMin, coverageDays } = budget;
  const covered = bytesChecked + report.unreadBytesVerified;
  const coverage = coverageOf(covered, bytesChecked + unread.bytes + left.bytes);
  const figures = {
    relationsChecked: report.relationsChecked,
    bytesChecked,
    relationsLeft: left.count,
    bytesLeft: left.bytes,
    relationsUnread: unread.count,
    bytesUnread: unread.bytes,
    coverage,
    coverageMin,
    secondsMax,
    bytesMax,
    relationsStructureOnly: structureOnly.count,
    relationsSkipped: skipped.count,
    damages: damages.length,
  };
  const base = { name: "heaps-and-indexes-are-sound", figures };
  const not = (what: string, remainder: Remainder) =>
    remainder.count ? `${remainder.count} ${what}: ${namesOf(remainder)}` : "";
  if (damages.length)
    return { ...base, verdict: "fail", explanation: damages.map((d) => `${d.relation}: ${d.problem}`).join("; ") };
  if (!report.available)
    return { ...base, verdict: "inconclusive", explanation: `amcheck could not be used: ${report.unavailableReason}` };
  if (left.count) return { ...base, verdict: "inconclusive", explanation: not("could not be checked", left) };
  if (report.relationsChecked === 0)
    return { ...base, verdict: "inconclusive", explanation: "no heap or index was checked" };
  const share = `${Math.floor(Math.round(coverage * 1000) / 10)} % of all bytes were read in the last ${coverageDays} days, this drill included; the tier asks for ${Math.round(coverageMin * 100)} %`;
  if (coverage < coverageMin)
    return {
      ...base,
      verdict: "inconclusive",
      explanation: `${share}. ${not("exceeded the budget", unread)}; the next drill begins with these: give it more with --structure-seconds or --structure-gib`,
    };
  const explanation = [
    unread.count
      ? `the heaps and B-tree indexes of database ${report.database} that were read are sound; ${share}`
      : `every heap and every B-tree index of database ${report.database} was read and is sound`,
    not("exceeded the budget", unread),
    not("checked only structurally", structureOnly),
    not("not checked", skipped),
    otherDatabases.length ? `not checked: the instance's other databases ${otherDatabases.join(", ")}` : "",
  ];
  return { ...base, verdict: "pass", explanation: explanation.filter(Boolean).join("; ") };
}

/** Rounded down: what is almost enough is not enough. */
const coverageOf = (covered: number, all: number) => (all === 0 ? 1 : Math.floor((covered / all) * 1000) / 1000);

function namesOf({ count, named }: Remainder): string {
  const names = named.map(({ relation, problem }) => `${relation} (${problem})`);
  return [...names, ...(count > named.length ? [`and ${count - named.length} more`] : [])].join(", ");
}

export function inventory({ source, catalog: compared }: Found): Check {
  const name = "catalog-equals-source";
  for (const one of [source?.before, source?.after, compared])
    if (one && "undecided" in one) return { name, verdict: "inconclusive", explanation: one.undecided, figures: {} };
  const { restored: copy, missing, losses } = compared as ComparedCatalogs;
  const entries = Object.values(copy.counts).reduce((a, b) => a + b, 0);
  const lost = losses?.lost ?? [];
  const more = (losses?.lostCount ?? 0) > lost.length ? ` and ${losses!.lostCount - lost.length} more` : "";
  const digests = source as { before: CatalogInventory; after: CatalogInventory } | null;
  const figures = {
    ...(digests && { sourceDigest: digests.before.digest, sourceAfterDigest: digests.after.digest }),
    restoredDigest: copy.digest,
    entries,
    ...(losses && { entriesCompared: losses.compared }),
    lost: [...missing, ...lost].join(", ") + more || null,
  };
  if (entries === 0) return { name, verdict: "inconclusive", explanation: "no catalog entry was read", figures };
  if (missing.length > 0) {
    const explanation = `the copy refers to roles that it lacks: ${[...missing, ...lost].join(", ")}${more}`;
    return { name, verdict: "fail", explanation, figures };
  }
  if (!digests) return datedInventory(name, losses, `${lost.join(", ")}${more}`, figures);
  const { before, after } = digests;
  const kinds = [...new Set([before, after, copy].flatMap(({ digests: of }) => Object.keys(of)))].sort();
  const named = lost.length > 0 ? `: ${lost.join(", ")}${more}` : "";
  // The target is between the two inventories of the source: if they are equal, the copy must equal them too.
  const differing = kinds.filter(
    (kind) => before.digests[kind] === after.digests[kind] && copy.digests[kind] !== before.digests[kind],
  );
  if (differing.length)
    return {
      name,
      verdict: "fail",
      explanation: `the catalog differs from the source's in: ${differing.join(", ")}${named && `; lost or changed${named}`}`,
      figures,
    };
  const open = kinds.filter((kind) => ![before.digests[kind], after.digests[kind]].includes(copy.digests[kind]));
  if (open.length) {
    const explanation = `the source's own catalog changed while the target was bracketed, and the restored one differs in: ${open.join(", ")}; drill again`;
    return { name, verdict: "inconclusive", explanation, figures };
  }
  return { name, verdict: "pass", explanation: `the catalog's ${entries} entries equal those of the source`, figures };
}

/** The source has changed since: only what was written before and has not changed must be in the copy. */
function datedInventory(name: string, losses: CatalogLosses | null, lost: string, figures: Check["figures"]): Check {
  if (!losses) {
    const explanation =
      "the source keeps no commit timestamps: which of its entries are older than the copy is unknown";
    return { name, verdict: "inconclusive", explanation, figures };
  }
  return losses.lostCount > 0
    ? { name, verdict: "fail", explanation: `the copy lacks what the source had by then: ${lost}`, figures }
    : {
        name,
        verdict: losses.compared > 0 ? "pass" : "inconclusive",
        explanation: `the copy has the ${losses.compared} entries of the source's catalog that were written by then and have not changed since`,
        figures,
      };
}

export function sequences(found: ComparedSequences | Undecided): Check {
  const name = "sequences-continue";
  if ("undecided" in found) return { name, verdict: "inconclusive", explanation: found.undecided, figures: {} };
  const { behindSource, behindRows, unreadable, comparedWithSource } = found;
  const lost = behindRows.filter((s) => s.wasInSource === false).map((s) => s.name);
  const unknown = behindRows.filter((s) => s.wasInSource === null).map((s) => s.name);
  const own = behindRows.filter((s) => s.wasInSource).map((s) => s.name);
  const figures = {
    sequences: found.sequences,
    comparedWithSource,
    behindSource: behindSource.length,
    behindRows: behindRows.length,
    unreadable: unreadable.length,
  };
  if (behindSource.length > 0 || lost.length > 0) {
    const explanation = [
      behindSource.length > 0 ? `behind the source's at the recovery target: ${listed(behindSource)}` : "",
      lost.length > 0 ? `behind the rows that they number: ${listed(lost)}` : "",
    ];
    return { name, verdict: "fail", explanation: explanation.filter(Boolean).join("; "), figures };
  }
  if (unknown.length > 0 || unreadable.length > 0) {
    const explanation = [
      unknown.length > 0 ? `behind the rows that they number, perhaps in the source, too: ${listed(unknown)}` : "",
      unreadable.length > 0 ? `the rows that they number could not be read: ${listed(unreadable)}` : "",
      "let the role shipshape read these sequences in the source (grant select), and drill again",
    ];
    return { name, verdict: "inconclusive", explanation: explanation.filter(Boolean).join("; "), figures };
  }
  const explanation = [
    "no sequence is behind the rows that it numbers",
    own.length > 0 ? `but for some that are so in the source, too: ${listed(own)}` : "",
    `sequences: ${found.sequences}, of them compared with the source's: ${comparedWithSource}`,
    found.sequences < sequencesMax ? "" : `not looked at: any after the first ${sequencesMax}`,
  ];
  return { name, verdict: "pass", explanation: explanation.filter(Boolean).join("; "), figures };
}

const listed = (names: string[]) =>
  [...names.slice(0, namedMax), ...(names.length > namedMax ? [`and ${names.length - namedMax} more`] : [])].join(", ");

export function assertion(assertionName: string, result: AssertionResult | undefined): Check {
  const name = `assertion-${assertionName}`;
  if (!result || result.rows === null)
    return {
      name,
      verdict: "inconclusive",
      explanation: `it could not be decided: ${result?.problem ?? "it was not run"}`,
      figures: { seconds: result?.seconds ?? null },
    };
  const { rows, seconds } = result;
  const count =
    rows > assertionRowsMax ? `more than ${assertionRowsMax} rows contradict it` : `${rows} rows contradict it`;
  return {
    name,
    verdict: rows === 0 ? "pass" : "fail",
    explanation: rows === 0 ? "no row contradicts it" : rows === 1 ? "1 row contradicts it" : count,
    figures: { rows, seconds },
  };
}
