/** The report of one run as HTML, from exactly what the JSON report says. */
import { markup, type Html } from "./markup";
import { badge, facts, list, page } from "./report-page";
import { recoveryChart } from "./recovery-chart";
import { meaningOf } from "./report";
import { reportDigest, type Recovery, type RunReport } from "./run-report";

export function runPage(r: RunReport): string {
  const chart = recoveryChart(r.recoveries);
  return page(`${r.operation} of ${r.target}`, reportDigest(r), [
    markup`<p>${badge(r.verdict)} ${meaningOf[r.verdict]}.</p>`,
    ...(r.error ? [markup`<p>The run ended early: ${r.error.message} (${r.error.code})</p>`] : []),
    facts([
      ["database", r.target],
      ...(r.database
        ? ([
            ["resource id", r.database.resourceId],
            ["ARN", r.database.arn],
            ["account, Region", `${r.database.account}, ${r.database.region}`],
          ] as [string, string][])
        : ([["resource id", r.planDigest === null ? unknownDatabase : severalDatabases]] as [string, string][])),
      ...Object.entries({
        "engine version": r.source.engineVersion,
        tier: r.source.tier,
        environment: r.source.environment,
      }).filter((entry): entry is [string, string] => entry[1] !== null),
      ["issued", r.issuedAt],
      ["expires", r.expiresOn],
      ["run", `${r.requestId}, ${r.run}`],
    ]),
    heading("Who asked, and who allowed it"),
    facts([
      ["requested by", `${r.request.requestedBy} at ${r.request.receivedAt}`],
      ["reason", r.request.reason],
      ...(r.request.parent === undefined ? [] : ([["made by the run of", r.request.parent]] as [string, string][])),
      ...(r.followUpOf === undefined ? [] : ([["follow-up of finding", r.followUpOf]] as [string, string][])),
      ["plan", r.planDigest === null ? "none was made" : `SHA-256 ${r.planDigest}`],
      [
        "decision",
        r.decision
          ? markup`${badge(r.decision.status)} by ${r.decision.decidedBy}`
          : "none: the run ended before one was made",
      ],
    ]),
    ...(r.decision ? [rulesOf(r.decision), approvalsOf(r.decision)] : []),
    heading("Checks"),
    r.checks.length === 0
      ? markup`<p>Nothing was checked.</p>`
      : list(
          ["check", "verdict", "result", "figures"],
          r.checks.map((c) => [c.name, badge(c.verdict), c.explanation, figuresOf(c.figures)]),
        ),
    ...(r.recoveries.length > 0 ? recoveriesOf(r.recoveries, chart) : []),
    heading("Phases"),
    r.phases.length === 0
      ? markup`<p>None was recorded.</p>`
      : list(
          ["phase", "took", "began", "ended"],
          r.phases.map((p) => [p.name, `${p.seconds.toFixed(1)} s`, p.beganAt, p.endedAt]),
        ),
    heading("What the run created"),
    teardownOf(r.teardown),
    heading("Signed statements, and the tools that made them"),
    facts([
      ...r.statements.map((s): [string, string] => [s.id, `envelope SHA-256 ${s.envelopeSha256}`]),
      ...Object.entries(r.toolVersions),
    ]),
  ]);
}

const unknownDatabase = "unknown: the run ended before it found the database";
const severalDatabases = "none: each database has a request of its own, made by this run";

const heading = (text: string) => markup`<h2>${text}</h2>`;

const rulesOf = ({ rules }: NonNullable<RunReport["decision"]>): Html =>
  list(
    ["admission rule", "says", "because"],
    rules.map((rule) => [rule.id, rule.verdict === null ? "" : badge(rule.verdict), rule.reason]),
  );

const approvalsOf = ({ approvals }: NonNullable<RunReport["decision"]>): Html =>
  approvals.length === 0
    ? markup`<p>Nobody was asked to approve it.</p>`
    : list(
        ["asked for approval", "answer", "comment", "at"],
        approvals.map((a) => [a.principal, a.answer, a.comment, a.answeredAt]),
      );

const figuresOf = (figures: Record<string, unknown>): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");

const recoveriesOf = (recoveries: Recovery[], chart: Html | undefined): Html[] => [
  heading("Recovery times against the objective"),
  ...(chart
    ? [
        chart,
        markup`<p>Dashed: the objective. Filled: passed. Cross: failed. Hollow: inconclusive. Logarithmic scale.</p>`,
      ]
    : []),
  list(
    ["drill", "sealed", "verdict", "recovery time", "objective", "exposure", "objective"],
    recoveries.map((r) => [
      r.requestId,
      r.issuedAt.slice(0, 16).replace("T", " "),
      badge(r.verdict),
      ...[r.rtoAchievedSeconds, r.rtoSeconds, r.rpoAchievedSeconds, r.rpoSeconds].map((s) =>
        s === null ? "unknown" : `${s} s`,
      ),
    ]),
  ),
  markup`<p>Earlier drills are those of the same database whose statements are in the folder.</p>`,
];

function teardownOf(teardown: RunReport["teardown"]): Html {
  if (teardown === "none") return markup`<p>Nothing: there was nothing to remove.</p>`;
  if (teardown === "follows")
    return markup`<p>Its removal is not sealed yet: until then the verdict does not count.</p>`;
  const { removed, left } = teardown;
  return markup`${
    removed.length === 0
      ? markup`<p>There was nothing to remove.</p>`
      : list(
          ["removed", "identifier", "proven gone by"],
          removed.map((r) => [r.kind, r.identifier, r.provenGoneBy]),
        )
  }
${left.map((one) => markup`<p>Left: ${JSON.stringify(one)}</p>`)}`;
}
