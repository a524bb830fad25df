// Reports in a folder are what its signed statements say, and nothing else.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyEvidence } from "../../../automation/evidence/verify";
import { createFolder, publicKey, rewriteProofs, teardownOf, verdictOf } from "./exported-folder";
import { databaseCalled } from "./sealed-runs";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "shipshape-reports-"));
  folder = join(root, "evidence");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const verified = () => verifyEvidence({ folder, verifierKey: publicKey, now: new Date("2026-06-15T00:00:00Z") });
const broken = async () => (await verified()).findings.filter((f) => !f.holds).map((f) => `${f.what}: ${f.reason}`);
const path = (file: string) => join(folder, file);
const rewrite = (file: string, change: (text: string) => string) =>
  writeFileSync(path(file), change(readFileSync(path(file), "utf8")));

describe("the earlier runs of a report's chart", () => {
  const figures = { rtoAchievedSeconds: 4, rtoSeconds: 60 };
  const checks = [{ name: "recovery-time", verdict: "pass", explanation: "in time", figures }];
  const earlier = ["run-0", "run-00"].map((id) => verdictOf(id, { checks }));
  const content = { statements: [verdictOf("run-1"), teardownOf("run-1")], earlier };

  test("are proven as the run is", async () => {
    await createFolder(folder, content);
    expect(await broken()).toEqual([]);
    expect((await verified()).statements.map((s) => s.id)).toEqual(["run-1.verdict", "run-1.teardown"]);
    rewrite("earlier-1.envelope.json", (text) => text.replace('"sig":"', '"sig":"AAAA'));
    expect((await broken()).join("\n")).toMatch(/earlier-1.envelope.json: it is signed by the log's key: no signature/);
    rmSync(path("earlier-1.envelope.json"));
    await expect(verified()).rejects.toMatchObject({ code: "evidence-unreadable" });
  });

  test("cannot be left out of the report's page, or be of another database, later, or in another order", async () => {
    const proofs = await createFolder(folder, content);
    for (const name of ["earlier-1.envelope.json", "earlier-2.envelope.json"]) rmSync(path(name));
    rewriteProofs(folder, { ...proofs, earlier: [] });
    expect((await broken()).join("\n")).toMatch(/the report matches the statements: report.json: it is not the report/);

    const other = verdictOf("run-0", { database: databaseCalled("orders", "db-RECREATED") });
    for (const one of [other, teardownOf("run-0"), verdictOf("run-1")]) {
      await createFolder(folder, { ...content, earlier: [one] });
      expect((await broken()).join("\n")).toMatch(/is not a verdict of the same operation on the same database/);
    }
    const whole = await createFolder(folder, content);
    rewriteProofs(folder, { ...whole, earlier: [...whole.earlier].reverse() });
    expect((await broken()).join("\n")).toMatch(/they are not in the log's order, before the run/);
  });
});

test.each(["report.md", "report.json", "report.html"])(
  "a changed or missing %s makes a folder invalid",
  async (name) => {
    await createFolder(folder, { statements: [verdictOf("run-1"), teardownOf("run-1")] });
    rewrite(name, (text) => text.replace("pass", "fail"));
    expect((await broken()).join("\n")).toMatch(`the report matches the statements: ${name}: it is not the report`);
    rmSync(path(name));
    await expect(verified()).rejects.toMatchObject({ code: "evidence-unreadable" });
  },
);

test("each report names the finding that led to the request, and a folder whose report hides it is invalid", async () => {
  const followUpOf = "run-0.verdict";
  await createFolder(folder, { statements: [verdictOf("run-1", { followUpOf }), teardownOf("run-1")] });
  expect(await broken()).toEqual([]);
  expect((await verified()).statements.map((s) => s.followUpOf)).toEqual([followUpOf, undefined]);
  expect(readFileSync(path("report.md"), "utf8")).toContain("| follow-up of finding | run-0.verdict |");
  expect(readFileSync(path("report.html"), "utf8")).toContain("run-0.verdict");
  expect(JSON.parse(readFileSync(path("report.json"), "utf8"))).toMatchObject({ report: { followUpOf } });
  for (const name of ["report.md", "report.json", "report.html"]) rewrite(name, (t) => t.replace(followUpOf, "none"));
  expect((await broken()).join("\n")).toMatch("the report matches the statements: report.md: it is not the report");
});
