import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateDBInstanceCommand, CreateDBSnapshotCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { processesIn } from "../../../localcloud/postgres/processes";
import { type Cloud, instanceIs, startCloud } from "../../cloud";
import { small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
let databasesFolder: string;
let instance: { dataFolder: string; pid: number; port: number };

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: "orders",
      ManageMasterUserPassword: true,
      MasterUserPassword: undefined,
    }),
  );
  await cloud.secrets.send(new CreateSecretCommand({ Name: "kept", SecretString: "a-secret-of-the-owner" }));
  await instanceIs(cloud, "orders", "available");
  await cloud.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "orders", DBSnapshotIdentifier: "kept" }));
  await instanceIs(cloud, "orders", "available");
  const { DBSnapshots } = await cloud.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "kept" }));
  expect(DBSnapshots).toHaveLength(1);
  // As the engine writes them, with the shell's umask.
  mkdirSync(join(cloud.dataFolder, "pulumi-state", ".pulumi", "stacks"), { recursive: true, mode: 0o755 });
  writeFileSync(join(cloud.dataFolder, "pulumi-state", ".pulumi", "stacks", "x.json"), "{}", { mode: 0o644 });
  const status = (await callOwn(cloud, "GET", "/shipshape/status")).body;
  databasesFolder = status.databasesFolder;
  [instance] = status.instances;
});
afterAll(async () => cloud?.stop());

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
const isRoot = process.getuid?.() === 0;

test("folders and files with secrets are closed to all other users", () => {
  expect(lstatSync(cloud.dataFolder).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
  for (const name of readdirSync(cloud.dataFolder).filter((entry) => !["ca", "databases"].includes(entry)))
    expect([name, lstatSync(join(cloud.dataFolder, name)).mode & 0o077]).toEqual([name, 0]);
});

/** Only root can become another user; skipped otherwise. */
const asAnother = isRoot && spawnSync("setpriv", ["--version"]).status === 0 ? test : test.skip;
const daemonIn = (group: number, script: string, input: string) =>
  execFileSync("setpriv", ["--reuid=1", `--regid=${group}`, "--clear-groups", "/bin/sh", "-c", script], {
    encoding: "utf8",
    input,
    cwd: "/",
    maxBuffer: 1e8,
  });
const daemon = (script: string, input = "") => daemonIn(1, script, input);

asAnother(
  "another user who knows every name can read only the certificate that clients check, and list no folder",
  () => {
    const files = [...filesBelow(cloud.dataFolder), ...filesBelow(databasesFolder)];
    expect(files.length).toBeGreaterThan(1_000);
    // PostgreSQL's group is also that of every other service of that user.
    for (const group of [1, Number(execFileSync("id", ["-g", "nobody"], { encoding: "utf8" }))]) {
      const read = daemonIn(
        group,
        `while IFS= read -r file; do if [ -r "$file" ]; then echo "$file"; fi; done`,
        `${files.join("\n")}\n`,
      )
        .split("\n")
        .filter(Boolean);
      // Folders that can be passed through contain only folders.
      const content = read.filter((file) => lstatSync(file).isFile());
      expect([group, content]).toEqual([group, [join(cloud.dataFolder, "ca", "ca.pem")]]);
    }
    expect(daemon(`ls '${cloud.dataFolder}' 2>&1 || true`)).toContain("Permission denied");
  },
);

asAnother("another user finds no secret in the process list, and gets no access through a socket", () => {
  const { secretAccessKey } = cloud.client().credentials;
  const secrets = [secretAccessKey, new URL(cloud.env["SHIPSHAPE_DATABASE_URL"]!).password];
  for (const pid of [cloud.pid, instance.pid, ...processesIn(instance.dataFolder)]) {
    const seen = daemon(`cat /proc/${pid}/cmdline 2>/dev/null; cat /proc/${pid}/environ 2>/dev/null || true`);
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
    expect(seen).not.toContain("AWS_SECRET_ACCESS_KEY");
  }
  const sockets = filesBelow(databasesFolder).filter((file) => lstatSync(file).isSocket());
  expect(sockets.length).toBeGreaterThan(0);
  const connect = `const s = require("net").connect(process.argv[1]); s.on("connect", () => (console.log("in"), s.end())); s.on("error", (e) => console.log(e.code))`;
  for (const socket of sockets)
    expect(daemon(`'${process.execPath}' -e '${connect}' '${socket}'`).trim()).toBe("EACCES");
});

asAnother("another user gets no password and no response from the API", () => {
  const ask = (path: string, body: string, headers: object) =>
    `fetch("${cloud.url}${path}", { method: "POST", body: ${JSON.stringify(body)}, headers: ${JSON.stringify(headers)} }).then(async (r) => console.log(r.status, await r.text()))`;
  const claim =
    "AWS4-HMAC-SHA256 Credential=AKIASHIPSHAPELOCAL00/20260101/eu-central-1/rds/aws4_request, SignedHeaders=host;x-amz-date, Signature=";
  const requests = [
    ask("/shipshape/database-url", '{"identifier":"orders","role":"master"}', {}),
    ask("/shipshape/stop", "", {}),
    ask("/", "Action=DescribeDBInstances&Version=2014-10-31", {}),
    ask("/", "Action=DescribeDBInstances&Version=2014-10-31", {
      authorization: `${claim}${"0".repeat(64)}`,
      "x-amz-date": "20260101T000000Z",
    }),
    ask("/", '{"SecretId":"kept"}', {
      authorization: `${claim}${"0".repeat(64)}`,
      "x-amz-target": "secretsmanager.GetSecretValue",
    }),
  ];
  for (const request of requests) {
    const answer = daemon(`'${process.execPath}' -e '${request}'`);
    expect(answer).toMatch(/^(403|400) /);
    expect(answer).not.toMatch(/a-secret-of-the-owner|"password"|DBInstanceArn|"stopping"/);
  }
});
