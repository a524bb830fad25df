import { levelOf, type Finding } from "./finding";
import { Resource } from "./resource";
import { forbidStaleWaivers } from "./rules/forbid-stale-waivers";
import { standingOf } from "./standing";
import { daysBetween, matches, stackOf, waiverWarningDays, type Waiver } from "./waiver";
import type { Waivers, WaiverProblem } from "./waiver-files";

/** The waivers there are, and which of them were needed: known only when everything has been judged. */
export class WaiverRegister {
  private readonly needed = new Set<string>();
  private readonly byRule = new Map<string, Waiver[]>();

  constructor(
    private readonly read: Waivers,
    private readonly today: string,
  ) {
    for (const waiver of read.waivers) this.byRule.set(waiver.rule, [...(this.byRule.get(waiver.rule) ?? []), waiver]);
  }

  /** A violation with a valid waiver becomes an advisory that names it; with an expired one it stays, and says so. */
  apply(finding: Finding): Finding {
    const waiver = (this.byRule.get(finding.rule) ?? []).find((one) => matches(one, finding.urn));
    if (!waiver) return finding;
    this.needed.add(waiver.id);
    if (finding.kind !== "violation") return finding;
    const { id, expiresOn, approver } = waiver;
    const daysLeft = daysBetween(this.today, expiresOn);
    if (daysLeft < 0) return { ...finding, message: `${finding.message} The waiver ${id} expired on ${expiresOn}.` };
    const ends = daysLeft <= waiverWarningDays ? `, in ${daysLeft} days: put it right or renew it` : "";
    return {
      ...finding,
      kind: "waived",
      level: "advisory",
      waiver: { id, expiresOn, daysLeft },
      message: `${finding.message} Waived by ${id} (approved by ${approver}) until ${expiresOn}${ends}.`,
    };
  }

  /** Ids of waivers that matched something; a worker tells them to whoever asked it. */
  neededIds(): string[] {
    return [...this.needed];
  }
  markNeeded(ids: readonly string[]): void {
    for (const id of ids) this.needed.add(id);
  }

  /**
   * What is wrong with the waivers themselves. Where one matched nothing can only be said of stacks that were judged ("stack::project"); of
   * waivers for any stack, and for what no stack declares, only where everything was ("all").
   */
  stale(judged: ReadonlySet<string> | "all"): Finding[] {
    const about = (waiver: Waiver) => judged === "all" || judged.has(stackOf(waiver.resource) ?? "");
    const expired = this.read.waivers.filter((waiver) => about(waiver) && daysBetween(this.today, waiver.expiresOn) < 0);
    const unmatched = this.read.waivers.filter((waiver) => about(waiver) && !this.needed.has(waiver.id) && !expired.includes(waiver));
    return [
      ...this.read.problems.map((problem) => broken(problem)),
      ...expired.map((waiver) =>
        finding(
          waiver,
          `expired on ${waiver.expiresOn}; allowed: ${this.today} or later. To change: put right what it was for and delete ${waiver.file}, or renew it with an approver.`,
        ),
      ),
      ...unmatched.map((waiver) =>
        finding(
          waiver,
          `matches no violation of ${waiver.rule} on ${waiver.resource}; allowed: waivers that are needed. To change: correct the resource, or delete ${waiver.file}.`,
        ),
      ),
    ];
  }
}

const finding = (waiver: Waiver, text: string): Finding => ({
  ...broken({ file: waiver.file, line: 1, message: "" }),
  urn: waiver.resource,
  name: waiver.id,
  owner: waiver.owner,
  message: `waiver ${waiver.id}: ${text}`,
});

function broken({ file, line, message }: WaiverProblem): Finding {
  const { id, severity } = forbidStaleWaivers;
  const level = levelOf(
    severity,
    standingOf(new Resource({ urn: "", type: "", name: "", properties: {}, protect: undefined, ignoreChanges: [], dependencies: {} })),
  );
  return {
    rule: id,
    severity,
    kind: "violation",
    level,
    urn: "",
    type: "waiver",
    name: file,
    owner: undefined,
    file,
    message: `${file}:${line}: ${message}. To change: correct the file; until then it waives nothing.`,
  };
}
