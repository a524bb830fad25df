/** Errors of the evidence log, its keys and its publication, and of guardrails. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeControlPlaneDatabase, type TestDatabase } from "../control-plane-database";
import type { Row } from "./row";
import { emptyState } from "./row";
import type { Said, Scene } from "./scene";

const key = (at: Scene) => join(at.dataFolder, "evidence", "signing-key.pem");
const memory = (at: Scene) => join(at.dataFolder, "evidence", "known-logs.json");
const published = (at: Scene) => at.path("published");
const rotate = ["evidence", "key", "rotate"];
/** The newest request with a statement. */
const sealed = async (at: Scene): Promise<string> => {
  const [row] = await (
    await at.records()
  ).query<{ id: string }>(
    "select request_id as id from evidence where kind = 'verdict' order by log_index desc limit 1",
  );
  return row!.id;
};
/** As someone with the rights of the tables' owner. */
const tamper = async (at: Scene, sql: string) =>
  (await at.records()).query(
    `do $$begin alter table evidence disable trigger all; ${sql}; alter table evidence enable trigger all; end$$`,
  );

/** The control plane of another machine; empty at first. */
let postgres: TestDatabase;
let other: Scene;
export const endOther = async (): Promise<void> => postgres?.remove();
const emptied = async () => (await other.records()).query("drop schema shipshape cascade").then(() => undefined);

const state = (at: Scene, name = "state.json") => at.path(name);
const guard = (at: Scene, ...more: string[]) => at.run(["guard", "--state", state(at), ...more]);
const waivers = (at: Scene) => at.path("waivers");
const newWaiver = (at: Scene, ...more: string[]): Promise<Said> =>
  at.run([
    ...[
      "waiver",
      "new",
      "--rule",
      "require-multi-az",
      "--resource",
      "urn:pulumi:dev::shipshape::aws:rds/instance:Instance::a",
    ],
    ...["--reason", "moves to another Region soon", "--owner", "team-orders", "--approver", "team-platform"],
    ...[
      "--expires-on",
      new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
      "--waivers",
      waivers(at),
      ...more,
    ],
  ]);

export const evidenceRows: Row[] = [
  {
    code: "evidence-unknown",
    fails: (at) => at.run(["evidence", "show", "261123093000-1a2b3c4d"]),
    works: async (at) => at.run(["evidence", "show", await sealed(at)]),
  },
  {
    code: "evidence-unreadable",
    cause: (at) => mkdirSync(at.path("not-evidence")),
    fails: (at) => at.run(["evidence", "verify", at.path("not-evidence")]),
    async mend(at) {
      lastSealed = await sealed(at);
    },
    fill: (at) => ({ "<id>": lastSealed, "<folder>": at.path("exported") }),
    works: (at) => at.run(["evidence", "verify", at.path("exported")]),
  },
  {
    code: "evidence-out-unusable",
    async cause(at) {
      mkdirSync(at.path("mine"));
      writeFileSync(at.path("mine", "letter.txt"), "");
    },
    fails: (at) => at.run(["evidence", "export", lastSealed, "--out", at.path("mine")]),
    works: (at) => at.run(["evidence", "export", lastSealed, "--out", at.path("exported")]),
  },
  {
    code: "evidence-log-damaged",
    cause: (at) => tamper(at, "update evidence set envelope = envelope || ' ' where log_index = 0"),
    fails: (at) => at.run(["evidence", "publish", "--to", published(at)]),
    mend: (at) => tamper(at, "update evidence set envelope = rtrim(envelope) where log_index = 0"),
  },
  {
    code: "evidence-memory-unusable",
    cause(at) {
      renameSync(memory(at), at.path("kept-memory"));
      writeFileSync(memory(at), "{");
    },
    fails: (at) => at.run(["evidence", "list"]),
    mend: (at) => renameSync(at.path("kept-memory"), memory(at)),
  },
  {
    code: "evidence-publication-missing",
    fails: (at) => at.run(["evidence", "publish"]),
    works: (at) => at.run(["evidence", "publish", "--to", published(at)]),
  },
  {
    code: "evidence-publication-unusable",
    cause: (at) => writeFileSync(at.path("in-the-way"), ""),
    fails: (at) => at.run(["evidence", "publish", "--to", at.path("in-the-way")]),
    mend: (at) => rmSync(at.path("in-the-way")),
  },
  {
    code: "evidence-publication-invalid",
    cause(at) {
      const [name = ""] = readdirSync(join(published(at), "statements"));
      altered = join(published(at), "statements", name);
      kept = readFileSync(altered);
      writeFileSync(altered, "{}");
    },
    fails: (at) => at.run(["evidence", "verify", published(at)]),
    mend: () => writeFileSync(altered, kept),
  },
  {
    code: "signing-key-missing",
    async cause(at) {
      postgres = await makeControlPlaneDatabase();
      other = at.elsewhere({ SHIPSHAPE_DATABASE_URL: postgres.url });
    },
    fails: () => other.run(rotate),
    on: () => other,
  },
  {
    code: "evidence-restore-refused",
    // The same log's name, and another log: that of the other machine's own key.
    fails: (at) => at.run(["evidence", "restore", "--from", published(at)], { SHIPSHAPE_DATABASE_URL: postgres.url }),
    mend: emptied,
  },
  {
    code: "evidence-key-untrusted",
    async cause(at) {
      await emptied();
      other = at.elsewhere({ SHIPSHAPE_DATABASE_URL: postgres.url });
    },
    fails: (at) => other.run(["evidence", "restore", "--from", published(at)]),
    works(at, printed) {
      writeFileSync(at.path("verifier-key"), printed);
      return other.run(["evidence", "restore", "--from", published(at), "--key", at.path("verifier-key")]);
    },
  },
  {
    code: "evidence-publication-differs",
    async cause(at) {
      await emptied();
      at.env["SHIPSHAPE_DATABASE_URL"] = [postgres.url, (urlOfLog = at.env["SHIPSHAPE_DATABASE_URL"]!)][0]!;
    },
    fails: (at) => at.run(["evidence", "publish", "--to", published(at)]),
  },
  {
    code: "evidence-log-rewritten",
    cause: emptied,
    fails: (at) => at.run(rotate),
    mend: (at) => void (at.env["SHIPSHAPE_DATABASE_URL"] = urlOfLog),
  },
  {
    code: "signing-key-exists",
    fails: (at) => at.run(["evidence", "key", "create"]),
    works: (at) => at.run(["evidence", "key", "show", "--all"]),
  },
  {
    code: "signing-key-lost",
    cause: (at) => renameSync(key(at), at.path("kept-key")),
    fails: (at) => at.run(["evidence", "key", "create"]),
    mend: (at) => renameSync(at.path("kept-key"), key(at)),
    works: (at) => at.run(rotate),
  },
  {
    code: "signing-key-exposed",
    cause(at) {
      writeFileSync(at.path("copied-key"), readFileSync(key(at)), { mode: 0o644 });
      at.env["SHIPSHAPE_SIGNING_KEY_FILE"] = at.path("copied-key");
    },
    fails: (at) => at.run(rotate),
  },
  {
    // The key of before the last two rotations.
    code: "signing-key-foreign",
    cause: (at) => delete at.env["SHIPSHAPE_SIGNING_KEY_FILE"],
    fails: (at) => at.run(rotate),
    mend: (at) => renameSync(at.path("copied-key"), key(at)),
  },
  {
    code: "signing-key-unusable",
    cause(at) {
      renameSync(key(at), at.path("kept-key"));
      writeFileSync(key(at), "not a key", { mode: 0o600 });
    },
    fails: (at) => at.run(rotate),
    mend: (at) => renameSync(at.path("kept-key"), key(at)),
  },
];
let lastSealed = "";
let altered = "";
let kept: Buffer;
let urlOfLog = "";

export const guardrailRows: Row[] = [
  {
    code: "state-unreadable",
    cause: (at) => writeFileSync(state(at), "not a state"),
    fails: (at) => guard(at),
    fill: (at) => ({ "<stack>": "database.orders", "<file>": state(at) }),
  },
  {
    code: "pack-config-invalid",
    cause(at) {
      writeFileSync(state(at), emptyState);
      writeFileSync(at.path("config.json"), "{");
    },
    fails: (at) => guard(at, "--config", at.path("config.json")),
    mend: (at) => writeFileSync(at.path("config.json"), "{}"),
    works: (at) => guard(at, "--config", at.path("config.json")),
  },
  {
    code: "guardrails-invalid",
    cause(at) {
      at.env["SHIPSHAPE_CONFIGURATION_FILE"] = at.path("own.yaml");
      writeFileSync(at.path("own.yaml"), "guardrails:\n  rules: own-rules\n");
    },
    fails: (at) => guard(at),
    mend: (at) => delete at.env["SHIPSHAPE_CONFIGURATION_FILE"],
    works: (at) => guard(at),
  },
  {
    code: "waiver-invalid",
    cause(at) {
      mkdirSync(waivers(at));
      writeFileSync(at.path("waivers", "a.yaml"), "rule: require-multi-az\n");
    },
    fails: (at) => guard(at, "--waivers", waivers(at)),
    mend: (at) => existsSync(at.path("waivers", "a.yaml")) && rmSync(at.path("waivers", "a.yaml")),
    fill: (at) => ({ "<its folder>": waivers(at) }),
    works: (at) => guard(at, "--waivers", waivers(at)),
  },
  {
    code: "waiver-exists",
    cause: (at) => newWaiver(at),
    fails: (at) => newWaiver(at),
    works: (at) => newWaiver(at, "--id", "another"),
  },
  {
    code: "baseline-invalid",
    cause: (at) => writeFileSync(at.path("baseline.json"), "{"),
    fails: (at) => guard(at, "--baseline", at.path("baseline.json")),
    mend: (at) => writeFileSync(at.path("baseline.json"), emptyBaseline),
    works: (at) => guard(at, "--baseline", at.path("baseline.json")),
  },
  {
    code: "baseline-exists",
    cause: (at) => writeFileSync(at.path("report.json"), '{"findings":[]}'),
    fails: (at) => newBaseline(at, "baseline.json"),
    works: (at) => newBaseline(at, "another-baseline.json"),
  },
  {
    code: "baseline-grew",
    cause: (at) =>
      writeFileSync(
        at.path("grown.json"),
        emptyBaseline.replace(
          "[]",
          '[{"rule":"require-multi-az","resource":"urn:pulumi:a::b::c::d","found":["false"],"firstSeen":"2026-01-01","until":"2026-12-31","owner":"team-a"}]',
        ),
      ),
    fails: (at) => checkBaseline(at, "grown.json"),
    works: (at) => checkBaseline(at, "another-baseline.json"),
  },
];
const emptyBaseline = '{"baseline":1,"entries":[]}\n';
const newBaseline = (at: Scene, file: string) =>
  at.run(["baseline", "new", "--from", at.path("report.json"), "--owner", "team-a", "--file", at.path(file)]);
const checkBaseline = (at: Scene, file: string) =>
  at.run(["baseline", "check", "--against", at.path("baseline.json"), "--file", at.path(file)]);
