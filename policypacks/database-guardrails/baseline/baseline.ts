/**
 * Violations that existed when guardrails were introduced. Each entry has a last day; until then what it names advises.
 * A violation that the baseline does not have, also another value of the same property, stops as everywhere.
 */
import { daysBetween } from "../vocabulary/days";
import type { Finding } from "../judging/finding";
import { waiverWarningDays } from "../waivers/waiver";

export interface BaselineEntry {
  rule: string;
  /** A URN, or the ARN of a resource that no stack declares. */
  resource: string;
  property?: string | undefined;
  /** The values that were there: what exists, and what the program declares. */
  found: string[];
  firstSeen: string;
  /** The last day on which it only advises. */
  until: string;
  owner: string;
}

export class Baseline {
  private readonly byKey = new Map<string, BaselineEntry[]>();
  private readonly needed = new Set<BaselineEntry>();

  constructor(
    readonly entries: readonly BaselineEntry[],
    private readonly today: string,
  ) {
    // Those with the fewest values first: another may be needed for a value that only it has.
    for (const entry of [...entries].sort((one, other) => one.found.length - other.found.length))
      this.byKey.set(keyOf(entry), [...(this.byKey.get(keyOf(entry)) ?? []), entry]);
  }

  /**
   * Violations that the baseline has become advisory until their day. Takes everything that was judged together: an
   * entry is for one violation, so a second of the same name and value is new.
   */
  apply(findings: readonly Finding[]): Finding[] {
    const used = new Set<BaselineEntry>();
    return findings.map((finding) => {
      if (finding.kind === "undecided") return finding;
      const entry = this.byKey
        .get(keyOf({ ...finding, resource: finding.urn }))
        ?.find((one) => !used.has(one) && valuesOf(finding).every((value) => one.found.includes(value)));
      if (!entry) return finding;
      used.add(entry);
      this.needed.add(entry);
      return finding.kind === "violation" ? this.inBaseline(finding, entry) : finding;
    });
  }

  private inBaseline(finding: Finding, { until }: BaselineEntry): Finding {
    const daysLeft = daysBetween(this.today, until);
    if (daysLeft < 0) return { ...finding, message: `${finding.message} Its day in the baseline was ${until}.` };
    const ends = daysLeft <= waiverWarningDays ? `, for ${daysLeft} more days` : "";
    return {
      ...finding,
      kind: "baseline",
      level: "advisory",
      baseline: { until, daysLeft },
      message: `${finding.message} In the baseline until ${until}${ends}.`,
    };
  }

  /** Entries whose violation is gone, after everything was judged. One whose value could not be read may still be there. */
  gone(findings: readonly Finding[], wasJudged: (entry: BaselineEntry) => boolean): BaselineEntry[] {
    const undecided = new Set(
      findings.flatMap(({ kind, rule, urn }) => (kind === "undecided" ? [`${rule} ${urn}`] : [])),
    );
    return this.entries.filter(
      (entry) => !this.needed.has(entry) && !undecided.has(`${entry.rule} ${entry.resource}`) && wasJudged(entry),
    );
  }
}

/** Without indexes, because a list may be returned in any order. */
const keyOf = ({ rule, resource, property = "" }: Pick<BaselineEntry, "rule" | "resource" | "property">): string =>
  `${rule} ${resource} ${property.replace(/\[\d+\]/g, "[]")}`;

/** What a violation found: here, and in the program that declares the resource. */
export const valuesOf = ({
  found = "",
  declared = [],
}: {
  found?: string | undefined;
  declared?: string[] | undefined;
}): string[] => [...new Set([found, ...declared])];

/** What a baseline says that an earlier one did not; nothing if it only shrank. */
export function growthOf(now: readonly BaselineEntry[], before: readonly BaselineEntry[]): string[] {
  const left = new Map<string, BaselineEntry[]>();
  for (const entry of before) left.set(keyOf(entry), [...(left.get(keyOf(entry)) ?? []), entry]);
  // Those with the most values and the latest day choose first, and take the earliest that allows them.
  const demanding = [...now].sort(
    (one, other) => other.found.length - one.found.length || (one.until > other.until ? -1 : 1),
  );
  return demanding.flatMap((entry) => {
    const candidates = left.get(keyOf(entry)) ?? [];
    const had = candidates.filter(({ found }) => entry.found.every((value) => found.includes(value)));
    const what = `${entry.rule} on ${entry.resource}`;
    if (had.length === 0) return [`${what}: is new`];
    const same = had
      .filter(({ firstSeen, until }) => firstSeen === entry.firstSeen && until >= entry.until)
      .sort((one, other) => (one.until < other.until ? -1 : 1))[0];
    const taken = same ?? had[0]!;
    left.set(
      keyOf(entry),
      candidates.filter((one) => one !== taken),
    );
    if (same) return [];
    return taken.firstSeen === entry.firstSeen
      ? [`${what}: until was ${taken.until}, now ${entry.until}`]
      : [`${what}: firstSeen was ${taken.firstSeen}, now ${entry.firstSeen}`];
  });
}
