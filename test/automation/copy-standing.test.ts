import { copyStanding } from "../../automation/copy-standing";
import type { LogContent, LogProblem } from "../../automation/evidence/reading";
import type { RunStatement } from "../../automation/evidence/run-statement";
import { targetDatabase, type TargetDatabase } from "../../automation/fleet-records";

const named = (identifier: string, resourceId: string, region = "eu-central-1") =>
  targetDatabase({ identifier, resourceId, arn: `arn:aws:rds:${region}:123456789012:db:${identifier}` });
const copy = named("orders-staging", "db-2");
const source = named("orders-production", "db-1");
const now = new Date("2027-03-20T10:00:00Z");

interface Sealed {
  id: string;
  operation?: string;
  database?: TargetDatabase;
  verdict?: string;
  run?: string;
  begun?: string[];
  teardown?: string;
  plan?: object;
  outcome?: object | null;
}
const made = { target: copy, copied: { rows: 1 }, handedOver: { at: "x" }, recoveryPoint: "2027-03-10T00:00:00.000Z" };
const planOf = (expiresOn = "2027-03-24", existing: TargetDatabase | null = null) => ({
  profile: { name: "orders", digest: "9".repeat(64), columnsMasked: 4 },
  copies: { source: { database: source, tags: { owner: "team-orders" } }, masked: { schemaDigest: "5".repeat(64) } },
  copy: { existing, expiresOn, arguments: { request: {} } },
});
const refresh = (id: string, more: Partial<Sealed> = {}): Sealed => ({ id, plan: planOf(), outcome: made, ...more });
const extension = (id: string, expiresOn: string, more: Partial<Sealed> = {}): Sealed => ({
  ...{ id, operation: "refresh-extension", database: copy, teardown: "none" },
  plan: { expiresOn, copy: { madeBy: "first" } },
  ...more,
});

/** What a log of these says on that day: its signatures were verified when it was read. */
function standingIn(sealed: Sealed[], problems: LogProblem[] = [], of = copy, on = now) {
  const entries = sealed.map(({ id, operation = "environment-refresh", database = source, ...said }, position) => {
    const { verdict = "pass", run: ended = "succeeded", teardown = "follows", begun, plan, outcome } = said;
    const request = { requestedBy: "ana" };
    const predicate = {
      requestId: id,
      request,
      operation,
      database,
      verdict,
      run: ended,
      begun,
      teardown,
      plan,
      outcome,
    };
    const run = { id: `${id}.verdict`, kind: "verdict", predicate } as unknown as RunStatement;
    return { position, envelope: id, statement: {} as never, sighting: undefined, run };
  });
  return copyStanding({ head: undefined, entries, problems } as LogContent, of, on);
}

test("a copy is proven by the refresh that has made it, until its last day", () => {
  expect(standingIn([refresh("first")])).toMatchObject({
    standing: "proven",
    copy: {
      requestId: "first",
      requestedBy: "ana",
      expiresOn: "2027-03-24",
      dataFrom: "2027-03-10T00:00:00.000Z",
      extensions: [],
    },
  });
  const on = (moment: string) => standingIn([refresh("first")], [], copy, new Date(moment)).standing;
  expect(on("2027-03-24T23:59:59Z")).toBe("proven");
  expect(on("2027-03-25T00:00:00Z")).toBe("expired");
});

test("a copy that was removed is no copy any more, where a team's own database has stayed; a removal that failed, or of an older copy, says nothing", () => {
  const removal = (id: string, more: Partial<Sealed> = {}): Sealed => ({
    ...{ id, operation: "refresh-removal", database: copy, teardown: "none" },
    ...more,
  });
  expect(standingIn([refresh("first"), removal("gone")])).toEqual({
    standing: "none",
    reason: "its copy was removed, by request gone",
  });
  expect(standingIn([refresh("first"), removal("gone", { verdict: "fail" })]).standing).toBe("proven");
  expect(standingIn([refresh("first"), removal("gone", { database: source })]).standing).toBe("proven");
  expect(standingIn([removal("gone"), refresh("second")]).standing).toBe("proven");
});

test("a copy that is made of an earlier one is proven by its own statement, until it is compared by none, and is the origin of no other", () => {
  const compared = { rows: 10, written: 0, definitions: [], beside: [], isThat: true, seconds: 1 };
  const outcome = { ...made, copied: null, compared };
  const found = standingIn([refresh("made of another", { outcome })]);
  expect(found).toMatchObject({ standing: "proven", copy: { requestId: "made of another" } });
  expect(found).toHaveProperty("copy.state", undefined);
  const failed = { verdict: "fail", outcome: { ...outcome, handedOver: null } };
  expect(standingIn([refresh("made of another", failed)]).standing).toBe("withdrawn");
});

test("what a refresh has searched is known of its copy, unless the statement cannot say it", () => {
  const state = { transaction: "700", rows: 3, definitions: { view: "a" } };
  const searched = (leaks: object) => standingIn([refresh("first", { outcome: { ...made, leaks } })]);
  expect(searched({ hits: [], state })).toMatchObject({ standing: "proven", copy: { state, handedOverAt: "x" } });
  expect(searched({ state: { rows: "many" } })).toMatchObject({ standing: "proven", copy: { state: undefined } });
});

test.each([
  ["another resource id", named("orders-staging", "db-9")],
  ["another Region", named("orders-staging", "db-2", "eu-west-1")],
  ["the source itself", source],
])("a statement about %s proves nothing", (_, of) => {
  expect(standingIn([refresh("first")], [], of)).toMatchObject({ standing: "none" });
});

test.each<[string, Partial<Sealed>]>([
  ["a fail", { verdict: "fail" }],
  ["what nobody was given", { outcome: { ...made, handedOver: null } }],
  [
    "a run that was cancelled",
    { run: "cancelled", verdict: "inconclusive", outcome: undefined, plan: planOf("2027-03-24", copy) },
  ],
  [
    "a run that failed in mid-copy",
    {
      ...{ run: "failed", verdict: "inconclusive", outcome: null, plan: planOf("2027-03-24", copy) },
      begun: ["choose the recovery point", "copy and mask", "restore into isolation"],
    },
  ],
])("%s proves nothing, and withdraws what was proven before", (_, more) => {
  expect(standingIn([refresh("only", more)])).toMatchObject({ standing: "withdrawn" });
  expect(standingIn([refresh("first"), refresh("newer", more)])).toMatchObject({ standing: "withdrawn" });
  // Another refresh that passes is another copy.
  expect(standingIn([refresh("first"), refresh("newer", more), refresh("newest")])).toMatchObject({
    standing: "proven",
    copy: { requestId: "newest" },
  });
});

test.each<[string, Partial<Sealed>]>([
  [
    "ended before it had copied anything",
    { verdict: "fail", outcome: { ...made, target: null, copied: null, handedOver: null } },
  ],
  ["never began", { run: "failed", verdict: "inconclusive", teardown: "none", outcome: null }],
  [
    "failed before it had begun to copy",
    {
      ...{ run: "failed", verdict: "inconclusive", outcome: null },
      begun: ["adopt the copy into its stack", "restore into isolation"],
    },
  ],
  ["was for another target", { verdict: "fail", outcome: { ...made, target: named("orders-test", "db-7") } }],
])("a refresh that %s withdraws nothing", (_, more) => {
  const plan = more.outcome && "target" in more.outcome && more.outcome.target ? planOf() : planOf("2027-03-24", copy);
  expect(standingIn([refresh("first"), refresh("newer", { plan, ...more })])).toMatchObject({
    standing: "proven",
    copy: { requestId: "first" },
  });
});

test("the newest extension that was carried out says until when", () => {
  expect(standingIn([refresh("first"), extension("e1", "2027-03-27"), extension("e2", "2027-03-30")])).toMatchObject({
    standing: "proven",
    copy: { expiresOn: "2027-03-30", extensions: ["e1", "e2"] },
  });
});

test.each<[string, Partial<Sealed>]>([
  ["that did not pass", { verdict: "inconclusive" }],
  ["of another database", { database: named("orders-staging", "db-9") }],
  ["of an earlier copy in the same instance", { plan: { expiresOn: "2027-03-30", copy: { madeBy: "earlier" } } }],
])("an extension %s extends nothing", (_, more) => {
  expect(standingIn([refresh("first"), extension("e1", "2027-03-30", more)])).toMatchObject({
    copy: { expiresOn: "2027-03-24", extensions: [] },
  });
});

test("an extension from before a refresh says nothing of the copy that this has made", () => {
  expect(standingIn([extension("e1", "2027-03-30"), refresh("first")])).toMatchObject({
    copy: { expiresOn: "2027-03-24" },
  });
});

test("a newer statement that is missing or cannot be read may withdraw it: then nothing is known", () => {
  const lost = (position: number) => [{ what: "altered", lost: { position } }];
  expect(standingIn([refresh("first")], lost(5))).toMatchObject({ standing: "unknown" });
  expect(standingIn([extension("e0", "2027-01-01"), refresh("first")], lost(0))).toMatchObject({ standing: "proven" });
  expect(standingIn([], lost(0))).toMatchObject({ standing: "unknown" });
});
