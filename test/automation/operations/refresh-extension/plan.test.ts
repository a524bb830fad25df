import fc from "fast-check";
import {
  extensionStillHolds,
  planExtension,
  type ObservedExtension,
} from "../../../../automation/operations/refresh-extension/plan";
import { refreshExtensionRequest } from "../../../../automation/operations/refresh-extension/request";
import { verifyExtension } from "../../../../automation/operations/refresh-extension/verify";
import { targetDatabase } from "../../../../automation/fleet-records";
import { decide } from "../../../../automation/policy/decisions";
import { copyRetentionDaysMax } from "../../../../automation/policy/limits";
import { builtIn } from "../../../../components/standards/built-in";
import { facts } from "../../policy/facts";

const arn = (name: string) => `arn:aws:rds:eu-central-1:123456789012:db:${name}`;
const tagsOf = (environment: string, classification: string) => ({
  ...{ service: "orders", environment, tier: "bronze", owner: "team-orders", "data-classification": classification },
  ...{ "shipshape:standard": "shipshape/1.2.0/0123456789ab" },
});
const source = { identifier: "orders-production", resourceId: "db-1", arn: arn("orders-production") };

const observedOf = (classification: string, more: Partial<ObservedExtension> = {}): ObservedExtension => ({
  observedAt: "2027-03-20T10:00:00.000Z",
  ...{ identifier: "orders-staging", arn: arn("orders-staging"), resourceId: "db-2" },
  tags: tagsOf("staging", classification),
  ...{
    stack: "refreshed-database.orders-staging",
    secretsProvider: null,
    expiresOn: "2027-03-24",
    madeBy: "refresh-1",
  },
  signed: {
    ...{
      requestId: "refresh-1",
      requestedBy: "ana",
      evidence: "e".repeat(64),
      schemaDigest: "5".repeat(64),
      extensions: [],
    },
    source: { database: targetDatabase(source), tags: tagsOf("production", classification) },
    profile: { name: "orders", digest: "9".repeat(64), columnsMasked: 4 },
    ...{ dataFrom: "2027-03-10T23:59:59.000Z", expiresOn: "2027-03-24" },
    arguments: {
      request: {
        ...{ service: "orders", environment: "staging", owner: "team-orders", costCenter: "1", tier: "bronze" },
        ...{ size: "small", dataClassification: "confidential" },
        maskedCopy: {
          ...{ request: "refresh-1", source: "orders-production", profile: "9".repeat(64), expiresOn: "2027-03-24" },
        },
      },
      ...{ platformStack: "platform.dev", reachableFrom: { "orders-api": "sg-0a" } },
    },
  },
  sourceTags: tagsOf("production", classification),
  profileToday: { digest: "9".repeat(64), columnsMasked: 4 },
  ...more,
});
const observed = observedOf("confidential");
const until = (day: string, of = observed) => planExtension({ database: "orders-staging", until: day }, of, builtIn);
const decided = (day: string, of = observed, principal = "ana") => {
  const { operation } = facts("changes");
  return decide(
    facts("changes", { plan: until(day, of), operation: { ...operation, name: "refresh-extension" }, principal }),
  );
};

test("an extension declares the copy as its refresh has, but for its end", () => {
  const { arguments: declared, text, evidenceValidDays } = until("2027-04-02");
  expect(declared).toEqual({
    ...observed.signed.arguments,
    request: {
      ...observed.signed.arguments.request,
      maskedCopy: { ...observed.signed.arguments.request.maskedCopy, expiresOn: "2027-04-02" },
    },
  });
  expect(text).toContain("until 2027-04-02 instead of 2027-03-24: 23 days from the day of its data, 2027-03-10.");
  expect(evidenceValidDays).toBe(13);
});

test("days are counted from the day of the request, and a day may be named instead; neither and both are refused", () => {
  expect(planExtension({ database: "orders-staging", retentionDays: 7 }, observed, builtIn).expiresOn).toBe(
    "2027-03-27",
  );
  const asked = { database: "orders-staging" };
  expect(refreshExtensionRequest.safeParse(asked).success).toBe(false);
  expect(refreshExtensionRequest.safeParse({ ...asked, retentionDays: 7, until: "2027-03-27" }).success).toBe(false);
  expect(refreshExtensionRequest.safeParse({ ...asked, until: "2027-02-30" }).success).toBe(false);
  expect(refreshExtensionRequest.safeParse({ ...asked, until: "2027-03-27" }).success).toBe(true);
});

test("what ends no later is no extension", () => {
  expect(() => until("2027-03-24")).toThrow("it stays until 2027-03-24 as it is");
  expect(() => planExtension({ database: "orders-staging", retentionDays: 4 }, observed, builtIn)).toThrow(
    "no earlier",
  );
});

test.each([
  ["internal", 1],
  ["confidential", 1],
  ["restricted", 2],
])("of %s data, the team that owns the source approves, with %i of its people", (classification, people) => {
  const of = observedOf(classification, {
    signed: { ...observedOf(classification).signed, dataFrom: "2027-03-18T00:00:00.000Z" },
  });
  const { status, needed } = decided("2027-03-30", of);
  expect({ status, needed }).toMatchObject({ status: "needs-approval", needed: [{ people }] });
  expect(needed).toHaveLength(1);
});

test("a copy stays no longer than its classification allows from the day of its data, whatever is asked", () => {
  expect(decided("2027-04-09").status).toBe("needs-approval");
  expect(decided("2027-04-10")).toMatchObject({ status: "denied" });
});

test("however many extensions follow each other, none keeps a copy beyond that day", () => {
  const classifications = Object.keys(copyRetentionDaysMax);
  fc.assert(
    fc.property(
      fc.constantFrom(...classifications),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 }),
      (classification, asked) => {
        const first = Date.parse("2027-03-10");
        let of = observedOf(classification, { expiresOn: "2027-03-12", observedAt: "2027-03-11T08:00:00.000Z" });
        for (const retentionDays of asked) {
          try {
            const plan = planExtension({ database: "orders-staging", retentionDays }, of, builtIn);
            const { operation } = facts("changes");
            const { status } = decide(
              facts("changes", { plan, operation: { ...operation, name: "refresh-extension" } }),
            );
            if (status === "denied") continue;
            // Carried out, and asked for again on its last day.
            of = { ...of, expiresOn: plan.expiresOn, observedAt: `${plan.expiresOn}T08:00:00.000Z` };
          } catch (error) {
            if (!String(error).includes("does not stay longer")) throw error;
          }
        }
        expect((Date.parse(of.expiresOn) - first) / 86_400_000).toBeLessThanOrEqual(
          copyRetentionDaysMax[classification]!,
        );
      },
    ),
  );
});

test("the data is as sensitive as the stricter of then and today says; whose the source is, it is today", () => {
  const tags = (then: string, today: string | undefined) => {
    const { "data-classification": _, ...rest } = { ...tagsOf("production", ""), owner: "team-web" };
    const of = observedOf(then, {
      sourceTags: today === undefined ? rest : { ...rest, "data-classification": today },
    });
    return until("2027-03-30", of).copies!.source.tags;
  };
  expect(tags("restricted", "public")).toMatchObject({ owner: "team-web", "data-classification": "restricted" });
  expect(tags("internal", "restricted")).toMatchObject({ "data-classification": "restricted" });
  expect(tags("internal", undefined)).not.toHaveProperty("data-classification");
});

test("a copy that its profile would mask more of today is refused; another change of the profile is said to those who approve", () => {
  const today = (digest: string, columnsMasked: number) =>
    until("2027-03-30", observedOf("confidential", { profileToday: { digest, columnsMasked } }));
  expect(() => today("8".repeat(64), 5)).toThrow("masks 5 of its columns today, and masked 4 when it was made");
  expect(today("8".repeat(64), 4).text).toContain("has changed since it was made");
  expect(today("9".repeat(64), 4).text).toContain("is still the same");
  expect(until("2027-03-30", observedOf("confidential", { profileToday: null })).text).toContain(
    "there is no masking profile",
  );
});

test("a plan is void once the copy, its end, its evidence, the profile or the source's tags differ", () => {
  const holds = (differing: Partial<ObservedExtension>) =>
    extensionStillHolds(until("2027-04-02"), { ...observed, ...differing }, builtIn);
  expect(holds({ observedAt: "2027-03-22T10:00:00.000Z" })).toBe(true);
  expect(holds({ resourceId: "db-3" })).toBe(false);
  expect(holds({ expiresOn: "2027-03-25" })).toBe(false);
  expect(holds({ tags: { owner: "team-web" } })).toBe(false);
  expect(holds({ signed: { ...observed.signed, evidence: "f".repeat(64) } })).toBe(false);
  expect(holds({ profileToday: null })).toBe(false);
  expect(holds({ sourceTags: tagsOf("production", "restricted") })).toBe(false);
});

test("an extension passes by the tags that the cloud shows, and its verdict names the refresh and its evidence", () => {
  const plan = until("2027-04-02");
  const seen = { resourceId: "db-2", madeBy: "refresh-1", expiresOn: "2027-04-02", at: "2027-03-20T10:00:01Z" };
  expect(verifyExtension(plan, { seen })).toMatchObject({
    verdict: "pass",
    checks: [{ figures: { refresh: "refresh-1", evidenceOfRefresh: "e".repeat(64), expiresOn: "2027-04-02" } }],
  });
  for (const wrong of [{ resourceId: "db-3" }, { madeBy: "refresh-2" }, { expiresOn: "2027-03-24" }])
    expect(verifyExtension(plan, { seen: { ...seen, ...wrong } })).toMatchObject({ verdict: "fail" });
});
