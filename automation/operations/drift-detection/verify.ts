/** Pure: judges what differs. Each difference that someone must answer is a check of its own. */
import { verdictOf, type Check, type Verdict } from "../../records";
import { severities } from "../../../policypacks/database-guardrails/judging/rule";
import { accessWasRead, type AccessComparison } from "./access-baseline";
import type { BeyondProvider } from "./beyond-provider";
import type { Difference, DriftClass, InstanceNow } from "./differences";
import { changedByText } from "./changed-by";
import { guardrailDifferences } from "./guardrail-breaks";
import {
  explained,
  known,
  nameOf,
  shortName,
  typeOf,
  type Explanations,
  type KnownDifference,
} from "./known-differences";
import { namedMax } from "./limits";
import { notRunning } from "./not-running";
import type { DeclaringStack, DriftDetectionPlan } from "./plan";

/** What a preview of a refresh found. */
export interface Comparison {
  /** How many resources the stack has in AWS. */
  resources: number;
  /** Whether the database's own instance is among what was read: without it, the rest says little. */
  databaseWasRead: boolean;
  /** Those that were not read: nothing is known of them. */
  unread: string[];
  /** Why the engine ended early. */
  failure: string | null;
  /** Of what differs in a resource: its names in the cloud, by URN. */
  names?: Record<string, string[]>;
  differences: Difference[];
  differencesLeftOut: number;
}

export interface DriftDetectionOutcome {
  now: InstanceNow;
  /** Null: no stack declares the database. */
  comparison: Comparison | null;
  /** Null: its stack declares nothing inside it. */
  access: AccessComparison | null;
  beyondProvider: BeyondProvider;
  /** Of those that people must answer, by their keys. */
  explanations: Explanations;
}

/**
 * Everything that differs, wherever it was found, the worst first; what could not be read is among it. The verdict, the
 * findings, a repair and the command line read only this.
 */
export function differencesIn(
  plan: DriftDetectionPlan,
  outcome: Omit<DriftDetectionOutcome, "explanations"> & { explanations?: Explanations },
): KnownDifference[] {
  const { comparison, access, beyondProvider, explanations = {} } = outcome;
  return [
    ...[...aboutTheStack(plan, comparison), ...closedNow(plan, outcome)].map((one) => known(plan, "stack", one)),
    ...[...(comparison?.differences ?? []), ...unreadResources(comparison)].map((one) => known(plan, "resources", one)),
    ...(access?.differences ?? []).map((one) => known(plan, "access", one)),
    ...[...beyondProvider.differences, ...unreadBeyond(beyondProvider)].map((one) => known(plan, "beyond", one)),
    ...(beyondProvider.judged ? guardrailDifferences(plan.database, beyondProvider.judged) : []).map((one) =>
      known(plan, "guardrails", one),
    ),
  ]
    .map((one) => explained(one, explanations))
    .sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
}

/** Where its access was to be read, what is said there says it already. */
const closedNow = ({ database }: DriftDetectionPlan, { now, access }: Pick<DriftDetectionOutcome, "now" | "access">) =>
  access !== null && access.read === null ? [] : notRunning(database.identifier, now);

/** That nothing declares the database, or that its stack could not be read. */
export function aboutTheStack(
  { stack, database, beyond }: Pick<DriftDetectionPlan, "stack" | "database"> & Partial<DriftDetectionPlan>,
  comparison: Comparison | null,
): Difference[] {
  const about = { urn: database.identifier, property: null, breaks: [] as string[] };
  if ("none" in stack && stack.none === "undeclared")
    return [
      {
        ...{ ...about, type: "database", desired: "declared by a stack", actual: "declared by none" },
        ...{ class: "unmanaged", reason: stack.reason, severity: "high" },
      },
    ];
  const reason =
    "none" in stack ? stack.reason : (comparison?.failure ?? whyNotRead(comparison, beyond?.instance?.urn));
  if (!reason) return [];
  return [
    {
      ...{ ...about, type: "stack", desired: "compared", actual: "could not be read" },
      ...{ class: "unreadable", reason, severity: "high" },
    },
  ];
}

/** An instance that the engine did not come to is a difference of its own. */
const whyNotRead = (comparison: Comparison | null, instance: string | undefined): string | undefined =>
  comparison === null || comparison.databaseWasRead || comparison.unread.some((urn) => urn === instance)
    ? undefined
    : "its state does not have the database's instance any more";

/** An engine that failed says why, and that is one difference, not one for each resource it did not come to. */
function unreadResources(comparison: Comparison | null): Difference[] {
  const { failure, unread = [] } = comparison ?? {};
  return failure !== null
    ? []
    : unread.map((urn) => ({
        ...{ urn, type: typeOf(urn), property: null, desired: "compared", actual: "could not be read" },
        ...{ class: "unreadable", reason: "the refresh said nothing of it", severity: "medium", breaks: [] },
      }));
}

/** A call that the RDS API did not answer: by its name, whatever the reason of the day. */
const unreadBeyond = ({ unread }: BeyondProvider): Difference[] =>
  unread.map((reason) => ({
    ...{ urn: reason.split(" ")[0]!, type: "rds", property: null, desired: "compared", actual: "could not be read" },
    ...{ class: "unreadable", reason, severity: "medium", breaks: [] },
  }));

export function verifyDriftDetection(plan: DriftDetectionPlan, outcome: DriftDetectionOutcome): Verdict {
  const { stack } = plan;
  const { comparison, access, beyondProvider } = outcome;
  const differences = differencesIn(plan, outcome);
  const found = differences.filter((one) => one.class === "drift" || isBeside(one));
  if (!("name" in stack) || comparison === null)
    return verdictOf([undeclared(stack), ...found.map(driftCheck), lookedBeyond(plan, beyondProvider)]);
  const notListed = comparison.differencesLeftOut + (access?.differencesLeftOut ?? 0);
  return verdictOf([
    { name: declares, verdict: "pass", explanation: `stack ${stack.name} declares it`, figures: {} },
    databaseWasRead(comparison),
    ...closedNow(plan, outcome).map(unreadCheck),
    everythingWasRead(comparison),
    ...(access === null ? [] : [accessWasRead(access)]),
    lookedBeyond(plan, beyondProvider),
    ...found.map(driftCheck),
    ...(notListed > 0 ? [leftOut(notListed)] : []),
    nothingDrifted(differences),
  ]);
}

const declares = "a-stack-declares-it";

const undeclared = (stack: DeclaringStack): Check => ({
  name: declares,
  verdict: "none" in stack && stack.none === "undeclared" ? "fail" : "inconclusive",
  explanation: "none" in stack ? stack.reason : "it was not compared",
  figures: {},
});

const databaseWasRead = ({ databaseWasRead: was }: Comparison): Check => ({
  name: "the-database-was-read",
  verdict: was ? "pass" : "inconclusive",
  explanation: was ? "its instance was read" : "its instance was not read, or is no longer in the state of its stack",
  figures: {},
});

const unreadCheck = ({ actual, reason }: Difference): Check => ({
  ...{ name: "the-database-runs", verdict: "inconclusive", explanation: `it is ${actual}; ${reason}`, figures: {} },
});

function everythingWasRead({ resources, unread, failure }: Comparison): Check {
  const figures = { resources, unread: unread.length };
  const name = "every-resource-was-read";
  if (unread.length === 0 && failure === null)
    return { name, verdict: "pass", explanation: `${resources} resources in AWS were read`, figures };
  const named = unread.slice(0, namedMax).map(shortName).join(", ");
  const reasons = [
    ...(failure === null ? [] : [failure]),
    ...(unread.length > 0 ? [`of ${unread.length} resources nothing is known: ${named}`] : []),
  ];
  return { name, verdict: "inconclusive", explanation: reasons.join("; "), figures };
}

/** A stack that cannot be read may declare what is beside any database: a sweep says so once, and not of each. */
function lookedBeyond({ beyond }: DriftDetectionPlan, { unread: unanswered, judged }: BeyondProvider): Check {
  const unread = [...unanswered, ...(judged?.unread ?? [])];
  const name = "what-no-refresh-compares-was-read";
  const undecided =
    beyond.unread.length > 0
      ? `; replicas, IAM roles, copies and shares were not compared, since ${beyond.unread.slice(0, namedMax).join(", ")} could not be read`
      : "";
  if (unread.length === 0)
    return { name, verdict: "pass", explanation: `the RDS API answered all of it${undecided}`, figures: { unread: 0 } };
  const explanation = `nothing is known of: ${unread.slice(0, namedMax).join("; ")}`;
  return { name, verdict: "inconclusive", explanation, figures: { unread: unread.length } };
}

/** One that is waived is shown, and does not fail the database. */
const driftCheck = (difference: KnownDifference): Check => ({
  name: nameOf(difference),
  verdict: difference.waivedBy === null ? "fail" : "pass",
  explanation: explanationOf(difference),
  figures: difference.waivedBy === null ? {} : { waived: true },
});

function explanationOf({
  desired,
  actual,
  severity,
  breaks,
  reason,
  change,
  waivers,
  controls,
}: KnownDifference): string {
  const waived = (rule: string) =>
    waivers
      .filter((one) => one.rule === rule)
      .map(({ id, expiresOn, isValid }) =>
        isValid ? `, waived by ${id} until ${expiresOn}` : `, whose waiver ${id} expired on ${expiresOn}`,
      );
  return [
    `${severity}: declared ${desired}, actual ${actual}`,
    reason,
    ...breaks.map((rule) => `it breaks ${rule}${waived(rule).join("")}`),
    ...(controls.length > 0 ? [`controls: ${controls.join(", ")}`] : []),
    ...(change ? [`changed by: ${changedByText(change)}`] : []),
  ].join("; ");
}

const leftOut = (differencesLeftOut: number): Check => ({
  name: "every-difference-is-listed",
  verdict: "inconclusive",
  explanation: `${differencesLeftOut} more differences are not listed`,
  figures: { differencesLeftOut },
});

/** What nothing declares next to the database; that nothing declares the database itself is a check of its own. */
const isBeside = (one: KnownDifference): boolean => one.class === "unmanaged" && one.source !== "stack";

function nothingDrifted(differences: KnownDifference[]): Check {
  const counted = differences.filter((one) => one.waivedBy === null);
  const count = (kind: DriftClass) => counted.filter((one) => one.class === kind).length;
  const [drifted, unmanaged] = [count("drift"), counted.filter(isBeside).length];
  const figures = {
    drift: drifted,
    unmanaged,
    pending: count("pending"),
    ahead: count("ahead"),
    noise: count("noise"),
    waived: differences.length - counted.length,
  };
  const others = [
    ...(figures.waived > 0 ? [`${figures.waived} waived`] : []),
    ...(figures.pending > 0 ? [`${figures.pending} pending`] : []),
    ...(figures.ahead > 0 ? [`${figures.ahead} ahead`] : []),
  ];
  const also = others.length > 0 ? ` (${others.join(", ")})` : "";
  const found = [
    ...(drifted > 0 || unmanaged === 0 ? [drifted === 1 ? "1 property differs" : `${drifted} properties differ`] : []),
    ...(unmanaged > 0 ? [`${unmanaged} ${unmanaged === 1 ? "is" : "are"} there that nothing declares`] : []),
  ];
  const isAsDeclared = drifted + unmanaged === 0;
  return {
    name: "nothing-was-changed-outside",
    verdict: isAsDeclared ? "pass" : "fail",
    explanation: `${isAsDeclared ? "nothing differs from what is declared" : found.join(", ")}${also}`,
    figures,
  };
}
