import { CreateDBInstanceCommand } from "@aws-sdk/client-rds";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { installPlugins } from "../../localcloud/plugins/bundle";
import { instanceIs, startCloud, type Cloud } from "../cloud";
import { small } from "../localcloud/server/database-client";

const checkout = join(__dirname, "../..");
const read = (file: string) => parse(readFileSync(join(checkout, "docs/ci", file), "utf8")) as Record<string, unknown>;

/** The shell lines of each, except the installation, which the test replaces. */
const github = (
  read("github-actions.yml")["jobs"] as { guardrails: { steps: { run?: string }[] } }
).guardrails.steps.flatMap(({ run }) => run ?? []);
const gitlab = (read("gitlab-ci.yml")["guardrails"] as { script: string[] }).script;
const lines = { "github-actions.yml": github.filter((line) => line !== "npm ci"), "gitlab-ci.yml": gitlab };

let cloud: Cloud;
let project: string;
beforeAll(async () => {
  cloud = await startCloud();
  await installPlugins(cloud.env["PULUMI_HOME"] ?? "");
  mkdirSync(cloud.env["PULUMI_BACKEND_URL"]?.replace("file://", "") ?? "", { recursive: true });
  project = join(cloud.dataFolder, "project");
  installProject(project);
  await shell(
    "pulumi stack init database.orders-production && pulumi up --stack database.orders-production --yes --skip-preview --non-interactive",
  );
});
afterAll(() => cloud.stop());

const distinct = [
  ...new Set(
    Object.values(lines)
      .flat()
      .flatMap((script) => script.trim().split("\n")),
  ),
];

test("each file previews with the pack, guards the state and keeps the findings", () => {
  for (const script of Object.values(lines)) {
    const text = script.join("\n");
    expect([
      text.includes("pulumi preview"),
      text.includes("--policy-pack"),
      text.includes("shipshape guard --state"),
      text.includes("--sarif guardrails.sarif"),
    ]).toEqual([true, true, true, true]);
  }
});

test("every shell line passes on a correct project, and findings are left to upload", async () => {
  for (const line of distinct) await shell(line);
  expect(existsSync(join(project, "guardrails.sarif"))).toBe(true);
});

test("the preview stops a change that breaks a rule", async () => {
  const previews = distinct.filter((line) => line.includes("pulumi preview"));
  expect(previews).toHaveLength(1);
  await expect(shell(previews[0] ?? "", { CARELESS: "yes" })).rejects.toThrow("require-tls");
});

describe("the nightly look for drift", () => {
  const steps = (read("drift-github-actions.yml")["jobs"] as { drift: { steps: { run?: string }[] } }).drift.steps;
  const nightly = [
    ...steps.flatMap(({ run }) => (run?.includes("shipshape") ? [run] : [])),
    ...(read("drift-gitlab-ci.yml")["drift"] as { script: string[] }).script,
  ];

  test("fails where there is nothing to compare, and says so", async () => {
    expect(nightly).toHaveLength(2);
    await expect(shell(nightly[1]!)).rejects.toThrow("there is no database to compare");
  });

  test("leaves what it found for code scanning, without a control plane, and fails where it is critical", async () => {
    const made = async (given: object, DBInstanceIdentifier: string) => {
      await cloud.rds.send(new CreateDBInstanceCommand({ ...small, ...given, DBInstanceIdentifier }));
      await instanceIs(cloud, DBInstanceIdentifier, "available");
    };
    await made({ StorageEncrypted: true }, "by-hand");
    for (const line of nightly) {
      const printed = await shell(line);
      expect(printed).toMatch(/by-hand/);
      const sarif = readFileSync(join(project, "drift.sarif"), "utf8");
      const found = expect.arrayContaining([expect.objectContaining({ ruleId: "unmanaged-high" })]) as object[];
      expect(JSON.parse(sarif)).toMatchObject({ runs: [{ results: found }] });
    }
    await made({}, "plain");
    for (const line of nightly)
      await expect(shell(line)).rejects.toThrow(/plain[ .]guardrails\.require-encryption-at-rest/);
  });
});

/** A team's project as `npm ci` leaves it. */
function installProject(folder: string): void {
  mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
  symlinkSync(join(checkout, "node_modules", "@pulumi"), join(folder, "node_modules", "@pulumi"));
  symlinkSync(checkout, join(folder, "node_modules", "shipshape"));
  symlinkSync(
    join(checkout, "automation/command-line/shipshape.cjs"),
    join(folder, "node_modules", ".bin", "shipshape"),
  );
  mkdirSync(join(folder, "policypacks", "waivers"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "orders", private: true, main: "index.js" }));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: orders\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  writeFileSync(
    join(folder, "index.js"),
    `const aws = require("@pulumi/aws");
const parameters = { "rds.force_ssl": process.env.CARELESS ? "0" : "1", log_connections: "1", log_disconnections: "1", log_statement: "ddl" };
new aws.rds.ParameterGroup("parameters", {
  name: "orders",
  family: "postgres17",
  parameters: Object.entries(parameters).map(([name, value]) => ({ name, value, applyMethod: "pending-reboot" })),
  tags: { service: "orders", owner: "team-orders", environment: "production", "cost-center": "4711" },
});
`,
  );
}

function shell(line: string, more: Record<string, string> = {}): Promise<string> {
  // In the checkout the pack runs from its sources; the package brings it bundled.
  const env = {
    ...cloud.env,
    SHIPSHAPE_DATABASE_URL: "",
    STACK: "database.orders-production",
    PACK: join("node_modules", "shipshape", "policypacks", "database-guardrails"),
    ...more,
  };
  return new Promise((resolve, reject) => {
    execFile("bash", ["-e", "-c", line], { cwd: project, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${line}: ${stdout}${stderr}`)) : resolve(stdout),
    );
  });
}
