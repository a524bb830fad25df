import { readFileSync } from "node:fs";
import { ShipshapeError } from "../../../automation/errors";
import { folderOf, guard, run } from "./command";
import { exported } from "./states";

const { at, put, remove } = folderOf("guard");
afterAll(remove);

const good = put("good/a.json", exported());
const bad = put("bad/a.json", exported({ multiAz: false, backupRetentionPeriod: 1 }));
const waiver = (expiresOn: string, rule = "require-multi-az") =>
  `rule: ${rule}\nresource: urn:pulumi:database.orders-production::shipshape::*::orders-instance\nreason: moves\nowner: team-orders\napprover: team-platform\nexpiresOn: ${expiresOn}\ncategory: waiver\n`;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** The states do not include the platform's stack. */
const notSeen =
  "not judged: 1 parameter group (shipshape-postgres17-standard): used by name, but declared in no judged state\n";

describe("exit codes", () => {
  test("0 if nothing stops a change", async () => {
    expect(await guard("--state", good)).toMatchObject({
      exitCode: 0,
      out: `${notSeen}1 state with 6 resources: no findings in what was judged`,
    });
  });

  test("1 if a mandatory rule is violated, and the report names the responsible team", async () => {
    const { exitCode, out } = await guard("--state", bad);
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /^team-orders: 2 mandatory\n {2}✗ require-backup-retention \(high\) orders-instance: backupRetentionPeriod is 1; allowed: 35/,
    );
    expect(out).toContain("program.ts:12");
  });

  test("2 if a file is broken, with its line, and the rest is still judged", async () => {
    put("mixed/a.json", exported({ multiAz: false }));
    put("mixed/b.json", '{\n "version": 3,\n oops');
    put("mixed/c.json", '{"version": 12, "deployment": {}}');
    const { exitCode, out, progress } = await guard("--state", at("mixed"));
    expect(exitCode).toBe(2);
    expect(out).toContain("require-multi-az");
    expect(progress).toContain(`${at("mixed/b.json")}:3: this is not JSON`);
    expect(progress).toContain(`${at("mixed/c.json")}:1: version 12 of a stack export; allowed: 3, 4`);
  });

  test.each([
    ["neither state nor live", []],
    ["both", ["--state", good, "--live"]],
    ["a missing file", ["--state", "/nowhere/x.json"]],
  ])("a usage error for %s", async (_, words) => {
    const failure: unknown = await guard(...words).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ShipshapeError);
    expect((failure as ShipshapeError).exitCode).toBe(2);
  });

  test("an earlier day is refused, because it would revive expired waivers", async () => {
    await expect(guard("--state", good, "--on", "2020-01-01")).rejects.toThrow("would revive expired waivers");
  });
});

test("a folder of many states is judged in threads, with the same findings in the order of the files, including broken ones", async () => {
  for (let number = 100; number < 200; number++)
    put(
      `many/${number}.json`,
      number === 150 ? "{" : exported({ multiAz: number !== 199 && number !== 101 }, {}, `database.s${number}`),
    );
  put("w0/needed.yaml", waiver(inDays(30)).replace("database.orders-production", "database.s199"));
  const { exitCode, out, progress } = await guard("--state", at("many"), "--json", "--waivers", at("w0"));
  const { judged, findings, problems } = JSON.parse(out) as {
    judged: string;
    findings: { rule: string; kind: string; file: string }[];
    problems: { file: string }[];
  };
  expect([exitCode, judged, progress]).toEqual([2, "99 states with 594 resources", ""]);
  expect(problems.map(({ file }) => file)).toEqual([at("many/150.json")]);
  expect(findings.map(({ rule, kind, file }) => [rule, kind, file])).toEqual([
    ["require-multi-az", "violation", at("many/101.json")],
    ["require-multi-az", "waived", at("many/199.json")],
  ]);
});

describe("waivers", () => {
  const state = put("waived/state.json", exported({ multiAz: false }));

  test("turn a violation into advice until they expire", async () => {
    put("w1/standby.yaml", waiver(inDays(30)));
    const now = await guard("--state", state, "--waivers", at("w1"));
    expect(now).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining("Waived by standby (approved by team-platform)") as string,
    });
    const later = await guard("--state", state, "--waivers", at("w1"), "--on", inDays(31));
    expect(later.exitCode).toBe(1);
    expect(later.out).toContain("forbid-stale-waivers (high) waiver standby: expired on");
  });

  test("that match no violation are violations themselves", async () => {
    put("w2/needless.yaml", waiver(inDays(30), "require-tls"));
    const { exitCode, out } = await guard("--state", good, "--waivers", at("w2"));
    expect([exitCode, out]).toEqual([
      1,
      expect.stringContaining("waiver needless: matches no violation of require-tls"),
    ]);
  });

  test("with a typo are errors with their line, and the rest is still judged", async () => {
    put("w3/typo.yaml", waiver(inDays(30)).replace("owner", "ownr"));
    const { exitCode, out, progress } = await guard("--state", state, "--waivers", at("w3"));
    expect(exitCode).toBe(2);
    expect(progress).toContain(`${at("w3/typo.yaml")}:4: unknown key: ownr`);
    expect(out).toContain("require-multi-az");
  });

  test("are written, listed and checked by the command", async () => {
    const words = [
      "--rule",
      "require-multi-az",
      "--resource",
      "urn:pulumi:database.orders-production::shipshape::*::orders-instance",
      "--reason",
      "moves",
      "--owner",
      "team-orders",
      "--expires-on",
      inDays(10),
      "--waivers",
      at("w4"),
    ];
    await expect(run("waiver", "new", ...words, "--approver", "team-orders")).rejects.toThrow(
      "an owner cannot approve their own exception",
    );
    await run("waiver", "new", ...words, "--approver", "team-platform");
    await expect(run("waiver", "new", ...words, "--approver", "team-platform")).rejects.toThrow("already exists");
    expect((await run("waiver", "list", "--waivers", at("w4"))).out).toMatch(
      /require-multi-az-orders-instance +require-multi-az .* in 10 days/,
    );
    expect(await run("waiver", "check", "--waivers", at("w4"))).toMatchObject({
      exitCode: 0,
      out: "1 valid, 0 expired, 0 problems",
    });
    put("w4/old.yaml", waiver("2026-01-01", "require-tls"));
    expect(await run("waiver", "check", "--waivers", at("w4"))).toMatchObject({ exitCode: 1 });
    await expect(run("waiver", "check", "--waivers", at("w5"))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(at("w5")) as string,
    });
    put("w4/broken.yaml", "rule: [");
    expect(await run("waiver", "check", "--waivers", at("w4"))).toMatchObject({
      exitCode: 2,
      out: expect.stringMatching(/broken\.yaml:1: /) as string,
    });
  });
});

describe("the pack's config", () => {
  test("can make a rule stricter and give it the teams", async () => {
    const state = put("c/state.json", exported({ monitoringInterval: 0 }));
    expect((await guard("--state", state)).exitCode).toBe(0);
    const config = put("c/config.json", {
      "require-enhanced-monitoring": "mandatory",
      "require-owner-tags": { teams: ["team-ghosts"] },
    });
    const { exitCode, out } = await guard("--state", state, "--config", config);
    expect([exitCode, out]).toEqual([1, expect.stringContaining('tags.owner is "team-orders"; allowed: team-ghosts')]);
    expect(out).toContain("✗ require-enhanced-monitoring");
  });

  test("with an unknown rule, an unknown option or a disabled rule is an error with its line; the rest is applied", async () => {
    const config = put(
      "c/wrong.json",
      '{\n  "require-tsl": "mandatory",\n  "require-tls": "disabled",\n  "require-multi-az": { "zones": 3 },\n  "require-owner-tags": { "teams": "all" }\n}\n',
    );
    const { exitCode, progress } = await guard("--state", bad, "--config", config);
    expect(exitCode).toBe(2);
    expect(progress).toContain(`${config}:2: there is no rule "require-tsl"`);
    expect(progress).toContain(`${config}:3: require-tls: a rule can't be disabled`);
    expect(progress).toContain(`${config}:4: require-multi-az: unknown option "zones"; allowed: none`);
    expect(progress).toContain(`${config}:5: require-owner-tags: teams is "all"; allowed: a list of strings`);
  });
});

describe("reports for machines", () => {
  test("JSON has each finding and the counts", async () => {
    const { out } = await guard("--state", bad, "--json");
    const report = JSON.parse(out) as { counts: object; findings: { rule: string; source: object }[] };
    expect(report.counts).toEqual({ mandatory: 2, advisory: 0, waived: 0, baseline: 0, undecided: 0 });
    expect(report.findings[0]).toMatchObject({
      rule: "require-backup-retention",
      source: { file: "program.ts", line: 12 },
    });
  });

  test("SARIF points at the line that declares the resource, or at the stack's config if no line is known", async () => {
    put("s/one.json", exported({ multiAz: false }));
    put("s/two.json", exported({ multiAz: false }, { sourcePosition: undefined, stackTrace: undefined }));
    await guard("--state", at("s"), "--sarif", at("guardrails.sarif"));
    const sarif = JSON.parse(readFileSync(at("guardrails.sarif"), "utf8")) as {
      version: string;
      runs: [
        {
          tool: { driver: { rules: { id: string }[] } };
          results: {
            ruleId: string;
            level: string;
            locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
          }[];
        },
      ];
    };
    const [{ tool, results }] = sarif.runs;
    expect([sarif.version, tool.driver.rules.map(({ id }) => id)]).toEqual(["2.1.0", ["require-multi-az"]]);
    expect(
      results.map(({ level, locations: [location] }) => [
        level,
        location?.physicalLocation.artifactLocation.uri,
        location?.physicalLocation.region.startLine,
      ]),
    ).toEqual([
      ["error", "program.ts", 12],
      ["error", "stacks/Pulumi.database.orders-production.yaml", 1],
    ]);
  });

  test("GitHub annotations point at the line, with special characters escaped", async () => {
    const { out } = await guard("--state", bad, "--github");
    expect(out.split("\n")[0]).toMatch(
      /^::error file=program\.ts,line=12,col=3,title=require-backup-retention::orders-instance: backupRetentionPeriod is 1/,
    );
  });
});
