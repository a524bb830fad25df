import { daysBetween } from "../vocabulary/days";
import { levelOf, type Finding } from "../judging/finding";
import { Resource } from "../vocabulary/resource";
import { forbidStaleWaivers } from "../rules/forbid-stale-waivers";
import { strictnessOf } from "../vocabulary/strictness";
import { waiverWarningDays, type Waiver } from "./waiver";
import type { Waivers, WaiverProblem } from "./waiver-files";
import { matchesGlob, stackOf } from "./waiver-glob";

/** The waivers there are, and which of them were needed: known only when everything has been judged. */
export class WaiverRegister {
  private readonly needed = new Set<string>();
  private readonly byRule = new Map<string, Waiver[]>();

  constructor(
    private readonly read: Waivers,
    private readonly today: string,
  ) {
    // The last to end comes first: one that has expired must not hide its renewal.
    const latestFirst = [...read.waivers].sort((one, other) => (one.expiresOn > other.expiresOn ? -1 : 1));
    for (const waiver of latestFirst) this.byRule.set(waiver.rule, [...(this.byRule.get(waiver.rule) ?? []), waiver]);
  }

  /** A violation with a valid waiver becomes an advisory that names it; with an expired one it stays, and says so. */
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

  /** Files of waivers that matched something; a thread hands them to the one that counts. */
  neededFiles(): string[] {
    return [...this.needed];
  }
  markNeeded(files: readonly string[]): void {
    for (const file of files) this.needed.add(file);
  }

  /**
   * What is wrong with the waivers themselves. Where one matched nothing can only be said of stacks that were judged
   * ("stack::project"); of waivers for any stack, and for what no stack declares, only where everything was ("all").
   */
  stale(judged: ReadonlySet<string> | "all"): Finding[] {
    const about = (waiver: Waiver) => judged === "all" || judged.has(stackOf(waiver.resource) ?? "");
    const expired = this.read.waivers.filter((waiver) => about(waiver) && this.hasExpired(waiver));
    const unmatched = this.read.waivers.filter(
      (waiver) => about(waiver) && !this.needed.has(waiver.file) && !expired.includes(waiver),
    );
    return [
      ...this.read.problems.map((problem) => broken(problem)),
      ...expired.map((waiver) => this.expiredFinding(waiver)),
      ...unmatched.map((waiver) =>
        finding(
          waiver,
          `matches no violation of ${waiver.rule} on ${waiver.resource}; allowed: waivers that are needed. To change: correct the resource, or delete ${waiver.file}.`,
        ),
      ),
    ];
  }

  private hasExpired({ expiresOn }: Waiver): boolean {
    return daysBetween(this.today, expiresOn) < 0;
  }

  /** One that another file renewed is obsolete. */
  private expiredFinding(waiver: Waiver): Finding {
    const { rule, resource, expiresOn, file } = waiver;
    const renewal = this.byRule
      .get(rule)
      ?.find((other) => !this.hasExpired(other) && matchesGlob(other.resource, resource));
    if (renewal)
      return {
        ...finding(waiver, `expired on ${expiresOn}, and ${renewal.id} renews it. To change: delete ${file}.`),
        level: "advisory",
      };
    return finding(
      waiver,
      `expired on ${expiresOn}; allowed: ${this.today} or later. To change: fix what it was for and delete ${file}, or renew it with an approver.`,
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
  const level = levelOf(
    severity,
    strictnessOf(
      new Resource({
        urn: "",
        type: "",
        name: "",
        properties: {},
        protect: undefined,
        ignoreChanges: [],
        dependencies: {},
      }),
    ),
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
