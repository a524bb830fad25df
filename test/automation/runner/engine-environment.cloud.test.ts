import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { removeStack } from "../../../automation/runner/pulumi-stack";
import { readStack } from "../../../automation/runner/stack-state";
import { hideOwnSecrets, readSettings } from "../../../automation/settings";

const folder = mkdtempSync(join(tmpdir(), "shipshape-engine-environment-"));
const saved = { ...process.env };
afterAll(() => {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, saved);
  rmSync(folder, { recursive: true });
});

test("the engine's environment has the cloud, the backend and certificates, but no secrets of the control plane and nothing else of this process", async () => {
  // Any program named pulumi is started as the engine is; this one writes down its environment: once when its version is
  // read, and once when it runs.
  const seen = join(folder, "seen");
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh\nenv >> '${seen}'-"$1"\ncase "$1" in version) echo v3.250.0;; *) echo '{}';; esac\n`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  const needed = {
    AWS_SESSION_TOKEN: "t",
    AWS_PROFILE: "work",
    PULUMI_BACKEND_URL: "s3://state",
    PGSSLROOTCERT: "/ca.pem",
    HTTPS_PROXY: "http://proxy:3128",
  };
  const secret = {
    SHIPSHAPE_DATABASE_URL: "postgresql://control:pw@db/control",
    SHIPSHAPE_SIGNING_KEY_FILE: "/keys/signing.pem",
    PGPASSWORD: "of-the-operator",
    GITHUB_TOKEN: "of-the-build",
  };
  Object.assign(process.env, needed, secret, { PATH: [folder, process.env["PATH"]].join(delimiter) });
  const { engineEnvironment } = readSettings(join(__dirname, "../../.."));
  hideOwnSecrets();
  const context = { workspacesFolder: join(folder, "workspaces"), environment: engineEnvironment };
  await readStack(context, "platform.test");
  const stack = { stackName: "throwaway", settleCloud: () => Promise.resolve(new Map<string, string>()) };
  await removeStack(context, stack, new AbortController().signal);
  const given = (command: string) =>
    Object.fromEntries(
      readFileSync(`${seen}-${command}`, "utf8")
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    ) as Record<string, string>;
  expect(given("stack")).toMatchObject(needed);
  expect(Object.keys(given("stack")).filter((name) => name in secret)).toEqual([]);
  expect(Object.keys(given("version")).filter((name) => name.startsWith("SHIPSHAPE_"))).toEqual([]);
});
