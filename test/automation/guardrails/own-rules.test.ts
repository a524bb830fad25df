import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { report as judged, folderOf, guard, run } from "./command";
import { exported, resource, stateOf } from "./states";

const { at, put, remove } = folderOf("own-rules");
afterAll(remove);
const named = process.env["SHIPSHAPE_CONFIGURATION_FILE"];
afterEach(() => {
  if (named === undefined) delete process.env["SHIPSHAPE_CONFIGURATION_FILE"];
  else process.env["SHIPSHAPE_CONFIGURATION_FILE"] = named;
});

const facts = `severity: "high", owner: "payments-team", controls: ["ACME-7"], properties: ["instanceClass"],
  why: "Burstable classes stall when their credits are spent, at the end of the month.",
  solution: "Set instanceClass to a class that is not burstable.",`;
const typescript = `import { defineRule, named, resource, types, unknown } from "shipshape/guardrails";
import { isBurstable } from "./shared/classes";

export const forbidBurstable = defineRule({
  id: "forbid-burstable",
  title: "No database has a burstable class",
  ${facts}
  types: [types.instance],
  *check(database) {
    const found: string | undefined = database.word("instanceClass");
    if (found !== undefined && isBurstable(found))
      yield { property: "instanceClass", found, allowed: "a class that is not burstable", change: "set instanceClass" };
  },
});
export const claims = {
  passes: { "a large one": resource(types.instance, { instanceClass: "db.m8g.large" }) },
  fails: { "a burstable one": [resource(types.instance, { instanceClass: "db.t4g.medium" }), '"db.t4g.medium"'] },
  undecided: { "an unknown one": named("a", resource(types.instance, { instanceClass: unknown })) },
};
`;
const shared = `export const isBurstable = (name: string): boolean => name.startsWith("db.t");\n`;
const javascript = `const { defineRule } = require("shipshape/guardrails");
module.exports = {
  rule: defineRule({
    id: "require-bucket-owner", title: "A bucket has an owner", ${facts.replace("instanceClass", "tags")}
    types: ["aws:s3/bucketV2:BucketV2"],
    *check(bucket) {
      if (bucket.tag("owner") === undefined)
        yield { property: "tags", found: undefined, allowed: "an owner", change: "add owner" };
    },
  }),
};
`;

/** A company's shipshape.yaml with these rules, in force for the next commands. */
function company(name: string, rules: Record<string, string>, section = "guardrails:\n  rules: rules\n"): string {
  for (const [file, text] of Object.entries(rules)) put(join(name, "rules", file), text);
  process.env["SHIPSHAPE_CONFIGURATION_FILE"] = put(join(name, "shipshape.yaml"), section);
  return at(name);
}
/** One rule in JavaScript with this body of its check. */
const withCheck = (check: string, more = "") =>
  `"use strict";
const { defineRule } = require("shipshape/guardrails");
module.exports = defineRule({ id: "require-x", title: "It is x", ${facts} ${more}
  types: ["aws:rds/instance:Instance"], ${check} });\n`;
const failure = (...words: string[]) =>
  guard(...words).then(
    () => "nothing failed",
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );

const burstable = put("state.json", exported({ instanceClass: "db.t4g.medium" }));

test("rules in TypeScript and JavaScript judge states like ours, also types that none of ours reads", async () => {
  company("both", {
    "forbid-burstable.ts": typescript,
    "shared/classes.ts": shared,
    "require-bucket-owner.js": javascript,
    "README.md": "ours",
    "forbid-burstable.test.ts": "throw new Error('a test');",
  });
  const bucket = put("bucket.json", stateOf([resource("aws:s3/bucketV2:BucketV2", "files", { tags: { a: "b" } })]));
  expect((await judged("--state", bucket)).found).toEqual(["violation require-bucket-owner tags"]);
  const owned = put("owned.json", stateOf([resource("aws:s3/bucketV2:BucketV2", "files", { tags: { owner: "b" } })]));
  expect((await judged("--state", owned)).found).toEqual([]);
  const { exitCode, findings } = await judged("--state", burstable);
  expect([exitCode, findings]).toEqual([
    1,
    [
      expect.objectContaining({
        rule: "forbid-burstable",
        level: "mandatory",
        message:
          'orders-instance: instanceClass is "db.t4g.medium"; allowed: a class that is not burstable. To fix: set instanceClass.',
      }),
    ],
  ]);
});

test("waivers, the config and SARIF know them", async () => {
  company("waived", { "forbid-burstable.ts": typescript, "shared/classes.ts": shared });
  const expiresOn = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  put(
    "waivers/small.yaml",
    `rule: forbid-burstable\nresource: urn:pulumi:database.orders-production::shipshape::*::orders-instance\nreason: small\nowner: payments-team\napprover: security\nexpiresOn: ${expiresOn}\ncategory: waiver\n`,
  );
  const config = put("config.json", { "forbid-burstable": "mandatory" });
  const words = ["--state", burstable, "--waivers", at("waivers"), "--config", config, "--sarif", at("out.sarif")];
  expect(await judged(...words)).toMatchObject({ exitCode: 0, found: ["waived forbid-burstable instanceClass"] });
  expect(readFileSync(at("out.sarif"), "utf8")).toContain('"ACME-7"');
  expect((await run("waiver", "check", "--waivers", at("waivers"))).out).toBe("1 valid, 0 expired, 0 problems");
  process.env["SHIPSHAPE_CONFIGURATION_FILE"] = put("none.yaml", "alerts:\n");
  expect((await guard(...words)).exitCode).toBe(2);
});

test("a folder of many states is judged by them in threads", async () => {
  company("threads", { "forbid-burstable.ts": typescript, "shared/classes.ts": shared });
  for (let number = 0; number < 70; number++)
    put(`many/${number}.json`, exported({ instanceClass: number === 7 ? "db.t4g.medium" : "db.m8g.large" }));
  const { findings } = await judged("--state", at("many"));
  expect(findings.map((one) => [one.rule, (one as { file?: string }).file])).toEqual([
    ["forbid-burstable", at("many/7.json")],
  ]);
});

describe("a check that does not answer is a violation, never a pass", () => {
  test.each([
    ["throws", `check() { throw new TypeError("no such thing"); }`, "no such thing"],
    ["yields something else", `*check() { yield "wrong"; }`, "without allowed and change"],
    ["returns nothing", `check() {}`, "not iterable"],
    ["is asynchronous", `async check() { return []; }`, "not iterable"],
    ["never stops finding", `*check() { for (;;) yield { found: 1, allowed: "a", change: "b" }; }`, "more than 1000"],
    [
      "changes what it judges",
      `check(database, { standard }) { database.facts.properties.multiAz = true; return []; }`,
      "read only property",
    ],
    [
      "changes the standard",
      `check(_, { standard }) { standard.logs.retentionDays.production = 1; return []; }`,
      "read only property",
    ],
  ])("if it %s", async (_, check, reason) => {
    company("odd", { "require-x.js": withCheck(check) });
    const { exitCode, findings } = await judged("--state", put("good.json", exported()));
    expect([exitCode, findings.at(-1)?.rule, findings.at(-1)?.level]).toEqual([1, "require-x", "mandatory"]);
    expect(findings.at(-1)?.message).toContain(reason);
    expect(findings.at(-1)?.message).toContain(`To fix: correct ${at("odd/rules/require-x.js")}`);
  });

  test("if it does not end, and then no other resource waits for it", async () => {
    company("endless", { "require-x.js": withCheck("check() { for (;;); }") });
    const states = [1, 2, 3].map((number) => put(`endless-states/${number}.json`, exported({}, {}, `a.s${number}`)));
    const { findings } = await judged("--state", at("endless-states"));
    expect(findings.filter(({ rule }) => rule === "require-x")).toHaveLength(states.length);
    expect(findings[0]?.message).toContain("did not end within 5 s");
  });

  test("what it found before it stopped is kept, and an unreadable value is undecided", async () => {
    const found = `yield { property: "multiAz", found: 1, allowed: "2", change: "give 2" };`;
    company("part", { "require-x.js": withCheck(`*check(db) { ${found} db.number("engine"); }`) });
    const { found: all } = await judged("--state", put("part.json", exported()));
    expect(all).toEqual(["violation require-x engine", "violation require-x multiAz"]);
  });
});

describe("what cannot be used is refused by name, and nothing is judged", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["a rule of ours", { "require-multi-az.js": "" }, /require-multi-az\.js: require-multi-az is a rule of Shipshape/],
    ["another id", { "require-y.js": withCheck("*check() {}") }, /require-y\.js: its id is "require-x"; give it/],
    ["a name that is none", { "required-x.js": "" }, /required-x\.js: "required-x" is not the name of a rule/],
    ["two of one name", { "require-x.js": "", "require-x.ts": "" }, /require-x\.ts: require-x\.js has the same name/],
    [
      "a rule in a subfolder",
      { "require-x.js": "", "team/require-z.ts": "" },
      /require-z\.ts: a rule must be directly/,
    ],
    ["broken TypeScript", { "require-x.ts": "const a =\n = 3" }, /require-x\.ts:2: Unexpected "="/],
    ["a missing import", { "require-x.ts": 'import "./gone";' }, /require-x\.ts:1: Could not resolve "\.\/gone"/],
    [
      "a file that throws",
      { "require-x.js": "throw new Error('at once')" },
      /require-x\.js: cannot be loaded: at once/,
    ],
    ["a file without a rule", { "require-x.js": "exports.a = 1" }, /require-x\.js: exports 0 rules; export one/],
    ["no owner", { "require-x.js": withCheck("*check() {}", 'owner: "",') }, /owner: give the team responsible/],
    ["no reason", { "require-x.js": withCheck("*check() {}", 'why: "because",') }, /why: give the risk, in 40 letters/],
    [
      "a severity that is none",
      { "require-x.js": withCheck("*check() {}", 'severity: "huge",') },
      /severity: give one/,
    ],
    ["a misspelt key", { "require-x.js": withCheck("*chek() {}") }, /chek: not known; a rule has id, title/],
    ["types without a check", { "require-x.js": withCheck("") }, /give both types and check, or neither/],
    ["nothing", { "README.md": "" }, /contains no rule/],
  ])("%s", async (name, rules, expected) => {
    company(`broken-${name.replaceAll(" ", "-")}`, rules);
    const said = await failure("--state", burstable);
    expect(said).toMatch(/^guardrails-invalid: /);
    expect(said).toMatch(expected);
  });

  test("an endless file, a missing folder, an unknown key, and a file that everyone can change", async () => {
    company("absent", {});
    expect(await failure("--state", burstable)).toContain("cannot read this folder: ENOENT");
    company("key", { "require-x.js": withCheck("*check() {}") }, "guardrails:\n  rules: rules\n  rule: a\n");
    expect(await failure("--state", burstable)).toMatch(/shipshape\.yaml:3: guardrails\.rule: is not known; did you/);
    const folder = company("open", { "require-x.js": withCheck("*check() {}") });
    chmodSync(join(folder, "rules/require-x.js"), 0o666);
    expect(await failure("--state", burstable)).toContain("everyone on this machine can change it");
  });
});

describe("shipshape rule", () => {
  test("lists, shows and tests them, and writes their pages", async () => {
    const folder = company("pages", { "forbid-burstable.ts": typescript, "shared/classes.ts": shared });
    expect((await run("rule", "list", "--own")).out).toMatch(/forbid-burstable\s+high\s+payments-team\s+No database/);
    expect((await run("rule", "list")).out).toContain("require-multi-az");
    expect((await run("rule", "show", "forbid-burstable")).out).toContain("| serves | ACME-7 |");
    const tested = await run("rule", "test");
    expect(tested).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining("1 rules, 4 claims: all hold") as string,
    });
    const note = "<!-- written by `npx shipshape rule pages`; change the rule instead -->";
    put("pages/docs/forbid-gone.md", `${note}\n`);
    put("pages/docs/own.md", "mine");
    await run("rule", "pages", join(folder, "docs"));
    expect(readFileSync(at("pages/docs/forbid-burstable.md"), "utf8")).toContain("(../rules/forbid-burstable.ts)");
    expect([existsSync(at("pages/docs/forbid-gone.md")), existsSync(at("pages/docs/own.md"))]).toEqual([false, true]);
  });

  test("a claim that is not true, and a rule without examples, fail the test", async () => {
    company("untrue", {
      "forbid-burstable.ts": typescript
        .replace('"db.m8g.large"', '"db.t3.large"')
        .replace("fails: {", "fails: { a: [resource(types.instance), 'b'],"),
      "shared/classes.ts": shared,
      "require-x.js": withCheck("*check() {}"),
    });
    const { exitCode, out } = await run("rule", "test");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/✗ passes a large one\n +it found something:\n +violation, mandatory/);
    expect(out).toMatch(/✗ finds a\n +no violation says "b"; it found:\n +nothing/);
    expect(out).toMatch(/✗ has examples\n +export claims/);
    expect(out).toContain("2 rules, 6 claims: 3 not true");
  });

  test("without rules of one's own there is nothing to test", async () => {
    await expect(run("rule", "test")).rejects.toThrow("names no folder of rules");
    await expect(run("rule", "show", "require-nothing")).rejects.toThrow('there is no rule "require-nothing"');
  });
});
