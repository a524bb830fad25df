import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { rules } from "../../policypacks/database-guardrails/rules";
import { requireMultiAz } from "../../policypacks/database-guardrails/rules/require-multi-az";
import { waiverDaysMax } from "../../policypacks/database-guardrails/waivers/waiver";
import { parseWaiver, readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { matchesGlob } from "../../policypacks/database-guardrails/waivers/waiver-glob";
import { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
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
const problemsOf = (text: string) =>
  parseWaiver("w.yaml", text, today, rules).problems.map(({ line, message }) => `${line}: ${message}`);

/** A register with one waiver, and a violation after that waiver was applied. */
function waived(changes: Record<string, string> = {}, on = today) {
  const { waiver, problems } = parseWaiver("policypacks/waivers/standby.yaml", yaml(changes), today, rules);
  const register = new WaiverRegister({ waivers: waiver ? [waiver] : [], problems }, on);
  return {
    register,
    finding: judged(requireMultiAz, database({ multiAz: false })).map((finding) => register.apply(finding))[0],
  };
}

describe("a waiver", () => {
  test("turns the violation into an advisory that names the waiver, its approver and its end", () => {
    const { register, finding } = waived();
    expect(finding).toMatchObject({
      kind: "waived",
      level: "advisory",
      waiver: { id: "standby", expiresOn: "2027-03-31", daysLeft: 128 },
    });
    expect(finding?.message).toContain("Waived by standby (approved by team-platform) until 2027-03-31.");
    expect(register.stale(new Set(["test::shipshape"]))).toEqual([]);
  });

  test("warns in its last 14 days", () => {
    expect(waived({}, "2027-03-16").finding?.message).not.toContain("renew");
    expect(waived({}, "2027-03-17").finding?.message).toContain("in 14 days: fix it or renew the waiver");
    const { register, finding } = waived({}, "2027-03-31");
    expect([finding?.kind, finding?.message.includes("in 0 days")]).toEqual(["waived", true]);
    expect(register.stale("all")).toEqual([]);
  });

  test("no longer applies after its last day", () => {
    const { finding } = waived({}, "2027-04-01");
    expect(finding).toMatchObject({ kind: "violation", level: "mandatory" });
    expect(finding?.message).toContain("The waiver standby expired on 2027-03-31.");
  });

  test("covers what its glob matches, and nothing beyond", () => {
    expect(waived({ resource: "urn:pulumi:test::shipshape::*::orders-instance" }).finding?.kind).toBe("waived");
    expect(waived({ resource: "urn:pulumi:*::shipshape::aws:rds/*::orders-*" }).finding?.kind).toBe("waived");
    expect(waived({ resource: "urn:pulumi:test::*::orders-instance" }).finding?.kind).toBe("violation");
    expect(waived({ resource: "urn:pulumi:test::shipshape::*::other" }).finding?.kind).toBe("violation");
    expect(waived({ rule: "require-tls" }).finding?.kind).toBe("violation");
  });
});

const inDays = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
const aliasBomb = Array.from(
  { length: 20 },
  (_, at) => `k${at}: &a${at} [${at === 0 ? "x" : `*a${at - 1}, *a${at - 1}, *a${at - 1}`}]\n`,
).join("");

test("different teams may have words in common", () => {
  for (const approver of ["team-platform", "orders-platform", "team-borders", "team", "the-squad"])
    expect(problemsOf(yaml({ approver }))).toEqual([]);
});

test("a waiver may expire on the last allowed day", () => {
  expect(problemsOf(yaml({ expiresOn: inDays(waiverDaysMax) }))).toEqual([]);
  expect(waiverDaysMax).toBe(180);
});

test("an expired waiver does not hide its renewal, in either order, and is reported as obsolete", () => {
  for (const names of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    const [old, renewal] = [
      yaml({ expiresOn: "2026-10-01" }),
      yaml({ resource: "urn:pulumi:test::shipshape::*::orders-instance" }),
    ];
    const waivers = [old, renewal]
      .map((text, at) => parseWaiver(`${names[at]}.yaml`, text, today, rules).waiver)
      .flatMap((one) => one ?? []);
    const register = new WaiverRegister(
      { waivers: waivers.sort((one, other) => (one.id < other.id ? -1 : 1)), problems: [] },
      today,
    );
    const [finding] = judged(requireMultiAz, database({ multiAz: false })).map((one) => register.apply(one));
    expect(finding).toMatchObject({ kind: "waived", waiver: { id: names[1] } });
    expect(
      register.stale("all").map(({ level, message }) => [level, message.includes(`${names[1]} renews it`)]),
    ).toEqual([["advisory", true]]);
  }
});

describe("a broken waiver is named with its line, and waives nothing", () => {
  test.each([
    [
      "an unknown rule",
      yaml({ rule: "require-multiaz" }),
      '1: rule: there is no rule "require-multiaz"; `npx shipshape rule list` lists them',
    ],
    [
      "a typo in a name",
      yaml().replace("approver", "aprover"),
      "5: unknown key: aprover; a waiver has rule, resource, reason, owner, approver, expiresOn, category",
    ],
    [
      "a missing reason",
      yaml({ reason: undefined }),
      "1: reason: give the reason, so that others understand it half a year from now",
    ],
    [
      "an owner as approver",
      yaml({ approver: "team-orders" }),
      "5: approver: an owner cannot approve their own exception: give a different approver",
    ],
    ["no expiry", yaml({ expiresOn: undefined }), "1: expiresOn: give a day as YYYY-MM-DD"],
    ["a day that does not exist", yaml({ expiresOn: "2027-02-30" }), "6: expiresOn: give a day as YYYY-MM-DD"],
    [
      "an expiry one day too far ahead",
      yaml({ expiresOn: inDays(waiverDaysMax + 1) }),
      "6: expiresOn: 2027-05-23 is 181 days ahead; allowed: 180 at most",
    ],
    [
      "an expiry too far ahead",
      yaml({ expiresOn: "2027-11-23" }),
      "6: expiresOn: 2027-11-23 is 365 days ahead; allowed: 180 at most",
    ],
    [
      "a waiver for everything",
      yaml({ resource: "urn:pulumi:*::*::*::*" }),
      "2: resource: a waiver is for named resources: give stack and project",
    ],
    ["a star", yaml({ resource: "*" }), '2: resource: give a URN ("urn:pulumi:'],
    ...[
      "urn:pulumi:*::*::*aws*::*",
      "urn:pulumi:prod::*::*::*",
      "urn:pulumi:*::*::aws:rds/instance:Instance::*",
      "urn:pulumi:*::*::*::*-instance",
      "urn:pulumi:*::*::*::or*",
      "arn:aws:rds:*:*:*",
      "arn:aws:rds:eu-central-1:123456789012:db:*",
    ].map(
      (resource) =>
        [`a waiver for nearly everything: ${resource}`, yaml({ resource }), "a waiver is for named resources"] as [
          string,
          string,
          string,
        ],
    ),
    ...["arn:aws:*", "urn:pulumi:*", "urn:pulumi:test::shipshape::*", "urn:pulumi:test::::type::name"].map(
      (resource) =>
        [`a resource that is neither a URN nor an ARN: ${resource}`, yaml({ resource }), "give a URN"] as [
          string,
          string,
          string,
        ],
    ),
    ...[
      "Team-Orders",
      "team_orders",
      "TEAM ORDERS",
      "@acme/team-orders",
      "orders",
      "team-0rders",
      "tearn-orders",
      "orders-team",
      "The Orders Team",
      "orders-squad",
      "orders@acme.example",
      "@acme/order5",
      "ord3rs",
    ].map(
      (approver) =>
        [
          `the owner's team in another spelling: ${approver}`,
          yaml({ approver }),
          "an owner cannot approve their own exception",
        ] as [string, string, string],
    ),
    ...["team-\u043erders", "team-orders\u200b", "team\u2010orders", "\uff54eam-orders"].map(
      (approver) =>
        [
          `a name with letters that look like others: ${JSON.stringify(approver)}`,
          yaml({ approver }),
          "5: approver: a name may contain letters from a to z",
        ] as [string, string, string],
    ),
    [
      "an alias",
      yaml({ owner: undefined }) + "owner: &team team-orders\n",
      "7: anchors and aliases are not allowed; write the value out",
    ],
    ["an alias bomb", aliasBomb, "1: anchors and aliases are not allowed"],
    [
      "a tag",
      yaml({ reason: undefined }) + "reason: !!binary aGk=\n",
      "7: the tag tag:yaml.org,2002:binary is not allowed; give a plain value",
    ],
    ["an unknown tag", yaml({ reason: undefined }) + "reason: !run echo\n", "7: "],
    ["an older YAML version", `%YAML 1.1\n---\n${yaml()}`, "1: %YAML 1.1 is not allowed; leave it out"],
    ["a merged mapping", `<<: { owner: team-a }\n${yaml()}`, "unknown key: <<"],
    ["an indentation with tabs", yaml().replace("reason:", "\treason:"), "3: "],
    ["two documents", `${yaml()}---\n${yaml()}`, "multiple documents"],
    ["a key given twice", `${yaml()}owner: team-a\n`, "8: Map keys must be unique"],
    ["a key that is a list", `? [rule]\n: x\n${yaml()}`, "keys must be plain names"],
    ["a key that is a JavaScript built-in", `${yaml()}__proto__: x\n`, "8: unknown key: __proto__"],
    ["thousands of nested brackets", `rule: ${"[".repeat(20_000)}`, "1: "],
    ["a reason that is too long", yaml({ reason: "x".repeat(3_000) }), "3: reason: is longer than 2000 characters"],
    ["an unknown category", yaml({ category: "accepted" }), '7: category: give "waiver" or "mitigated"'],
    ["an empty file", "", "1: give a mapping, not nothing"],
  ])("%s", (_, text, expected) => expect(problemsOf(text).join("\n")).toContain(expected));

  test("text that is not YAML", () => expect(problemsOf("rule: [")[0]).toMatch(/^1: /));

  test("two waivers for the same rule and resource", () => {
    const folder = mkdtempSync(join(tmpdir(), "shipshape-waivers-"));
    try {
      for (const name of ["a.yaml", "b.yaml"]) writeFileSync(join(folder, name), yaml());
      mkdirSync(join(folder, "notes"));
      const { waivers, problems } = readWaivers(folder, today, rules);
      expect([waivers.length, problems.map(({ message }) => message)]).toEqual([
        2,
        [expect.stringContaining("one waiver per rule and resource")],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a folder of waivers", () => {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-waivers-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const put = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);

  test("is read in any common encoding", () => {
    const utf16 = Buffer.from(`\ufeff${yaml().replaceAll("\n", "\r\n")}`, "utf16le");
    put("little-endian.yaml", utf16);
    put("big-endian.YML", Buffer.from(utf16).swap16());
    put("marked.yaml", `\ufeff${yaml()}`);
    const { waivers, problems } = readWaivers(folder, today, rules);
    expect(waivers.map(({ id }) => id)).toEqual(["big-endian", "little-endian", "marked"]);
    expect(problems.every(({ message }) => message.includes("one waiver per rule and resource"))).toBe(true);
  });

  test("that contains a folder, a broken link or a huge file is reported, without throwing", () => {
    mkdirSync(join(folder, "folder.yaml"));
    put("huge.yaml", "#".repeat(70_000));
    symlinkSync(join(folder, "nowhere"), join(folder, "broken.yaml"));
    const messages = readWaivers(folder, today, rules).problems.map(
      ({ file, message }) => `${basename(file)}: ${message}`,
    );
    expect(messages).toEqual(
      expect.arrayContaining(["folder.yaml: this is not a file", "huge.yaml: this file is larger than 65536 bytes"]),
    );
    expect(messages.some((message) => message.startsWith("broken.yaml: ENOENT"))).toBe(true);
    expect(readWaivers(join(folder, "huge.yaml"), today, rules).problems[0]?.message).toContain(
      "cannot read this folder",
    );
    expect(readWaivers(join(folder, "nowhere"), today, rules)).toEqual({ waivers: [], problems: [] });
  });
});

describe("a glob", () => {
  const database = "urn:pulumi:prod::shop::aws:rds/instance:Instance::";

  test("matches '::' only in the last part, which is the name", () => {
    expect(matchesGlob(`${database}*`, `${database}team-a::orders`)).toBe(true);
    expect(matchesGlob(`${database}team-a::*`, `${database}team-a::orders`)).toBe(true);
    expect(matchesGlob(`${database}team-a::orders`, `${database}team-a::orders`)).toBe(true);
    expect(matchesGlob("urn:pulumi:*::aws:rds/instance:Instance::orders", `${database}orders`)).toBe(false);
    expect(matchesGlob("arn:aws:rds:*:123456789012:db:orders", "arn:aws:rds:eu-central-1:123456789012:db:orders")).toBe(
      true,
    );
    expect(matchesGlob("arn:aws:rds:*:db:orders", "arn:aws:rds:eu-central-1:123456789012:db:orders")).toBe(false);
  });

  test("gives the same result as a regular expression, for random names", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    const word = (letters: string) => Array.from({ length: random(9) }, () => letters[random(letters.length)]).join("");
    let matched = 0;
    for (let round = 0; round < 5_000; round++) {
      const [glob, name] = [`x${word("ab*")}`, `x${word("ab")}`];
      const slow = new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(name);
      if (slow) matched++;
      expect([glob, name, matchesGlob(database + glob, database + name)]).toEqual([glob, name, slow]);
    }
    expect(matched).toBeGreaterThan(100);
  });

  test("with many stars is matched against a long name in linear time", () => {
    const text = "a".repeat(100_000);
    expect(matchesGlob(`${database}${"a*".repeat(500)}b`, database + text)).toBe(false);
    expect(matchesGlob(`${database}${"*a".repeat(500)}`, database + text)).toBe(true);
  });
});

test("the day can be set to a later one, never to an earlier one", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  expect([
    todayOf(undefined, now),
    todayOf("2027-01-01", now),
    todayOf("2026-01-01", now),
    todayOf("soon", now),
  ]).toEqual(["2026-11-23", "2027-01-01", "2026-11-23", "2026-11-23"]);
});
