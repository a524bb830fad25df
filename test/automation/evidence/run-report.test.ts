import { createHash } from "node:crypto";
import { runPage } from "../../../automation/evidence/run-page";
import { reportJson, runReportOf, type RunReport } from "../../../automation/evidence/run-report";
import { runStatementOf, type VerdictPredicate } from "../../../automation/evidence/run-statement";
import { canonicalJson } from "../../../automation/records";
import { teardownOf, verdictOf } from "./exported-folder";
import { planOf } from "./sealed-runs";

const checks = (rtoAchievedSeconds: number, more: object = {}) => [
  {
    name: "recovery-time",
    verdict: "pass",
    explanation: "in time",
    figures: { rtoAchievedSeconds, rtoSeconds: 3600 },
    ...more,
  },
  {
    name: "recovery-exposure",
    verdict: "pass",
    explanation: "recent",
    figures: { rpoAchievedSeconds: 12.5, rpoSeconds: 300 },
  },
];
const whole = {
  checks: checks(42),
  outcome: { phases: [{ name: "restore", beganAt: "2026-05-31T10:00:00.000Z", endedAt: "2026-05-31T10:00:41.500Z" }] },
  decision: {
    status: "allowed",
    decidedBy: "admission rules",
    rules: [{ id: "require-reason", verdict: "allowed", reason: "there is one" }],
    approvals: [{ principal: "carol", answer: "approved", comment: "go on", answeredAt: "2026-05-31T09:00:00.000Z" }],
  },
  toolVersions: { shipshape: "1.2.3" },
  followUpOf: "run-3.verdict",
};
const reported = (statement: ReturnType<typeof verdictOf>) => ({ run: runStatementOf(statement), envelope: "{}" });
const reportOf = (more: object = whole, earlier: object[] = []): RunReport =>
  runReportOf(
    [reported(verdictOf("run-9", { ...more })), reported(teardownOf("run-9"))],
    earlier.map((one, i) => reported(verdictOf(`run-${i}`, { issuedAt: `2026-0${i + 1}-01T00:00:00.000Z`, ...one }))),
  );

/** What a reader sees of the page. */
const shown = (page: string): string =>
  page
    .replaceAll(/<style>[^]*?<\/style>|<(?!title)[^>]*>/g, "")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const elements = (page: string): string[] => (page.match(/<\/?[a-z]\w*/gi) ?? []).map((tag) => tag.toLowerCase());

const leaves = (value: unknown): (string | number)[] =>
  typeof value === "string" || typeof value === "number"
    ? [value]
    : value && typeof value === "object"
      ? Object.values(value).flatMap(leaves)
      : [];

test("JSON and page carry one digest, which is that of the content", () => {
  const report = reportOf();
  const digest = createHash("sha256").update(canonicalJson(report)).digest("hex");
  const json = JSON.parse(reportJson(report)) as { digest: { sha256: string }; report: unknown };
  expect(json).toEqual({ digest: { sha256: digest }, report });
  expect(runPage(report)).toContain(`content="sha256:${digest}"`);
  expect(shown(runPage(report))).toContain(`SHA-256 ${digest}`);
  expect(reportJson(reportOf({ ...whole, toolVersions: { shipshape: "1.2.4" } }))).not.toContain(digest);
});

test("the page shows every text and figure of the JSON", () => {
  const report = reportOf(whole, [{ checks: checks(1.5) }, { checks: checks(7200), verdict: "fail" }]);
  const page = shown(runPage(report));
  const missing = leaves(report).filter((leaf) => !page.includes(String(leaf).slice(0, 10)));
  // The name of the database says it as well.
  expect(missing.filter((leaf) => leaf !== report.database!.identifier)).toEqual([]);
  for (const text of [
    "carol",
    "go on",
    "require-reason",
    "run-9",
    "run-0",
    "run-1",
    "follow-up of findingrun-3.verdict",
    "41.5 s",
    "42 s",
    "1.5 s",
    "7200 s",
  ])
    expect(page).toContain(text);
});

test("hostile names, reasons, comments and figures add no element, no attribute and no script", () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onload='x' </style></title>\u202e&lt;`;
  const poisoned = (value: unknown, at = ""): unknown =>
    typeof value === "string" && !/verdict|status|At$|answer$/.test(at)
      ? value + hostile
      : Array.isArray(value)
        ? value.map((one) => poisoned(one))
        : value && typeof value === "object"
          ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name)]))
          : value;
  const plan = planOf();
  const bad = reportOf(
    { ...(poisoned(whole) as object), request: { ...verdictOf("run-9").predicate["request"]!, reason: hostile } },
    [{ checks: checks(3) }],
  );
  const database = { ...plan.database, identifier: hostile, arn: hostile } as VerdictPredicate["database"];
  const named = { ...bad, target: hostile, database, operation: hostile, requestId: hostile };
  const page = runPage({ ...named, recoveries: named.recoveries.map((r) => ({ ...r, requestId: hostile })) });
  expect(elements(page)).toEqual(elements(runPage(reportOf(whole, [{ checks: checks(3) }]))));
  expect(page).not.toMatch(/<script|<img|onerror=alert\(1\)>|\u202e/);
  expect(shown(page)).toContain("alert(1)");
});

test("the page loads nothing from elsewhere, and its own policy allows no script", () => {
  const page = runPage(reportOf(whole, [{ checks: checks(3) }]));
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\b(?:src|href|style|on\w+)=|url\(|@import|https?:/i);
  const [, style = ""] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
  const allowed = createHash("sha256").update(style).digest("base64");
  expect(page).toContain(`default-src 'none'; style-src 'sha256-${allowed}'`);
});

test("the chart has a mark for each drill that measured a time, lower for a shorter one, and the objective above them", () => {
  const page = runPage(
    reportOf(whole, [
      { checks: checks(2) },
      { checks: checks(7200), verdict: "fail" },
      { checks: checks(20), verdict: "inconclusive" },
      { checks: [] },
    ]),
  );
  const circles = [...page.matchAll(/<circle class="(\w+)" cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, word, x, y]) => ({
    word,
    x: Number(x),
    y: Number(y),
  }));
  expect(circles.map((c) => c.word)).toEqual(["pass", "inconclusive", "pass"]);
  const [short, , long] = circles;
  expect(short!.x).toBeLessThan(long!.x);
  expect(short!.y).toBeGreaterThan(long!.y);
  const [, cross] = /<path class="fail" d="M[\d.]+ ([\d.]+)/.exec(page)!;
  const [, objective] = /<polyline class="objective" points="[\d.]+,([\d.]+)/.exec(page)!;
  expect(Number(cross)).toBeLessThan(Number(objective));
  expect(Number(objective)).toBeLessThan(long!.y);
  expect(runPage(reportOf({ ...whole, checks: [] }))).not.toContain("<svg");
});

test("a run without a plan, a decision or a teardown says so", () => {
  const early = runReportOf(
    [
      {
        run: runStatementOf(verdictOf("run-9", { ...whole, checks: [], decision: null, teardown: "none" })),
        envelope: "{}",
      },
    ],
    [],
  );
  const page = shown(runPage({ ...early, planDigest: null, database: null }));
  for (const said of ["none: the run ended before", "none was made", "Nothing was checked", "nothing to remove"])
    expect(page).toContain(said);
  const open = runReportOf([reported(verdictOf("run-9", whole))], []);
  expect(shown(runPage(open))).toContain("until then the verdict does not count");
});
