/** Pure: judges a sweep by what its children have sealed, and by what could not be compared. */
import { describeLocation, namesOf, unreachableText } from "../../fleet-records";
import { shortened } from "../../printable";
import { verdictOf, type Check, type RunStatus, type Verdict, type VerdictWord } from "../../records";
import { nothingFound } from "../fleet-scope";
import { namedMax, reasonCharactersMax } from "./limits";
import { unidentifiedText, type SweepPlan, type SweptDatabase } from "./sweep-plan";
import type { JudgedDatabase } from "./unmanaged";

/** What is kept of each database: the digest stands for all that was found in it. */
export interface SweptRow extends Omit<SweptDatabase, "stack"> {
  /** Null: it was not requested. */
  requestId: string | null;
  /** Null: it had not ended. */
  status: RunStatus | null;
  /** As its statement says; null without one. */
  verdict: VerdictWord | null;
  /** SHA-256 of its sealed envelope, in hex. */
  evidence: string | null;
  /** Why nothing is known of it, or not everything. */
  reason: string | null;
}

export interface SweepOutcome {
  rows: SweptRow[];
  /** SHA-256 of their canonical JSON, in hex. */
  digest: string;
  /** Databases that no stack declares, with what the guardrails find on them. */
  unmanaged: JudgedDatabase[];
}

export function verifySweep({ target, sweep }: SweepPlan, { rows, digest, unmanaged }: SweepOutcome): Verdict {
  const nameOf = namesOf([...rows, ...sweep.unread, ...sweep.unmanaged]);
  const compared = rows.filter((row) => row.evidence !== null && (row.verdict === "pass" || row.verdict === "fail"));
  const drifted = compared.filter((row) => row.verdict === "fail");
  const unread = [
    ...rows.filter((row) => !compared.includes(row)).map((row) => `${nameOf(row)}: ${whyUnknown(row)}`),
    ...sweep.unread.map((one) => `${nameOf(one)}: ${one.reason}`),
  ];
  const databases = rows.length + sweep.unread.length;
  const figures = { compared: compared.length, drifted: drifted.length, unread: unread.length, digest };
  return verdictOf([
    ...(databases + sweep.unmanaged.length === 0 ? [nothingThere(target)] : []),
    inconclusiveIf(
      "every-database-was-compared",
      unread,
      `${compared.length} of ${databases} databases were compared`,
      figures,
    ),
    inconclusiveIf(
      "every-account-and-region-answered",
      sweep.unreachable.map((one) => (one.account === "unknown" ? one.reason : unreachableText(one))),
      "the cloud answered wherever it was asked",
    ),
    inconclusiveIf(
      "every-stack-was-read",
      [
        ...sweep.unreadStacks.map(({ stack, reason }) => `${stack}: ${reason}`),
        ...sweep.unidentified.map(unidentifiedText),
      ],
      "each stack of the backend was read",
    ),
    failIf(
      "every-database-is-declared",
      unmanaged.map(
        (one) => `${nameOf(one)} (${one.owner ?? "no owner"}, ${describeLocation(one)}): ${whatBreaks(one)}`,
      ),
      "a stack declares each database",
    ),
    failIf(
      "no-database-has-drifted",
      drifted.map((row) => `${nameOf(row)} (request ${row.requestId})`),
      "no database differs from what is declared",
    ),
  ]);
}

/** What is worst comes first; what the database's owner can do, last. */
function whatBreaks({ breaks, unread, remedy }: JudgedDatabase): string {
  const rules = breaks.slice(0, namedMax).map(({ rule, severity }) => `${rule} (${severity})`);
  const found = rules.length > 0 ? `it breaks ${rules.join(", ")}` : "no guardrail finds anything";
  const known =
    unread.length === 0
      ? found
      : `${rules.length > 0 ? `${found}; ` : ""}not judged by all guardrails: ${unread.join("; ")}`;
  return `${known}; import it: ${remedy}`;
}

const nothingThere = (target: string): Check => ({
  name: "there-are-databases",
  verdict: "inconclusive",
  explanation: `there is no database in "${target}"; \`npx shipshape fleet\` shows what there is`,
  figures: {},
});

/** Its verdict alone is not why: an inconclusive detection lists its reasons itself. */
function whyUnknown({ requestId, status, verdict, evidence, reason }: SweptRow): string {
  if (requestId === null) return reason ?? "it was not requested";
  const what =
    reason ??
    (status === null || evidence === null
      ? "it had sealed no statement when the sweep ended"
      : `its detection is ${verdict ?? "without a verdict"}`);
  // An engine's error ends with its whole command.
  return `${shortened(what, reasonCharactersMax)} (request ${requestId})`;
}

const inconclusiveIf = (name: string, found: string[], none: string, figures: Check["figures"] = {}): Check =>
  nothingFound(name, "inconclusive", found, { none, figures, namedMax });
const failIf = (name: string, found: string[], none: string): Check =>
  nothingFound(name, "fail", found, { none, figures: { count: found.length }, namedMax });
