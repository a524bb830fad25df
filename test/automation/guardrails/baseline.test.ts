import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { Baseline, growthOf, type BaselineEntry } from "../../../policypacks/database-guardrails/baseline/baseline";
import { parseBaseline } from "../../../policypacks/database-guardrails/baseline/baseline-file";
import { folderOf, guard, report, run } from "./command";
import { exported } from "./states";

const { at, put, remove } = folderOf("baseline");
afterAll(remove);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const today = inDays(0);
const failure = (given: Promise<unknown>) =>
  given.then(
    () => "nothing failed",
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );

/** A baseline of what a state has today. */
async function baselineOf(name: string, state: string, ...words: string[]): Promise<string> {
  const { out } = await guard("--state", state, "--json");
  put(`${name}-report.json`, out);
  const file = at(`${name}.json`);
  await run("baseline", "new", "--from", at(`${name}-report.json`), "--owner", "team-x", "--file", file, ...words);
  return file;
}
const entriesOf = (file: string) => (JSON.parse(readFileSync(file, "utf8")) as { entries: BaselineEntry[] }).entries;

describe("what is in the baseline advises, and what is new stops", () => {
  const bad = { multiAz: false, backupRetentionPeriod: 1 };
  const state = put("state.json", exported(bad));

  test("from the report to a green build", async () => {
    const file = await baselineOf("first", state);
    expect(entriesOf(file)).toEqual([
      expect.objectContaining({
        rule: "require-backup-retention",
        property: "backupRetentionPeriod",
        found: ["1"],
        firstSeen: today,
        until: inDays(180),
        owner: "team-orders",
      }),
      expect.objectContaining({ rule: "require-multi-az", found: ["false"] }),
    ]);
    const { exitCode, out } = await guard("--state", state, "--baseline", file);
    expect(exitCode).toBe(0);
    expect(out).toContain("team-orders: 2 in the baseline");
    expect(out).toContain(`In the baseline until ${inDays(180)}.`);
    await guard("--state", state, "--baseline", file, "--sarif", at("out.sarif"));
    expect(readFileSync(at("out.sarif"), "utf8")).toContain(`"in the baseline until ${inDays(180)}"`);
  });

  test.each([
    ["another violation", { ...bad, publiclyAccessible: true }, "violation forbid-public-access publiclyAccessible"],
    ["a worse value", { ...bad, backupRetentionPeriod: 0 }, "violation require-backup-retention backupRetentionPeriod"],
  ])("%s stops", async (name, properties, expected) => {
    const file = await baselineOf(name, state);
    const worse = put("worse.json", exported(properties));
    const { exitCode, found } = await report("--state", worse, "--baseline", file);
    expect([exitCode, found]).toEqual([1, expect.arrayContaining([expected])]);
  });

  test("a renamed resource, and one of the same name in another stack, are new", async () => {
    const file = await baselineOf("renamed", state);
    const renamed = put("renamed-state.json", JSON.stringify(exported(bad)).replaceAll("orders-instance", "orders-db"));
    expect((await guard("--state", renamed, "--baseline", file)).exitCode).toBe(1);
    const elsewhere = put("elsewhere.json", exported(bad, {}, "database.orders-live"));
    expect((await guard("--state", elsewhere, "--baseline", file)).exitCode).toBe(1);
  });

  test("a second resource of the same URN, in the state of another organization, is new", async () => {
    const file = await baselineOf("twice", state);
    put("orgs/a.json", exported(bad));
    put("orgs/b.json", exported(bad));
    const { exitCode, found } = await report("--state", at("orgs"), "--baseline", file);
    expect([exitCode, found]).toEqual([
      1,
      [
        "baseline require-backup-retention backupRetentionPeriod",
        "baseline require-multi-az multiAz",
        "violation require-backup-retention backupRetentionPeriod",
        "violation require-multi-az multiAz",
      ],
    ]);
  });

  test("the program's value of the same violation is in it too, as a preview will show it; another one is not", async () => {
    const differing = (declared: object) => {
      const one = exported({ ...bad, deletionProtection: false });
      const [, instance] = (one["deployment"] as { resources: { inputs: Record<string, unknown> }[] }).resources;
      instance!.inputs = { ...instance!.inputs, backupRetentionPeriod: undefined, ...declared };
      return one;
    };
    const file = await baselineOf("declared", put("declared-state.json", differing({})));
    expect(entriesOf(file)[0]).toMatchObject({ found: ["1", "not set (AWS default: 1)"] });
    const changed = put("declared-worse.json", differing({ backupRetentionPeriod: 0 }));
    const { found } = await report("--state", changed, "--baseline", file);
    expect(found).toContain("violation require-backup-retention backupRetentionPeriod");
  });

  test("after its day a violation stops again; shortly before, it says so", async () => {
    const file = await baselineOf("expiring", state, "--until", inDays(10));
    expect((await guard("--state", state, "--baseline", file)).out).toContain("for 10 more days");
    expect((await guard("--state", state, "--baseline", file, "--on", inDays(10))).exitCode).toBe(0);
    const { exitCode, out } = await guard("--state", state, "--baseline", file, "--on", inDays(11));
    expect([exitCode, out]).toEqual([1, expect.stringContaining(`Its day in the baseline was ${inDays(10)}.`)]);
  });

  test("shipshape.yaml names it for guard and the pack", async () => {
    const file = await baselineOf("named", state);
    renameSync(file, at("company-baseline.json"));
    process.env["SHIPSHAPE_CONFIGURATION_FILE"] = put(
      "shipshape.yaml",
      "guardrails:\n  baseline: company-baseline.json\n",
    );
    try {
      expect((await guard("--state", state)).exitCode).toBe(0);
      expect((await run("baseline", "check", "--against", at("company-baseline.json"))).out).toMatch(/^2 left, 0/);
    } finally {
      delete process.env["SHIPSHAPE_CONFIGURATION_FILE"];
    }
  });
});

describe("it only shrinks", () => {
  const bad = put("shrink/bad.json", exported({ multiAz: false, backupRetentionPeriod: 1 }));
  const better = put("shrink-better/bad.json", exported({ backupRetentionPeriod: 1 }));
  const other = put("shrink-other/bad.json", exported({ multiAz: false }, {}, "database.others-production"));

  test("what is gone is named, and --shrink removes it; what was not judged stays", async () => {
    const file = await baselineOf("shrinking", at("shrink"));
    const before = readFileSync(file, "utf8");
    const { out } = await guard("--state", better, "--baseline", file);
    expect(out).toMatch(
      /no longer needed in .*shrinking\.json: require-multi-az on urn:.*; the same command with --shrink/,
    );
    expect(readFileSync(file, "utf8")).toBe(before);
    await guard("--state", other, "--baseline", file, "--shrink");
    expect(readFileSync(file, "utf8")).toBe(before);
    const shrunk = await guard("--state", better, "--baseline", file, "--shrink");
    expect(shrunk.progress).toContain("1 entry removed, 1 left");
    expect(entriesOf(file).map(({ rule }) => rule)).toEqual(["require-backup-retention"]);
    expect((await run("baseline", "check", "--against", put("old.json", before), "--file", file)).out).toBe(
      "1 left, 1 fewer than before, 0 expired",
    );
    // The violation comes back, and the entry does not.
    expect((await guard("--state", bad, "--baseline", file)).exitCode).toBe(1);
    expect(readdirSync(at("")).filter((name) => name.startsWith("shrinking.json."))).toEqual([]);
  });

  test("nothing is removed while a file cannot be read, or while a value cannot", async () => {
    const file = await baselineOf("careful", bad);
    put("unreadable/a.json", exported({ backupRetentionPeriod: 1 }));
    put("unreadable/b.json", "{");
    await guard("--state", at("unreadable"), "--baseline", file, "--shrink");
    expect(entriesOf(file)).toHaveLength(2);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };
    const encrypted = put("encrypted.json", exported({ multiAz: secret, backupRetentionPeriod: 1 }));
    await guard("--state", encrypted, "--baseline", file, "--shrink");
    expect(entriesOf(file)).toHaveLength(2);
    await expect(guard("--state", bad, "--shrink")).rejects.toThrow("--shrink: give --baseline");
  });

  test("one that exists is never replaced from a report", async () => {
    const file = await baselineOf("once", bad);
    const before = readFileSync(file, "utf8");
    const again = run("baseline", "new", "--from", at("once-report.json"), "--owner", "team-x", "--file", file);
    expect(await failure(again)).toContain("baseline-exists");
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  const entry: BaselineEntry = {
    rule: "require-multi-az",
    resource: "urn:pulumi:a::b::c::d",
    property: "multiAz",
    found: ["false", "not set"],
    firstSeen: "2026-11-01",
    until: "2027-01-01",
    owner: "team-orders",
  };
  test.each<[string, BaselineEntry[], BaselineEntry[], string[]]>([
    ["the same", [entry], [entry], []],
    ["fewer", [], [entry], []],
    ["an earlier day", [{ ...entry, until: "2026-12-01" }], [entry], []],
    ["fewer values", [{ ...entry, found: ["false"] }], [entry], []],
    ["another owner", [{ ...entry, owner: "team-b" }], [entry], []],
    ["a later day", [{ ...entry, until: "2027-01-02" }], [entry], ["until was 2027-01-01, now 2027-01-02"]],
    [
      "another beginning",
      [{ ...entry, firstSeen: "2026-11-02" }],
      [entry],
      ["firstSeen was 2026-11-01, now 2026-11-02"],
    ],
    ["a further value", [{ ...entry, found: ["false", "0"] }], [entry], ["is new"]],
    ["another resource", [{ ...entry, resource: "urn:pulumi:a::b::c::e" }], [entry], ["is new"]],
    ["the same twice", [entry, entry], [entry], ["is new"]],
    [
      "the days of two exchanged for the later one twice",
      [
        { ...entry, until: "2027-02-01" },
        { ...entry, until: "2027-02-01" },
      ],
      [entry, { ...entry, until: "2027-02-01" }],
      ["until was 2027-01-01, now 2027-02-01"],
    ],
    [
      "two in another order",
      [{ ...entry, until: "2026-12-01" }, entry],
      [entry, { ...entry, until: "2026-12-01" }],
      [],
    ],
  ])("the check of %s", (_, now, before, expected) =>
    expect(growthOf(now, before).map((problem) => problem.split(": ")[1])).toEqual(expected),
  );

  test("the check is an error that names what grew", async () => {
    const file = await baselineOf("grown", bad);
    const committed = put(
      "committed.json",
      readFileSync(file, "utf8")
        .replace(/^\{"rule":"require-multi-az.*\n/m, "")
        .replace(/,\n\]/, "\n]"),
    );
    const said = await failure(run("baseline", "check", "--against", committed, "--file", file));
    expect(said).toMatch(/^baseline-grew: .*grown\.json may only shrink:\n {2}require-multi-az on urn:.*: is new$/);
    expect(await failure(run("baseline", "check", "--against", at("none.json"), "--file", file))).toMatch(
      /^baseline-invalid: .*none\.json:1: cannot be read: ENOENT/,
    );
  });

  const textOf = (...entries: object[]) =>
    `{"baseline":1,"entries":[\n${entries.map((one) => JSON.stringify(one)).join(",\n")}\n]}`;
  test.each<[string, string, RegExp]>([
    [
      "a first day after today",
      textOf(entry, { ...entry, firstSeen: "2099-01-01", until: "2099-02-01" }),
      /^3: .*is the clock right/,
    ],
    ["more than a year", textOf({ ...entry, until: "2027-11-02" }), /^2: entries\.until: allowed: 365 days after/],
    ["an unknown key", textOf({ ...entry, reason: "a" }), /^2: unknown key: reason/],
    ["a glob", textOf({ ...entry, resource: "*" }), /^2: entries\.resource: give a URN or an ARN/],
    ["a rule about waivers", textOf({ ...entry, rule: "forbid-stale-waivers" }), /^2: entries\.rule: a waiver/],
    ["no owner", textOf({ ...entry, owner: " " }), /^2: entries\.owner: give the team/],
    ["another version", '{"baseline":2,"entries":[]}', /^1: baseline: give 1/],
    ["something else", "[]", /^1: the file: /],
    ["broken JSON", "{", /^1: this is not JSON/],
  ])("a file with %s is refused with its line", (_, content, expected) => {
    const { entries, problems } = parseBaseline(content, "2026-11-27");
    expect([entries, `${problems[0]?.line}: ${problems[0]?.reason}`]).toEqual([[], expect.stringMatching(expected)]);
  });

  test("a broken file is a problem with its line, nothing is in it, and everything is still judged", async () => {
    const broken = put("broken.json", textOf({ ...entry, until: "soon" }));
    const { exitCode, out, progress } = await guard("--state", bad, "--baseline", broken, "--shrink");
    expect([exitCode, out]).toEqual([2, expect.stringContaining("2 mandatory")]);
    expect(progress).toContain(`${broken}:2: entries.until: give a day`);
    expect(existsSync(broken)).toBe(true);
  });

  test("a value that only one entry has is left to it", () => {
    const finding = (found: string) =>
      ({ rule: "require-multi-az", kind: "violation", urn: entry.resource, property: "multiAz", found }) as never;
    const baseline = new Baseline([entry, { ...entry, found: ["false"] }], "2026-11-27");
    const applied = baseline.apply([finding("false"), finding("not set")]);
    expect(applied.map(({ kind }) => kind)).toEqual(["baseline", "baseline"]);
  });
});
