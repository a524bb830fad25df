// The statement about a period and its folder: page, JSON and OSCAL say what is signed, and nothing else.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { signCheckpoint } from "../../../automation/evidence/checkpoint";
import { sealStatement, STATEMENT_TYPE, type Statement } from "../../../automation/evidence/envelope";
import { attributesText, proofsText, writeFolder } from "../../../automation/evidence/folder";
import { inclusionProof, leafHash, nodesOver, rootOf } from "../../../automation/evidence/merkle-tree";
import { populationOf } from "../../../automation/evidence/population";
import { populationOscal } from "../../../automation/evidence/population-oscal";
import { populationPage } from "../../../automation/evidence/population-page";
import { populationReports } from "../../../automation/evidence/population-reports";
import {
  POPULATION_TYPE,
  populationBasis,
  populationIn,
  type PopulationContent,
} from "../../../automation/evidence/population-statement";
import { verifyEvidence } from "../../../automation/evidence/verify";
import { canonicalJson } from "../../../automation/records";
import { key, origin, publicKey } from "./exported-folder";
import { databaseCalled } from "./sealed-runs";

const at = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();

function contentOf(identifier = "orders", more: Partial<PopulationContent> = {}): PopulationContent {
  const names = [identifier, "ledger"];
  const databases = names.map((name) => ({
    ...{ identifier: name, resourceId: databaseCalled(name).resourceId, drillEveryDays: 30 },
    ...{ tier: "gold", environment: "production" },
  }));
  const { account, region } = databaseCalled("x");
  const sighting = { account, region, digest: "a".repeat(64), databases, issuedAt: at(-3), expiresOn: null };
  const drill = (verdict: "pass" | "fail", day: number) => ({
    ...{ requestId: `run-${day}`, database: databaseCalled(identifier), verdict, tornDown: true },
    ...{ tier: "gold", environment: "production", issuedAt: at(day), validDays: 30 },
  });
  return {
    ...populationOf(
      { from: at(0), until: at(90) },
      [sighting],
      [drill("pass", 20), drill("fail", 60), drill("pass", 62)],
    ),
    unread: ["the databases that the cloud has today: ENOTFOUND"],
    basis: populationBasis,
    restsOn: { origin, treeSize: 1, root: Buffer.alloc(32).toString("base64") },
    requestedBy: "an auditor",
    toolVersions: { shipshape: "1.2.3" },
    ...more,
  };
}

const statementOf = (content: PopulationContent, more: object = {}): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [
    {
      name: `urn:shipshape:population:${content.period.from}/${content.period.until}`,
      digest: { sha256: createHash("sha256").update(canonicalJson(content)).digest("hex") },
    },
  ],
  predicateType: POPULATION_TYPE,
  predicate: { ...content, issuedAt: at(91), expiresOn: null, ...more },
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "shipshape-population-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function createFolder(statement: Statement, reports = populationReports(populationIn(statement))) {
  const envelope = await sealStatement(statement, key);
  const leaves = ["another", envelope].map((leaf) => leafHash(Buffer.from(leaf)));
  const tree = nodesOver(leaves);
  const inclusion = (await inclusionProof(1, 2, tree)).map((h) => h.toString("base64"));
  const id = `population.${statement.subject[0].digest.sha256.slice(0, 12)}`;
  const proofs = {
    treeSize: 2,
    statements: [{ id, file: "population.envelope.json", leafIndex: 1, inclusion }],
    earlier: [],
    keyChanges: [],
  };
  const files = new Map([
    ["checkpoint", await signCheckpoint({ origin, size: 2, root: await rootOf(2, tree) }, key)],
    ["verifier-key", `${publicKey}\n`],
    ["proofs.json", proofsText(proofs)],
    [".gitattributes", attributesText],
    ["population.envelope.json", envelope],
    ...reports,
  ]);
  writeFolder(folder, files);
}
const verified = (now = new Date(at(100))) => verifyEvidence({ folder, verifierKey: publicKey, now });
const broken = async () => (await verified()).findings.filter((f) => !f.holds).map((f) => `${f.what}: ${f.reason}`);

describe("its folder", () => {
  test("is valid, and says in one line what is signed", async () => {
    await createFolder(statementOf(contentOf()));
    const v = await verified();
    expect(v).toMatchObject({ valid: true, keyTrusted: true, expired: false });
    expect(v.statements).toEqual([
      expect.objectContaining({
        kind: "population",
        target: `databases from ${at(0)} to ${at(90)}: 2; drills due: 6, done 2, late 1, missing 3; failed: 1`,
        requestedBy: "an auditor",
        expiresOn: null,
      }),
    ]);
    expect((await verified(new Date(at(90)))).valid).toBe(false); // dated in the future
  });

  test.each(["report.json", "report.html", "oscal.json"])(
    "with a changed, missing or added %s is not valid",
    async (name) => {
      await createFolder(statementOf(contentOf()));
      const file = join(folder, name);
      writeFileSync(file, readFileSync(file, "utf8").replace("missing", "done"));
      expect((await broken()).join("\n")).toMatch(`${name}: it is not the report of these statements`);
      writeFileSync(join(folder, "report.md"), "all is well");
      expect((await broken()).join("\n")).toMatch(/nothing vouches for report.md/);
      rmSync(file);
      await expect(verified()).rejects.toMatchObject({ code: "evidence-unreadable" });
    },
  );

  test.each([
    ["other totals than its databases", { totals: { ...contentOf().totals, missing: 0 } }, /totals are not those/],
    [
      "a database less than its digest",
      { databases: contentOf().databases.slice(1) },
      /subject is not what it is about/,
    ],
    ["a field that is not known", { note: "all is well" }, /note|unrecognized/i],
  ])("with %s is not valid, although it is signed", async (_, more, reason) => {
    const content = contentOf();
    const whole = "totals" in more ? statementOf({ ...content, ...more }) : statementOf(content, more);
    await createFolder(whole, populationReports(populationIn(statementOf(content))));
    expect((await broken()).join("\n")).toMatch(reason);
  });

  test("whose statement rests on what came after it is not valid", async () => {
    await createFolder(statementOf(contentOf("orders", { restsOn: { origin, treeSize: 2, root: "" } })));
    expect((await broken()).join("\n")).toMatch(/it rests on statements that came later/);
  });
});

test("the page names every database and every drill that was due, and what was not read or seen", () => {
  const page = populationPage(populationIn(statementOf(contentOf())));
  for (const text of [
    "orders (db-ORDERS)",
    "ledger (db-LEDGER)",
    "run-20",
    "run-60",
    "run-62",
    "ENOTFOUND",
    "an auditor",
  ])
    expect(page).toContain(text);
  for (const said of [...populationBasis, "2; never drilled: 1; gone: 0", "2026-01-01 00:00 to 2026-04-01 00:00"])
    expect(page.replaceAll(/&#(\d+);/g, (__, code: string) => String.fromCharCode(Number(code)))).toContain(said);
  const hostile = `</td><script>alert(1)</script>"onload='x'`;
  const bad = contentOf(hostile, { requestedBy: hostile, unread: [hostile] });
  const tags = (text: string) => text.match(/<\/?[a-z]\w*/gi)?.sort();
  expect(tags(populationPage(populationIn(statementOf(bad))))).toEqual(tags(page));
});

describe("OSCAL", () => {
  // A closed model of the fields that are used, by hand from the JSON schema of OSCAL 1.1.2 assessment results: each
  // object has these fields and no other, and lists are not empty.
  const uuid = z
    .string()
    .regex(/^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$/);
  const text = z.string().regex(/^\S(.*\S)?$/u);
  const token = z.string().regex(/^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$/u);
  const moment = z.iso.datetime({ offset: true });
  const some = <T extends z.ZodType>(one: T) => z.array(one).min(1);
  const props = some(z.strictObject({ name: token, ns: z.url(), value: text }));
  const finding = z.strictObject({
    ...{ uuid, title: z.string(), description: z.string() },
    target: z.strictObject({
      type: z.enum(["statement-id", "objective-id"]),
      "target-id": token,
      status: z.strictObject({ state: z.enum(["satisfied", "not-satisfied"]), reason: token }),
    }),
    "related-observations": some(z.strictObject({ "observation-uuid": uuid })),
  });
  const observation = z.strictObject({
    ...{ uuid, title: z.string(), description: z.string(), collected: moment },
    methods: some(z.enum(["EXAMINE", "INTERVIEW", "TEST", "UNKNOWN"])),
    subjects: some(z.strictObject({ "subject-uuid": uuid, type: token })),
    "relevant-evidence": some(z.strictObject({ description: z.string(), props })).optional(),
  });
  const result = z.strictObject({
    ...{ uuid, title: z.string(), description: z.string(), start: moment, end: moment, props, remarks: z.string() },
    "local-definitions": z
      .strictObject({ "inventory-items": some(z.strictObject({ uuid, description: z.string(), props })) })
      .optional(),
    "reviewed-controls": z.strictObject({
      "control-selections": some(
        z.strictObject({
          description: z.string(),
          "include-controls": some(z.strictObject({ "control-id": token })),
        }),
      ),
    }),
    observations: some(observation).optional(),
    findings: some(finding).optional(),
  });
  const document = z.strictObject({
    "assessment-results": z.strictObject({
      uuid,
      metadata: z.strictObject({
        title: z.string(),
        "last-modified": moment,
        version: text,
        "oscal-version": z.literal("1.1.2"),
      }),
      "import-ap": z.strictObject({ href: z.string().regex(/^#/), remarks: z.string() }),
      results: some(result),
      "back-matter": z.strictObject({
        resources: some(z.strictObject({ uuid, title: z.string(), description: z.string() })),
      }),
    }),
  });
  const oscalOf = (content: PopulationContent) =>
    document.parse(JSON.parse(populationOscal(populationIn(statementOf(content)))))["assessment-results"];

  test("has an inventory item, an observation and a finding for each database, and every reference leads somewhere", () => {
    const { results, "import-ap": plan, "back-matter": back } = oscalOf(contentOf());
    const [one] = results;
    const items = one!["local-definitions"]!["inventory-items"];
    expect(items.map((i) => i.description)).toEqual(["PostgreSQL database ledger", "PostgreSQL database orders"]);
    expect(one!.observations!.map((o) => o.subjects[0]!["subject-uuid"])).toEqual(items.map((i) => i.uuid));
    expect(one!.findings!.map((f) => f["related-observations"][0]!["observation-uuid"])).toEqual(
      one!.observations!.map((o) => o.uuid),
    );
    expect(`#${back.resources[0]!.uuid}`).toBe(plan.href);
    expect(one!.findings!.map((f) => f.target.status.state)).toEqual(["not-satisfied", "not-satisfied"]);
    expect(one!.remarks).toContain("Not read: the databases that the cloud has today");
  });

  test("is satisfied only if each drill that was due was done in time and passed", () => {
    const content = contentOf();
    const [ledger, orders] = content.databases as [
      PopulationContent["databases"][0],
      PopulationContent["databases"][0],
    ];
    const drill = { requestId: "r", verdict: "pass" as const, issuedAt: at(10) };
    const state = (due: (typeof orders)["due"]) => {
      const databases = [
        { ...orders, due },
        { ...ledger, due: [] },
      ];
      const totals = { ...content.totals, due: due.length, done: 0, late: 0, missing: 0, failed: 0 };
      for (const { status, drill: its } of due) {
        totals[status]++;
        totals.failed += its?.verdict === "fail" ? 1 : 0;
      }
      return oscalOf({ ...content, databases, totals }).results[0]!.findings?.map((f) => f.target.status.state);
    };
    const done = { dueAt: at(30), status: "done" as const, drill };
    expect(state([done])).toEqual(["satisfied"]);
    expect(state([done, { ...done, status: "late" }])).toEqual(["not-satisfied"]);
    expect(state([{ ...done, drill: { ...drill, verdict: "fail" } }])).toEqual(["not-satisfied"]);
    expect(state([{ dueAt: at(30), status: "missing", drill: null }])).toEqual(["not-satisfied"]);
    expect(state([])).toBeUndefined();
  });

  test("of no database, and of hostile names, is valid too; the same statement gives the same ids", () => {
    const none = populationOf({ from: at(0), until: at(90) }, [], []);
    expect(oscalOf({ ...contentOf(), ...none, unread: [] }).results[0]!.observations).toBeUndefined();
    const hostile = contentOf("orders\n\u2028 \u202e", { requestedBy: "  \n" });
    expect(() => oscalOf(hostile)).not.toThrow();
    expect(oscalOf(contentOf())).toEqual(oscalOf(contentOf()));
    expect(oscalOf(contentOf()).uuid).not.toBe(oscalOf(contentOf("orders", { requestedBy: "another" })).uuid);
  });
});
