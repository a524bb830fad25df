import { daysBetween } from "../vocabulary/days";
import type { Finding } from "../judging/finding";
import { forbidStaleWaivers } from "../rules/forbid-stale-waivers";
import { waiverWarningDays, type Waiver } from "./waiver";
import type { Waivers, WaiverProblem } from "./waiver-files";
import { matchesGlob, stackOf } from "./waiver-glob";

/** All waivers, and which of them were needed, which is known only after everything has been judged. */
export class WaiverRegister {
  private readonly needed = new Set<string>();
  private readonly byRule = new Map<string, Waiver[]>();

  constructor(
    private readonly read: Waivers,
    private readonly today: string,
  ) {
    // Latest expiry first: an expired waiver must not hide its renewal.
    const latestFirst = [...read.waivers].sort((one, other) => (one.expiresOn > other.expiresOn ? -1 : 1));
    for (const waiver of latestFirst) this.byRule.set(waiver.rule, [...(this.byRule.get(waiver.rule) ?? []), waiver]);
  }

  /** A violation with a valid waiver becomes advisory and names it; with an expired one it stays and mentions it. */
  apply(finding: Finding): Finding {
    const covering = (this.byRule.get(finding.rule) ?? []).filter((one) => matchesGlob(one.resource, finding.urn));
    const [waiver] = covering;
    if (!waiver) return finding;
    for (const { file } of covering) this.needed.add(file);
    if (finding.kind !== "violation") return finding;
    const { id, expiresOn, approver } = waiver;
    const daysLeft = daysBetween(this.today, expiresOn);
    if (daysLeft < 0) return { ...finding, message: `${finding.message} The waiver ${id} expired on ${expiresOn}.` };
    const ends = daysLeft <= waiverWarningDays ? `, in ${daysLeft} days: fix it or renew the waiver` : "";
    return {
      ...finding,
      kind: "waived",
      level: "advisory",
      waiver: { id, expiresOn, daysLeft },
      message: `${finding.message} Waived by ${id} (approved by ${approver}) until ${expiresOn}${ends}.`,
    };
  }

  /** Files of waivers that matched something, so that worker threads can report them to the main thread. */
  neededFiles(): string[] {
    return [...this.needed];
  }
  markNeeded(files: readonly string[]): void {
    for (const file of files) this.needed.add(file);
  }

  /**
   * What is wrong with the waivers themselves. A waiver for one stack is unmatched only if that stack ("stack::project")
   * was judged; a waiver for any stack, or for a resource that no stack declares, only if everything ("all") was.
   */
  stale(judged: ReadonlySet<string> | "all"): Finding[] {
    const wasJudged = (waiver: Waiver) => judged === "all" || judged.has(stackOf(waiver.resource) ?? "");
    const expired = this.read.waivers.filter((waiver) => wasJudged(waiver) && this.hasExpired(waiver));
    const unmatched = this.read.waivers.filter(
      (waiver) => wasJudged(waiver) && !this.needed.has(waiver.file) && !expired.includes(waiver),
    );
    return [
      ...this.read.problems.map((problem) => broken(problem)),
      ...expired.map((waiver) => this.expiredFinding(waiver)),
      ...unmatched.map((waiver) =>
        finding(
          waiver,
          `matches no violation of ${waiver.rule} on ${waiver.resource}; allowed: waivers that are needed. To fix: correct the resource, or delete ${waiver.file}.`,
        ),
      ),
    ];
  }

  private hasExpired({ expiresOn }: Waiver): boolean {
    return daysBetween(this.today, expiresOn) < 0;
  }

  /** Only advisory if another file renews it. */
  private expiredFinding(waiver: Waiver): Finding {
    const { rule, resource, expiresOn, file } = waiver;
    const renewal = this.byRule
      .get(rule)
      ?.find((other) => !this.hasExpired(other) && matchesGlob(other.resource, resource));
    if (renewal)
      return {
        ...finding(waiver, `expired on ${expiresOn}, and ${renewal.id} renews it. To fix: delete ${file}.`),
        level: "advisory",
      };
    return finding(
      waiver,
      `expired on ${expiresOn}; allowed: ${this.today} or later. To fix: resolve the violation and delete ${file}, or renew the waiver with an approver.`,
    );
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
  return {
    rule: id,
    severity,
    kind: "violation",
    level: "mandatory", // as every rule of this severity
    urn: "",
    type: "waiver",
    name: file,
    owner: undefined,
    file,
    message: `${file}:${line}: ${message}. To fix: correct the file; until then it waives nothing.`,
  };
}
