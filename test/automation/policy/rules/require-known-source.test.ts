import { requireKnownSource } from "../../../../automation/policy/rules/require-known-source";
import type { Effect } from "../../../../automation/records";
import { instanceTagOf } from "../../../../components/standards/standard";
import { readStandard } from "../../../../components/standards/standard-file";
import { companyFolder, today } from "../../../components/standards/company";
import { facts, plan } from "../facts";

const judged = (effect: Effect, tags: Record<string, string>) =>
  requireKnownSource.judge(facts(effect, { plan: { ...plan, tags } }));
const standard = { "shipshape:standard": "shipshape/1.1.0/0123456789ab" };

test.each<Effect>(["reads", "throwaway", "changes"])(
  "a database with an owner that Shipshape manages is a known one: %s",
  (effect) => {
    expect(judged(effect, { owner: "team-orders", ...standard })).toEqual({
      verdict: "allowed",
      reason: "orders belongs to team-orders, and Shipshape manages it",
    });
  },
);

describe.each<[string, Record<string, string>, string]>([
  ["without any tag", {}, "orders has no tag owner and no tag shipshape:standard"],
  ["without an owner", standard, "orders has no tag owner"],
  ["whose owner is a dash", { owner: " - ", ...standard }, "orders has no tag owner"],
  ["that Shipshape does not manage", { owner: "team-orders" }, "orders has no tag shipshape:standard"],
])("a database %s", (_, tags, found) => {
  test("must not be changed", () => {
    const reason = `${found}: it must not be changed`;
    expect(judged("changes", tags)).toEqual({ verdict: "denied", reason });
  });

  test.each<Effect>(["reads", "throwaway"])("can still be read, copied and drilled: %s", (effect) => {
    const reason = `${found}, but reindex does not change it`;
    expect(judged(effect, tags)).toEqual({ verdict: "allowed", reason });
  });
});

test("of a plan about several databases each database's own request is judged", () => {
  const { database: _, ...several } = plan;
  expect(requireKnownSource.judge(facts("changes", { plan: { ...several, target: "ring 1", tags: {} } }))).toEqual({
    verdict: "allowed",
    reason: "ring 1: each database has a request of its own",
  });
});

test("a database that follows another company's standard must not be changed, and can be drilled", () => {
  const tags = { owner: "team-orders", "shipshape:standard": "acme/2027.1.0/0123456789ab" };
  expect(judged("changes", tags)).toMatchObject({
    verdict: "denied",
    reason: expect.stringMatching(
      /follows the standard acme\/2027\.1\.0\/0123456789ab, and this .* has 1\.2\.0/,
    ) as string,
  });
  expect(judged("throwaway", tags).verdict).toBe("allowed");
  expect(judged("changes", { ...tags, "shipshape:standard": "1.1.0" }).verdict).toBe("allowed");
});

test("under a company's standard, one of the same name whose digest no worker ever had is refused", () => {
  const standard = readStandard(companyFolder().file, today);
  const judge = (tag: string, effect: Effect = "changes") => {
    const tags = { Team: "payments-team", "shipshape:standard": tag };
    const held = { plan: { ...plan, tags }, standard, standards: ["acme/2026.9.0/aaaaaaaaaaaa", "1.1.0"] };
    return requireKnownSource.judge(facts(effect, held)).verdict;
  };
  expect(judge(instanceTagOf(standard))).toBe("allowed");
  // What a worker had before, even Shipshape's own.
  expect(judge("acme/2026.9.0/aaaaaaaaaaaa")).toBe("allowed");
  expect(judge("1.1.0")).toBe("allowed");
  for (const unknown of ["acme/2027.1.0/0123456789ab", "acme/2026.9.0/aaaaaaaaaaab", "acme", "1.0.0", "shipshape/1/a"])
    expect([unknown, judge(unknown)]).toEqual([unknown, "denied"]);
  expect(judge("acme/2027.1.0/0123456789ab", "reads")).toBe("allowed");
});
