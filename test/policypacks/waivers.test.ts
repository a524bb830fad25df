import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { requireMultiAz } from "../../policypacks/database-guardrails/rules/require-multi-az";
import { parseWaiver, readWaivers } from "../../policypacks/database-guardrails/waiver-files";
import { WaiverRegister } from "../../policypacks/database-guardrails/waiver-register";
import { database, judged, today, urnOf } from "./fixtures";

const urn = urnOf(database());
const given = {
  rule: "require-multi-az",
  resource: urn,
  reason: "moves in March",
  owner: "team-orders",
  approver: "team-platform",
  expiresOn: "2027-03-31",
  category: "waiver",
};
const yaml = (changes: Record<string, string | undefined> = {}) =>
  Object.entries({ ...given, ...changes })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}: "${value}"\n`]))
    .join("");
const problemsOf = (text: string) => parseWaiver("w.yaml", text, today).problems.map(({ line, message }) => `${line}: ${message}`);

/** A register over one waiver, and what it makes of a violation. */
function waived(changes: Record<string, string> = {}, on = today) {
  const { waiver, problems } = parseWaiver("policypacks/waivers/standby.yaml", yaml(changes), today);
  const register = new WaiverRegister({ waivers: waiver ? [waiver] : [], problems }, on);
  return { register, finding: judged(requireMultiAz, database({ multiAz: false })).map((finding) => register.apply(finding))[0] };
}

describe("a waiver", () => {
  test("turns the violation into an advisory that names it, its approver and its end", () => {
    const { register, finding } = waived();
    expect(finding).toMatchObject({ kind: "waived", level: "advisory", waiver: { id: "standby", expiresOn: "2027-03-31", daysLeft: 128 } });
    expect(finding?.message).toContain("Waived by standby (approved by team-platform) until 2027-03-31.");
    expect(register.stale(new Set(["test::shipshape"]))).toEqual([]);
  });

  test("warns in its last 14 days", () => {
    expect(waived({}, "2027-03-16").finding?.message).not.toContain("renew");
    expect(waived({}, "2027-03-17").finding?.message).toContain("in 14 days: put it right or renew it");
    expect(waived({}, "2027-03-31").finding?.kind).toBe("waived");
  });

  test("gives the violation back the day after, and is a violation itself", () => {
    const { register, finding } = waived({}, "2027-04-01");
    expect(finding).toMatchObject({ kind: "violation", level: "mandatory" });
    expect(finding?.message).toContain("The waiver standby expired on 2027-03-31.");
    expect(register.stale(new Set(["test::shipshape"])).map(({ rule, level, message }) => [rule, level, message.split(";")[0]])).toEqual([
      ["forbid-stale-waivers", "mandatory", "waiver standby: expired on 2027-03-31"],
    ]);
  });

  test("covers what its glob matches, and nothing beyond", () => {
    expect(waived({ resource: "urn:pulumi:test::shipshape::*::orders-instance" }).finding?.kind).toBe("waived");
    expect(waived({ resource: "urn:pulumi:*::shipshape::aws:rds/*::orders-*" }).finding?.kind).toBe("waived");
    expect(waived({ resource: "urn:pulumi:test::*::orders-instance" }).finding?.kind).toBe("violation");
    expect(waived({ resource: "urn:pulumi:test::shipshape::*::other" }).finding?.kind).toBe("violation");
    expect(waived({ rule: "require-tls" }).finding?.kind).toBe("violation");
  });

  test("that matches nothing is a violation of its own, where its stack was judged", () => {
    const { register } = waived({ resource: "urn:pulumi:test::shipshape::*::other" });
    expect(register.stale(new Set(["test::shipshape"]))[0]?.message).toContain("matches no violation of require-multi-az");
    expect(register.stale(new Set(["another::shipshape"]))).toEqual([]);
    expect(waived({ resource: "urn:pulumi:*::shipshape::*::other" }).register.stale(new Set(["test::shipshape"]))).toEqual([]);
    expect(waived({ resource: "urn:pulumi:*::shipshape::*::other" }).register.stale("all")).toHaveLength(1);
  });
});

describe("a broken waiver is named with its line, and waives nothing", () => {
  test.each([
    ["an unknown rule", yaml({ rule: "require-multiaz" }), '1: rule: there is no rule "require-multiaz"; docs/guardrails.md lists them'],
    [
      "a typo in a name",
      yaml().replace("approver", "aprover"),
      "5: unknown: aprover; a waiver has rule, resource, reason, owner, approver, expiresOn, category",
    ],
    ["a missing reason", yaml({ reason: undefined }), "1: reason: give the reason, so that somebody else understands it in half a year"],
    ["an owner who approves", yaml({ approver: "team-orders" }), "5: approver: nobody approves their own exception: give an approver other than the owner"],
    ["no end", yaml({ expiresOn: undefined }), "1: expiresOn: give a day as YYYY-MM-DD"],
    ["a day that does not exist", yaml({ expiresOn: "2027-02-30" }), "6: expiresOn: give a day as YYYY-MM-DD"],
    ["an end too far ahead", yaml({ expiresOn: "2027-11-23" }), "6: expiresOn: 2027-11-23 is 365 days ahead; allowed: 180 at most"],
    [
      "a waiver for everything",
      yaml({ resource: "urn:pulumi:*::*::*::*" }),
      "2: resource: a waiver is for named resources: give at least a name, a type or a stack",
    ],
    ["a star", yaml({ resource: "*" }), '2: resource: give a URN ("urn:pulumi:<stack>::<project>::<type>::<name>") or an ARN, which may hold *'],
    ["an unknown category", yaml({ category: "accepted" }), '7: category: give "waiver" or "mitigated"'],
    ["an empty file", "", "1: give a mapping, not nothing"],
  ])("%s", (_, text, expected) => expect(problemsOf(text)).toContain(expected));

  test("text that is no YAML", () => expect(problemsOf("rule: [")[0]).toMatch(/^1: /));

  test("two for the same rule and resource", () => {
    const folder = mkdtempSync(join(tmpdir(), "shipshape-waivers-"));
    try {
      for (const name of ["a.yaml", "b.yaml"]) writeFileSync(join(folder, name), yaml());
      mkdirSync(join(folder, "notes"));
      const { waivers, problems } = readWaivers(folder, today);
      expect([waivers.length, problems.map(({ message }) => message)]).toEqual([2, [expect.stringContaining("one waiver for a rule and a resource")]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("the day can be set ahead, never back", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  expect([todayOf(undefined, now), todayOf("2027-01-01", now), todayOf("2026-01-01", now), todayOf("soon", now)]).toEqual([
    "2026-11-23",
    "2027-01-01",
    "2026-11-23",
    "2026-11-23",
  ]);
});
