import { forbidStaleWaivers } from "../../../policypacks/database-guardrails/rules/forbid-stale-waivers";
import { requireMultiAz } from "../../../policypacks/database-guardrails/rules/require-multi-az";
import { parseWaiver } from "../../../policypacks/database-guardrails/waivers/waiver-files";
import { WaiverRegister } from "../../../policypacks/database-guardrails/waivers/waiver-register";
import { database, judged, today } from "../fixtures";

const [anyStack, thisStack, elsewhere] = [
  "all" as const,
  new Set(["test::shipshape"]),
  new Set(["another::shipshape"]),
];
const matching = "urn:pulumi:test::shipshape::*::orders-instance";

/** What the rule finds about one waiver, after a violation of require-multi-az was judged. */
function found(resource: string, judgedStacks: Set<string> | "all" = thisStack, on = today): string[] {
  const text = `
rule: "require-multi-az"
resource: "${resource}"
reason: "moves in March"
owner: "team-orders"
approver: "team-platform"
expiresOn: "2027-03-31"
category: "waiver"
`;
  const { waiver, problems } = parseWaiver("policypacks/waivers/standby.yaml", text.trimStart(), today, "any rule");
  expect(problems).toEqual([]);
  const register = new WaiverRegister({ waivers: waiver ? [waiver] : [], problems }, on);
  for (const finding of judged(requireMultiAz, database({ multiAz: false }))) register.apply(finding);
  return register.stale(judgedStacks).map(({ rule, level, message }) => {
    expect(rule).toBe(forbidStaleWaivers.id);
    return `${level}: ${message}`;
  });
}

test("a waiver that matches a violation and has not expired passes", () => {
  expect(found(matching)).toEqual([]);
});

test("a waiver fails the day after its last day", () => {
  expect(found(matching, thisStack, "2027-03-31")).toEqual([]);
  expect(found(matching, thisStack, "2027-04-01")).toEqual([
    expect.stringContaining("mandatory: waiver standby: expired on 2027-03-31"),
  ]);
});

test("a waiver that matches nothing fails if its stack was judged", () => {
  const unmatched = expect.stringContaining("matches no violation of require-multi-az") as string;
  expect(found("urn:pulumi:test::shipshape::*::other")).toEqual([unmatched]);
  expect(found("urn:pulumi:test::shipshape::*::other", elsewhere)).toEqual([]);
  expect(found("urn:pulumi:*::shipshape::*::other")).toEqual([]);
  expect(found("urn:pulumi:*::shipshape::*::other", anyStack)).toEqual([unmatched]);
});
