import type { CopyStanding, SignedCopy } from "../../../../automation/copy-records";
import { targetDatabase } from "../../../../automation/fleet-records";
import {
  earlierCopy,
  ofEarlier,
  restoringArguments,
  type EarlierLook,
  type EarlierTerms,
} from "../../../../automation/operations/environment-refresh/earlier-copy";
import type { ComparedCopy, RefreshOutcome } from "../../../../automation/operations/environment-refresh/outcome";
import {
  planRefresh,
  refreshStillHolds,
  type ObservedRefresh,
} from "../../../../automation/operations/environment-refresh/plan";
import { environmentRefreshRequest } from "../../../../automation/operations/environment-refresh/request";
import { verifyRefresh } from "../../../../automation/operations/environment-refresh/verify";
import { isAsSearched } from "../../../../automation/operations/environment-refresh/verify-earlier";
import { forbidLongRetention } from "../../../../automation/policy/rules/forbid-long-retention";
import { forbidUnmaskedCopy } from "../../../../automation/policy/rules/forbid-unmasked-copy";
import { canonicalJson } from "../../../../automation/records";
import { builtIn } from "../../../../components/standards/built-in";
import type { RefreshedDatabaseArgs } from "../../../../stacks/refreshed-database";

const named = (identifier: string, resourceId: string) =>
  targetDatabase({ identifier, resourceId, arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}` });
const source = named("orders-production", "db-1");
const golden = named("orders-staging", "db-2");
const shape = {
  ...{ service: "orders", size: "small" as const, databaseName: "orders", schemaName: "orders", furtherSchemas: [] },
  ...{ extensions: [], postgresMajor: 17 as const },
};
const sourceTags = {
  ...{ service: "orders", environment: "production", tier: "gold", owner: "team-orders" },
  ...{ "data-classification": "confidential", "cost-center": "4711" },
};
const signed: SignedCopy = {
  ...{ requestId: "first", requestedBy: "ana", evidence: "e".repeat(64), schemaDigest: "5".repeat(64) },
  source: { database: source, tags: sourceTags },
  profile: { name: "orders", digest: "9".repeat(64), columnsMasked: 4 },
  ...{ dataFrom: "2027-03-01T10:00:00.000Z", expiresOn: "2027-03-24", extensions: [] },
  handedOverAt: "2027-03-01T11:00:00.000Z",
  state: { transaction: "700", rows: 10, definitions: { view: "a" } },
  arguments: {
    request: { ...shape, environment: "staging", dataClassification: "confidential" },
    ...{ platformStack: "platform.dev", reachableFrom: {} },
  } as unknown as RefreshedDatabaseArgs,
};
const look: EarlierLook = {
  database: golden,
  tags: { ...sourceTags, environment: "staging", "shipshape:copy-request": "first" },
  removal: undefined,
  standing: { standing: "proven", copy: signed },
};
const terms: EarlierTerms = {
  ...{ source, sourceTags, shape, platformStack: "platform.dev", identifier: "orders-development", isTaken: false },
  ...{ profileDigest: "9".repeat(64), schemaDigest: "5".repeat(64) },
};
const refused = (differing: Partial<EarlierLook>, otherwise: Partial<EarlierTerms> = {}): string => {
  try {
    earlierCopy({ ...look, ...differing }, { ...terms, ...otherwise }, builtIn);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};
const copyOf = (differing: Partial<SignedCopy>): Partial<EarlierLook> => ({
  standing: { standing: "proven", copy: { ...signed, ...differing } },
});
const standing = (one: Exclude<CopyStanding["standing"], "proven" | "expired">): Partial<EarlierLook> => ({
  standing: { standing: one, reason: `its proof is ${one}` },
});

test("a proven copy of the same source, by the same profile and schema, is what another one is made of", () => {
  expect(refused({})).toBe("");
});

test.each<[string, string, RegExp]>([
  ["whose proof a later refresh has withdrawn", refused(standing("withdrawn")), /its proof is withdrawn/],
  ["that no refresh has made", refused(standing("none")), /its proof is none/],
  ["of which a statement may be lost", refused(standing("unknown")), /its proof is unknown/],
  [
    "whose time is over",
    refused({ standing: { standing: "expired", copy: signed, reason: "it was approved until 2027-03-24" } }),
    /it was approved until 2027-03-24/,
  ],
  ["that is made of another copy", refused(copyOf({ state: undefined })), /has not recorded what was searched/],
  ["of another source", refused(copyOf({ source: { database: named("x", "db-9"), tags: {} } })), /is a copy of x/],
  [
    "of a database that had the source's name before",
    refused({}, { source: named("orders-production", "db-9") }),
    /it is a copy of orders-production/,
  ],
  ["by a profile that has changed", refused({}, { profileDigest: "8".repeat(64) }), /masking profile has changed/],
  ["of a schema that has changed", refused({}, { schemaDigest: "6".repeat(64) }), /schema of its source has changed/],
  ["that is being removed", refused({ removal: "gone" }), /its removal has begun, by request gone/],
  [
    "whose tags name another refresh",
    refused({ tags: { ...look.tags, "shipshape:copy-request": "second" } }),
    /its tags name another refresh/,
  ],
  [
    "of data that is classified higher by now",
    refused({}, { sourceTags: { ...sourceTags, "data-classification": "restricted" } }),
    /declared for confidential data, and its source has restricted/,
  ],
  ["that is smaller", refused({}, { shape: { ...shape, size: "large" } }), /declared otherwise than its source: size/],
  ["on another platform", refused({}, { platformStack: "platform.eu" }), /on another platform/],
  ["for a name that is taken", refused({}, { isTaken: true }), /orders-development is there already/],
])("a copy %s is refused", (_, message, problem) => {
  expect(message).toMatch(/^no copy is made of orders-staging: /);
  expect(message).toMatch(problem);
});

const earlier = earlierCopy(look, terms, builtIn);
const observed: ObservedRefresh = {
  observedAt: "2027-03-11T10:00:00.000Z",
  source: {
    ...{ ...source, databaseName: "orders", engineVersion: "17.10", instanceClass: "db.t4g.medium" },
    ...{ parameterGroupName: "g", subnetGroupName: "s", keyArn: undefined, tags: sourceTags, shape },
    ...{ engineLifecycleSupport: "open-source-rds-extended-support-disabled", schemaDigest: "5".repeat(64) },
  },
  ...{ isolationSecurityGroupIds: ["sg-1"], secretsProvider: null, platformStack: "platform.dev" },
  profile: {
    ...{ name: "orders", digest: "9".repeat(64), keySecret: "masking/orders", disarms: 1, sequences: "column" },
    ...{ columnsMasked: 4, columnsKept: 7, tablesEmpty: 1 },
  },
  ...{ existing: null, replaces: null, earlier },
};
const asked = { database: "orders-production", environment: "development", fromCopy: "orders-staging" };
const planned = (retentionDays: number, of = observed) =>
  planRefresh({ ...asked, retentionDays }, of, "20270311-1", builtIn);
const plan = planned(7);

test("people approve on whose proof it relies, and that nothing is masked or searched; the copy's name is its own", () => {
  expect(plan.copy).toMatchObject({ identifier: "orders-development", existing: null });
  expect(plan.text).toMatch(/from a snapshot of orders-staging, the masked copy .* that refresh first handed over/);
  expect(plan.text).toMatch(/It has all of it\. Nothing is restored from orders-production, and no row is masked/);
  expect(plan.copies).toMatchObject({
    proof: { refresh: "first", evidence: "e".repeat(64) },
    madeOf: "orders-staging",
  });
  const part = planned(7, { ...observed, earlier: { ...earlier, scope: { kind: "schema" } } });
  expect(part.text).toMatch(/It has the schema alone, without rows\./);
});

test("its days count from the day of the data, so that no row of copies keeps the data for longer than one may stay", () => {
  const judged = (retentionDays: number) =>
    forbidLongRetention.judge({
      ...{ operation: { name: "environment-refresh", effect: "changes" }, plan: planned(retentionDays) },
      standard: builtIn,
    } as unknown as Parameters<typeof forbidLongRetention.judge>[0]);
  expect(ofEarlier(earlier, plan.copy.expiresOn)).toMatchObject({ dataFrom: "2027-03-01", retentionDays: 17 });
  expect(judged(20).verdict).toBe("allowed");
  expect(judged(21)).toMatchObject({ verdict: "denied" });
});

test("production data leaves production only while the proof of the earlier copy is valid", () => {
  const judged = (now: string) =>
    forbidUnmaskedCopy.judge({
      ...{ operation: { name: "environment-refresh", effect: "changes" }, plan, standard: builtIn, now: new Date(now) },
    } as unknown as Parameters<typeof forbidUnmaskedCopy.judge>[0]).verdict;
  expect(judged("2027-03-24T12:00:00Z")).toBe("allowed");
  expect(judged("2027-03-25T00:00:00Z")).toBe("denied");
});

test.each<[string, Partial<ObservedRefresh>]>([
  ["another refresh has replaced it", { earlier: { ...earlier, madeBy: "second" } }],
  ["its proof is another", { earlier: { ...earlier, evidence: "f".repeat(64) } }],
  ["another instance has its name", { earlier: { ...earlier, database: named("orders-staging", "db-7") } }],
  ["there is none any more", { earlier: undefined as never }],
])("an approved plan is void once %s", (_, differing) => {
  const stored = JSON.parse(canonicalJson(plan)) as typeof plan;
  expect(refreshStillHolds(stored, observed, builtIn)).toBe(true);
  expect(refreshStillHolds(stored, { ...observed, ...differing }, builtIn)).toBe(false);
});

test("until it is compared no client may connect; later changes of its stack do not name the snapshot", () => {
  const given = { ...plan.copy.arguments, reachableFrom: { "orders-api": "sg-0a" } };
  expect(restoringArguments(given, plan.throwaway.identifier)).toMatchObject({
    reachableFrom: {},
    request: { restoreFrom: { snapshotIdentifier: "shipshape-copy-20270311-1" } },
  });
  expect(given.request.restoreFrom).toBeUndefined();
});

const same: ComparedCopy = { rows: 10, written: 0, definitions: [], beside: [], isThat: true, seconds: 1 };
const outcome = (compared: ComparedCopy): RefreshOutcome => ({
  ...{ notRestorable: null, recoveryPoint: earlier.dataFrom, restore: null, copied: null, validation: null },
  ...{ disarmed: null, leaks: null, target: named("orders-development", "db-3"), compared },
  handedOver: isAsSearched(earlier, compared) ? { at: "2027-03-11T11:00:00.000Z" } : null,
});

test("the statement claims that the rows are those that were searched, by whose statement, and not that anything was searched now", () => {
  const { verdict, checks } = verifyRefresh(plan, outcome(same));
  expect(verdict).toBe("pass");
  expect(checks.map(({ name }) => name)).toEqual(["copy-is-as-searched", "copy-is-handed-over"]);
  expect(checks[0]!.explanation).toMatch(/^none of its 10 rows was written after refresh first searched them/);
  expect(checks[0]!.explanation).toMatch(/nothing was searched again/);
  expect(checks[0]!.explanation).toMatch(
    /written to orders-staging since .* and removed again .* may be in the storage/,
  );
  expect(checks[1]!.figures).toMatchObject({ handOver: "golden-snapshot", refresh: "first", evidence: "e".repeat(64) });
});

test.each<[string, Partial<ComparedCopy>, RegExp]>([
  ["a row that people have written", { rows: 11, written: 1 }, /^1 of its rows were written after/],
  ["a row that people have changed", { written: 1 }, /1 of the 10 rows that were searched are not there/],
  ["a row that is gone", { rows: 9 }, /^1 of the 10 rows that were searched are not there/],
  ["rows that nobody has written", { rows: 12 }, /^it has 2 rows more than were searched/],
  ["a function that was replaced", { definitions: ["function"] }, /^it differs in what was searched of: function/],
  ["a database beside it", { beside: ["the database dump"] }, /^there is the database dump, which was not searched/],
  ["what another refresh has put there", { isThat: false }, /^its content is not the one that was handed over/],
])("%s ends it: nobody is given the copy", (_, differing, explanation) => {
  const { verdict, checks } = verifyRefresh(plan, outcome({ ...same, ...differing }));
  expect(verdict).toBe("fail");
  expect(checks[0]!.explanation).toMatch(explanation);
  expect(checks[1]).toMatchObject({
    verdict: "fail",
    explanation: expect.stringMatching(/nobody sees the copy/) as string,
  });
});

test.each([
  { at: "2027-03-01T10:00:00Z" },
  { target: "orders-test" },
  { tables: "app.t" },
  { subset: "a" },
  { schemaOnly: true },
])("a request from a copy with %j is refused: the earlier copy decides it", (more) => {
  expect(environmentRefreshRequest.safeParse({ ...asked, retentionDays: 7, ...more }).success).toBe(false);
  expect(environmentRefreshRequest.safeParse({ ...asked, retentionDays: 7 }).success).toBe(true);
});
