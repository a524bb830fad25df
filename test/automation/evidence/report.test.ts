import { reportOf } from "../../../automation/evidence/report";
import type { RunStatement, TeardownPredicate, VerdictPredicate } from "../../../automation/evidence/run-statement";

const common = {
  requestId: "r-1",
  operation: "restore-drill",
  target: "orders",
  database: {
    identifier: "orders",
    resourceId: "db-ABC",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
    account: "123456789012",
    region: "eu-central-1",
  },
  issuedAt: "2026-11-20T10:00:00.000Z",
  expiresOn: "2026-12-20T10:00:00.000Z",
};
const verdict: VerdictPredicate = {
  ...common,
  request: {
    id: "r-1",
    operation: "restore-drill",
    input: { database: "orders" },
    requestedBy: "alice",
    reason: "the | monthly drill",
    receivedAt: "2026-11-20T09:00:00.000Z",
  },
  decision: {
    status: "allowed",
    decidedBy: "policy",
    rules: [
      { id: "one", reason: "a" },
      { id: "two", reason: "b" },
    ],
  },
  plan: { source: { engineVersion: "17.10", tags: { tier: "gold", environment: "production" } } },
  run: "succeeded",
  verdict: "pass",
  checks: [
    {
      name: "database-recovers",
      verdict: "pass",
      explanation: "it accepts queries",
      figures: { seconds: 3, tries: 1 },
    },
  ],
  error: null,
  outcome: { phases: [{ name: "restore", beganAt: "2026-11-20T09:10:00.000Z", endedAt: "2026-11-20T09:10:02.500Z" }] },
  teardown: "follows",
  toolVersions: {},
};
const teardown: TeardownPredicate = {
  ...common,
  removed: [{ kind: "database", identifier: "copy", provenGoneBy: "DBInstanceNotFound" }],
  left: [],
};
const subject = { name: "urn:shipshape:run:r-1", digest: { sha256: "ab" } };
const reportOfVerdict = (changed: Partial<VerdictPredicate> = {}) =>
  report({ id: "r-1.verdict", subject, kind: "verdict", predicate: { ...verdict, ...changed } });
const reportOfTeardown = (changed: Partial<TeardownPredicate> = {}) =>
  report({ id: "r-1.teardown", subject, kind: "teardown", predicate: { ...teardown, ...changed } });
const report = (run: RunStatement) => reportOf([{ run, envelope: "{}" }]);

test("the report of a verdict has all facts of the signed statement, and none of them as Markdown", () => {
  expect(reportOfVerdict()).toBe(`# Verdict: restore-drill of orders

**pass**: every check passed when it was issued; valid until it expires.

| fact | |
|---|---|
| database | orders |
| resource id | db-ABC |
| ARN | arn:aws:rds:eu-central-1:123456789012:db:orders |
| account, Region | 123456789012, eu-central-1 |
| engine version | 17.10 |
| tier | gold |
| environment | production |
| requested by | alice at 2026-11-20T09:00:00.000Z |
| reason | the \\| monthly drill |
| decision | allowed, by policy (one, two) |
| run | succeeded |
| subject | urn:shipshape:run:r-1, SHA-256 ab |
| statement | r-1.verdict, envelope SHA-256 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a |
| issued | 2026-11-20T10:00:00.000Z |
| expires | 2026-12-20T10:00:00.000Z |

| check | verdict | result | figures |
|---|---|---|---|
| database-recovers | pass | it accepts queries | seconds 3, tries 1 |

- restore: 2.5 s (2026-11-20T09:10:00.000Z to 2026-11-20T09:10:02.500Z)
`);
});

test("the report of a run that ended early says what is unknown and why", () => {
  const early = reportOfVerdict({
    database: null,
    decision: null,
    plan: null,
    run: "failed",
    verdict: "inconclusive",
    checks: [],
    error: { code: "database-missing", message: "no database orders" },
    outcome: null,
  });
  expect(early).toBe(`# Verdict: restore-drill of orders

**inconclusive**: it could not be decided: nothing is proven either way.

The run ended early: no database orders (database-missing)

| fact | |
|---|---|
| database | orders |
| resource id | unknown: the run ended before it found the database |
| requested by | alice at 2026-11-20T09:00:00.000Z |
| reason | the \\| monthly drill |
| decision | none: the run ended before one was made |
| run | failed |
| subject | urn:shipshape:run:r-1, SHA-256 ab |
| statement | r-1.verdict, envelope SHA-256 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a |
| issued | 2026-11-20T10:00:00.000Z |
| expires | 2026-12-20T10:00:00.000Z |

Nothing was checked.

`);
});

test("the report of a verdict omits facts about the source that are not in the plan", () => {
  expect(reportOfVerdict({ plan: { source: { engineVersion: 17 } } })).not.toMatch(/engine version|tier|environment/);
  expect(reportOfVerdict({ plan: { source: { tags: { tier: "gold" } } } })).toContain(
    "| tier | gold |\n| requested by",
  );
  expect(reportOfVerdict({ verdict: "fail" })).toContain("**fail**: at least one check failed.\n");
});

test("the report of a teardown says whether everything is gone, and how that was proven", () => {
  const [, before, after] = /\n\n(.*)\n\n\| fact[^]*\|\n\n([^]*)$/.exec(reportOfTeardown())!;
  expect(reportOfTeardown()).toMatch(/^# Teardown: restore-drill of orders\n/);
  expect([before, after]).toEqual([
    "Everything that the run created is gone.",
    "- database copy is gone: DBInstanceNotFound\n",
  ]);
  expect(reportOfTeardown()).not.toContain("requested by");
  expect(reportOfTeardown({ removed: [] })).toContain("\nThe run had left nothing to remove.\n");
  const left = reportOfTeardown({ left: [{ kind: "stack" }] });
  expect(left).toContain("\nNot everything that the run created is gone.\n");
  expect(left).toContain('\n- left: \\{"kind":"stack"\\}\n');
});

test("a report of several statements has a section for each, in their order", () => {
  const [one, two] = [reportOfVerdict(), reportOfTeardown()];
  const runs: RunStatement[] = [
    { id: "r-1.verdict", subject, kind: "verdict", predicate: verdict },
    { id: "r-1.teardown", subject, kind: "teardown", predicate: teardown },
  ];
  expect(reportOf(runs.map((run) => ({ run, envelope: "{}" })))).toBe(`${one}\n${two}`);
});
