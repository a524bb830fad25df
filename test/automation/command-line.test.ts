import { parsePair } from "../../automation/command-line/local-change";
import { parseDuration } from "../../automation/command-line/commands/option-values";
import { startLocalCloud } from "../../automation/command-line/local-start";
import { shellLines } from "../../automation/command-line/local-env";
import {
  localEnvironment,
  localNames,
  localProcessEnvironment,
  misleadingSettings,
} from "../../automation/command-line/local-environment";
import { clockText, statusLines } from "../../automation/command-line/local-status";
import { table } from "../../automation/command-line/layout";
import { readSettings } from "../../automation/settings";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const endpoint = {
  url: "http://127.0.0.1:4711",
  dataFolder: "/project/.shipshape",
  accessKey: { accessKeyId: "AKIASHIPSHAPELOCAL00", secretAccessKey: "a secret of this folder" },
  engineFolder: "/cache/engine/3.250.0",
};

describe("the environment of the embedded cloud", () => {
  test("the caller's settings that lead to real AWS are removed", () => {
    const inherited = {
      AWS_PROFILE: "production",
      AWS_ENDPOINT_URL_RDS: "https://rds.amazonaws.com",
      AWS_SESSION_TOKEN: "t",
      HOME: "/home/me",
      PATH: "/usr/bin",
    };
    expect(misleadingSettings(inherited).sort()).toEqual(["AWS_ENDPOINT_URL_RDS", "AWS_PROFILE", "AWS_SESSION_TOKEN"]);
    const environment = localProcessEnvironment(endpoint, inherited);
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["AWS_PROFILE"]));
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL: endpoint.url,
      HOME: "/home/me",
      PATH: "/cache/engine/3.250.0:/usr/bin",
    });
  });

  test("the caller's variables that lead to another database or another key are removed", () => {
    const foreign = {
      PGSSLMODE: "verify-full",
      PGHOST: "nowhere",
      PGHOSTADDR: "10.0.0.1",
      PGSERVICE: "x",
      PGOPTIONS: "-c x=y",
      PGPASSFILE: "/none",
    };
    const inherited = { ...foreign, AWS_CREDENTIAL_EXPIRATION: "2020-01-01T00:00:00Z", PGSSLROOTCERT: "/mine" };
    expect(misleadingSettings(inherited).sort()).toEqual(["AWS_CREDENTIAL_EXPIRATION", ...Object.keys(foreign)].sort());
    const environment = localProcessEnvironment(endpoint, inherited);
    expect(Object.keys(environment).filter((name) => name.startsWith("PG"))).toEqual(["PGSSLROOTCERT"]);
    expect(environment.PGSSLROOTCERT).toBe("/project/.shipshape/ca/ca.pem");
  });

  test("everything set in a shell can be unset, except PATH and proxies", () => {
    const set = Object.keys(
      localEnvironment(
        { ...endpoint, controlPlaneUrl: "postgresql://…" },
        { PATH: "/usr/bin", HTTPS_PROXY: "http://proxy:3128" },
      ),
    );
    expect(localNames().sort()).toEqual(set.filter((name) => !["PATH", "NO_PROXY", "no_proxy"].includes(name)).sort());
    expect(shellLines("sh", {}, ["AWS_ENDPOINT_URL"])).toEqual(["unset AWS_ENDPOINT_URL"]);
  });

  test("the state folder becomes a URL that Pulumi can read, whatever its path contains", () => {
    const dataFolder = `/it's "my" 100% #1?/.shipshape`;
    const url = localEnvironment({ ...endpoint, dataFolder }, {})["PULUMI_BACKEND_URL"] ?? "";
    expect(url).toBe(`file:///it's "my" 100%25 %231%3F/.shipshape/pulumi-state`);
    expect(localEnvironment(endpoint, {})["PULUMI_BACKEND_URL"]).toBe("file:///project/.shipshape/pulumi-state");
  });

  test("applied twice, it extends PATH only once", () => {
    const once = localEnvironment(endpoint, { PATH: "/usr/bin" });
    expect(localEnvironment(endpoint, once)["PATH"]).toBeUndefined();
  });

  test("a configured proxy is bypassed for this machine's own address", () => {
    expect(localEnvironment(endpoint, { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "corp" })["NO_PROXY"]).toBe(
      "corp,127.0.0.1,localhost",
    );
    expect(localEnvironment(endpoint, {})["NO_PROXY"]).toBeUndefined();
  });

  test("each shell gets its own quoting, and the engine comes first on its PATH", () => {
    expect(shellLines("sh", {}, [], "/engine")).toEqual([`export PATH='/engine':"$PATH"`]);
    expect(shellLines("fish", { X: "it's \\" }, [], "/engine")).toEqual([
      "set -gx X 'it\\'s \\\\'",
      "set -gx PATH '/engine' $PATH",
    ]);
    expect(shellLines("powershell", { X: "it's" }, ["Y"])).toEqual([
      "Remove-Item Env:Y -ErrorAction SilentlyContinue",
      "$env:X = 'it''s'",
    ]);
  });
});

describe("on the command line", () => {
  test("a property is split at its first equals sign; lists and objects are read as JSON, other values as typed", () => {
    expect(parsePair("tags.note=a=b")).toEqual(["tags.note", "a=b"]);
    expect(parsePair("multiAz=false")).toEqual(["multiAz", "false"]);
    expect(parsePair('ingress=[{"fromPort":5432}]')).toEqual(["ingress", [{ fromPort: 5432 }]]);
  });

  test.each(["multiAz", "=false", "ingress=[oops"])("a malformed pair is refused: %s", (pair) => {
    expect(() => parsePair(pair)).toThrow(/is not <property>=<value>|looks like JSON/);
  });

  test.each([
    ["90s", 90],
    ["15m", 900],
    ["6h", 21_600],
    ["8d", 691_200],
  ])("%s is a duration", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
  test.each(["", "8", "d", "1.5h", "8 days", "-1d"])("%j is not a duration", (text) =>
    expect(() => parseDuration(text)).toThrow("not a duration"),
  );
});

describe("the output", () => {
  test("has columns as wide as their widest cell, and no trailing spaces", () => {
    expect(
      table(
        ["A", "LONG"],
        [
          ["wide cell", "x"],
          ["y", ""],
        ],
      ),
    ).toEqual(["A          LONG", "wide cell  x", "y"]);
  });

  test("says that the clock was set", () => {
    expect(clockText("2030-01-01T00:00:00.000Z")).toBe("2030-01-01T00:00:00.000Z");
    expect(clockText({ now: "2030-01-01T00:00:00.000Z", offsetSeconds: 86_400 })).toContain(
      "86400 s ahead of real time",
    );
  });

  test("of status names each database with its endpoint, and the data folder unless it is the default", () => {
    const instance = {
      ...{ region: "eu-central-1", masterUsername: "master", databaseName: "app" },
      identifier: "orders",
      status: "available",
      engineVersion: "17.10",
      port: 5555,
      dataFolder: "/var/tmp/x/db-1",
      account: "123456789012",
      region: "eu-central-1",
    };
    const status = {
      pid: 7,
      dataFolder: "/project/.shipshape",
      clock: "now",
      recorded: 3,
      accounts: ["123456789012"],
      instances: [instance, { ...instance, identifier: "new", status: "creating", port: null }],
    };
    const lines = statusLines({
      pid: 7,
      port: 1,
      url: endpoint.url,
      startedAt: "then",
      dataFolder: "/project/.shipshape",
      accessKey: endpoint.accessKey,
      passphrase: undefined,
      databasesFolder: "/var/tmp/x",
      status,
    }).join("\n");
    expect(lines).toMatch(/orders +available +PostgreSQL 17\.10 +127\.0\.0\.1:5555/);
    expect(lines).toMatch(/new +creating +PostgreSQL 17\.10 +-$/m);
    expect(lines).toContain("databases in    /var/tmp/x");
  });
});

describe("the data folder", () => {
  const project = mkdtempSync(join(tmpdir(), "shipshape-settings-"));
  afterAll(() => rmSync(project, { recursive: true }));

  test("of an installed package is the project's, found from any of its folders; a setting takes precedence", () => {
    const installed = join(project, "node_modules", "shipshape");
    mkdirSync(installed, { recursive: true });
    mkdirSync(join(project, "deep", "down"), { recursive: true });
    writeFileSync(join(project, "package.json"), "{}");
    expect(readSettings(installed, join(project, "deep", "down"), {}).dataFolder).toBe(join(project, ".shipshape"));
    expect(readSettings(installed, project, { SHIPSHAPE_DATA_FOLDER: "elsewhere" }).dataFolder).toBe(
      join(project, "elsewhere"),
    );
    expect(readSettings(installed, project, {}).inCheckout).toBe(false);
  });

  test("is refused if it cannot be used, and named, before anything is started", async () => {
    const file = join(project, "a-file");
    writeFileSync(file, "");
    const settings = readSettings(project, project, { SHIPSHAPE_DATA_FOLDER: file });
    await expect(startLocalCloud(settings, () => undefined)).rejects.toMatchObject({
      code: "local-folder-unusable",
      message: expect.stringContaining(file),
    });
  });
});
