import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { folderOf, guard, report, run } from "./command";
import { exported } from "./states";

const { at, put, remove } = folderOf("waiver-from");
afterAll(remove);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const bad = { multiAz: false, backupRetentionPeriod: 1, monitoringInterval: 0 };
put("states/a.json", exported(bad));
put("states/b.json", exported(bad, {}, "database.others-production"));
const who = ["--reason", "moves", "--owner", "team-orders", "--approver", "team-platform"];
const waiver = (folder: string, ...words: string[]) =>
  run("waiver", "new", "--from", at("report.json"), ...who, "--waivers", at(folder), ...words);
const written = (folder: string) => readdirSync(at(folder)).sort();

beforeAll(async () => writeFileSync(at("report.json"), (await guard("--state", at("states"), "--json")).out));

test("a report becomes waivers that make the same command pass, each reviewed on its own", async () => {
  const { out } = await waiver("all", "--all");
  expect(written("all")).toEqual([
    expect.stringMatching(/^require-backup-retention-orders-instance-[0-9a-f]{6}\.yaml$/),
    expect.stringMatching(/^require-backup-retention-orders-instance-[0-9a-f]{6}\.yaml$/),
    expect.stringMatching(/^require-multi-az-orders-instance-/),
    expect.stringMatching(/^require-multi-az-orders-instance-/),
  ]);
  expect(out.split("\n")).toHaveLength(4);
  expect(readFileSync(at(`all/${written("all")[0]}`), "utf8")).toContain(`expiresOn: ${inDays(90)}\n`);
  const { exitCode, found } = await report("--state", at("states"), "--waivers", at("all"));
  expect(exitCode).toBe(0);
  expect(found.filter((one) => one.startsWith("waived"))).toHaveLength(4);
  // Only advice, so --all leaves it out.
  expect(found).toContain("violation require-enhanced-monitoring monitoringInterval");
});

test("rule and resource choose", async () => {
  await waiver("by-rule", "--rule", "require-enhanced-monitoring");
  expect(written("by-rule")).toHaveLength(2);
  const others = "urn:pulumi:database.others-production::*::*::*";
  await waiver("by-resource", "--rule", "require-multi-az", "--resource", others, "--expires-on", inDays(10));
  expect((await run("waiver", "list", "--waivers", at("by-resource"))).out).toMatch(/others-production.* in 10 days/);
});

test("a command that was interrupted may be repeated, and what someone changed is not overwritten", async () => {
  await waiver("again", "--all");
  const [first = "", second = ""] = written("again");
  const text = readFileSync(at(`again/${first}`), "utf8");
  put(`again-part/${first}`, text);
  await waiver("again-part", "--all");
  expect(written("again-part")).toEqual(written("again"));
  put(`again-changed/${second}`, text.replace("moves", "stays"));
  await expect(waiver("again-changed", "--all")).rejects.toThrow("already exists");
  expect(written("again-changed")).toEqual([second]);
});

test.each<[string, string[], string]>([
  ["no choice", [], "choose by --rule, --resource, or both, or give --all"],
  ["a rule that found nothing", ["--rule", "require-tls"], "the report has no such violation"],
  ["more than 180 days", ["--all", "--expires-on", inDays(181)], "allowed: 180 at most"],
  ["an owner who approves", ["--all", "--approver", "orders team"], "an owner cannot approve"],
  ["a name", ["--all", "--id", "a"], "leave it out with --from"],
])("with %s nothing is written", async (_, words, expected) => {
  await expect(waiver("none", ...words)).rejects.toThrow(expected);
  expect(() => readdirSync(at("none"))).toThrow();
});

test("another file than a report, a name that would be a glob, and neither report nor resource are refused", async () => {
  const from = (file: string) => run("waiver", "new", "--from", file, "--all", ...who, "--waivers", at("none"));
  await expect(from(put("other.json", { runs: [] }))).rejects.toThrow("is not a report");
  await expect(from(at("absent.json"))).rejects.toThrow("cannot read");
  const [first] = (JSON.parse(readFileSync(at("report.json"), "utf8")) as { findings: { urn: string }[] }).findings;
  const glob = put("glob.json", { findings: [{ ...first, urn: "urn:pulumi:a::b::c::orders-*" }] });
  await expect(from(glob)).rejects.toThrow("contains *");
  await expect(run("waiver", "new", ...who)).rejects.toThrow("give --rule and --resource, or --from");
});
