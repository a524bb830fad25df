// What an app team gets: the packed packages, installed in projects with nothing else: first the product, then the
// embedded cloud as a development dependency.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Follower, sectionsOf } from "./followed-page";
import { temporaryFolder } from "./localcloud/toolchain/temporary-folder";
import { hovers, type Hover } from "./hover";
import { putRuleOfPage } from "./rule-of-page";
import { canHaveYaml, yamlHostFolder } from "./yaml-host/yaml-host";

const repository = join(__dirname, "..");
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string } & Record<
  "devDependencies" | "peerDependencies",
  Record<string, string>
>;
const sdks = Object.keys(manifest.peerDependencies);
const typescriptProject = realpathSync(temporaryFolder());
const javascriptProject = realpathSync(temporaryFolder());
const yamlProject = realpathSync(temporaryFolder());
const megabyte = 1024 * 1024;
let tarball: string;
let cloudTarball: string;
let environment: NodeJS.ProcessEnv = process.env;

beforeAll(async () => {
  tarball = await pack();
  cloudTarball = await pack("--workspace", "localcloud");
  const pinned = [...sdks, "typescript", "@types/node"].map((name) => `${name}@${manifest.devDependencies[name]}`);
  writeFileSync(join(typescriptProject, "package.json"), '{"name":"orders","private":true}');
  await install(...pinned, tarball);
});

test.each([
  ["StandardDatabase", ["tier", "costCenter", "platform.keyArn", "roles.authentication", "existing.asFound.multiAz"]],
  ["DatabasePlatform", ["copyRegion", "subnetIds"]],
])("an editor shows what each argument of %s is, and the default of each optional one", (component, some) => {
  const shown = hovers(typescriptProject, component);
  expect(shown.map(({ path }) => path.replace(".chosen", ""))).toEqual(expect.arrayContaining(some));
  const silent = ({ path, isOptional, documentation, tags }: Hover) =>
    documentation === "" || (isOptional && !tags.default) || (path !== "standard" && !tags.example);
  expect(shown.filter(silent)).toEqual([]);
});

test("the package contains what runs, and no embedded cloud, tests or demo", async () => {
  const files = await contents(tarball);
  const folders = new Set(
    files.map((file) =>
      file
        .split("/")
        .slice(0, file.startsWith("dist/") ? 2 : 1)
        .join("/"),
    ),
  );
  expect(files).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "dist/components/index.js",
      "dist/components/index.d.ts",
    ]),
  );
  expect(
    [...folders].filter(
      (folder) => !/^(dist\/.*|automation|docs|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(folder),
    ),
  ).toEqual([]);
  expect(
    files.filter(
      (file) => /^dist\/(localcloud|plugins|toolchain)|\btest|demo|\.(tsx?|map)$/.test(file) && !file.endsWith(".d.ts"),
    ),
  ).toEqual([]);
});

test("each page that a message names, or another page links to, is in the package; only sources are not", async () => {
  const files = await contents(tarball);
  const dist = join(typescriptProject, "node_modules/shipshape/dist");
  const code = (readdirSync(dist, { recursive: true }) as string[]).filter((file) => /\.c?js$/.test(file));
  const named = code.flatMap(
    (file) => readFileSync(join(dist, file), "utf8").match(/\bdocs\/[a-z0-9/-]+\.md\b/g) ?? [],
  );
  const pages = files.filter((file) => file.endsWith(".md"));
  const linked = pages.flatMap((page) =>
    [...readFileSync(join(repository, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, to = ""]) =>
      join(dirname(page), to),
    ),
  );
  expect([named.length > 20, linked.length > 100]).toEqual([true, true]);
  const sources = /^(components|stacks|policypacks|automation|localcloud|demo|test)\/|^CONTRIBUTING\.md$/;
  const missing = [...named, ...linked].filter(
    (to) => !sources.test(to) && !files.some((file) => file === to || file.startsWith(to.replace(/\/?$/, "/"))),
  );
  expect([...new Set(missing)]).toEqual([]);
});

test("the embedded cloud's package contains its server, plugins and language host, bundled", async () => {
  expect((await contents(cloudTarball)).sort()).toEqual([
    ...["README.md", "dist/LICENSE", "dist/index.cjs"],
    ...["LICENSE", "pg_dump.cjs", "pg_dump.wasm"].map((file) => `dist/pg-dump/${file}`),
    "dist/plugins/pulumi-resource-aws",
    "dist/plugins/pulumi-resource-postgresql",
    "dist/plugins/pulumi-resource-random",
    ...["dist/schema-dump-thread.cjs", "dist/server.cjs"],
    "dist/toolchain/go.mod",
    "dist/toolchain/go.sum",
    "dist/toolchain/pulumi-language-nodejs",
    "package.json",
  ]);
});

test("an editor shows what the arguments are for", () => {
  const types = readFileSync(
    join(typescriptProject, "node_modules/shipshape/dist/components/database-request.d.ts"),
    "utf8",
  );
  expect(types).toMatch(/How much a loss would cost[^]*?\*\/\s+tier: Tier;/);
});

test("the package adds less than 40 MB to a project that has the Pulumi SDKs", () => {
  const brought = closure(sdks);
  const added = [...closure(["shipshape"])].filter((folder) => !brought.has(folder));
  expect(added.reduce((sum, folder) => sum + bytes(folder), 0)).toBeLessThan(40 * megabyte);
});

test("the rule that docs/guardrails.md shows is correct TypeScript, holds on its examples, and judges", async () => {
  const compiled = putRuleOfPage(join(repository, "docs/guardrails.md"), typescriptProject);
  await run(typescriptProject, "npx", "tsc", ...compiled);
  const said = [await shipshape("rule", "test"), await shipshape("guard", "--state", "small.json")];
  expect(said.map(({ stdout }) => stdout).join("\n")).toMatch(/4 claims: all hold[^]*✗ forbid-burstable-classes/);
});

test("help loads the names of the commands, and one library", async () => {
  expect(await librariesOf("--help")).toEqual(["commander"]);
});

test("without the embedded cloud, `local start` names the one package to add", async () => {
  const { code, stderr } = await shipshape("local", "start");
  expect(code).toBe(1);
  expect(stderr).toContain(`npm install --save-dev shipshape-localcloud@${manifest.version}`);
});

describe("with the embedded cloud added", () => {
  beforeAll(async () => {
    await install("--save-dev", cloudTarball);
    const started = await shipshape("local", "start");
    if (started.code !== 0) throw new Error(started.stderr);
    environment = {
      ...process.env,
      ...(JSON.parse((await shipshape("local", "env", "--json")).stdout) as Record<string, string>),
      NO_COLOR: "1",
    };
  });

  // Here and not at the top: there the folders are removed first, and a server without its folder runs forever.
  afterAll(async () => {
    const stopped = await shipshape("local", "stop");
    if (stopped.code !== 0) throw new Error(stopped.stderr);
  });

  test("status reads records, and loads nothing that runs operations", async () => {
    const loaded = await librariesOf("status");
    expect(loaded).toEqual(expect.arrayContaining(["commander", "pg"]));
    expect(loaded.filter((name) => /^@(pulumi|dbos-inc)\//.test(name))).toEqual([]);
  });

  test("a PostgreSQL of each major comes with it", () => {
    const brought = readdirSync(join(typescriptProject, "node_modules")).filter((name) => /^postgresql-/.test(name));
    expect(brought.map((name) => name.split(/[-.]/)[1])).toEqual(["16", "17", "18"]);
  });

  // The page's own program and commands: docs/other-languages.md.
  describe("a program in YAML", () => {
    const whereBuilt = canHaveYaml ? test : test.skip;
    const page = readFileSync(join(repository, "docs/other-languages.md"), "utf8");
    const [, ofPage = ""] = /```yaml\n([\s\S]*?)```/.exec(page)!;
    const typed = /```sh\n(pulumi [\s\S]*?)```/.exec(page)![1]!.trimEnd().split("\n");
    const preview = (yaml: string) => {
      writeFileSync(join(yamlProject, "Pulumi.yaml"), yaml);
      return run(yamlProject, "pulumi", "preview", "--non-interactive", "--json").catch((error: unknown) => {
        return error as { stdout: string };
      });
    };

    beforeAll(async () => {
      if (!canHaveYaml) return;
      environment = { ...environment, PATH: `${await yamlHostFolder()}:${environment.PATH}` };
      symlinkSync(join(typescriptProject, "node_modules"), join(yamlProject, "node_modules"));
      writeFileSync(join(yamlProject, "Pulumi.yaml"), ofPage);
    });

    whereBuilt(
      "brings up a platform and a database as the page has it, and a second preview changes nothing",
      async () => {
        for (const line of typed) {
          const [command = "", ...words] = line.split(" ");
          await run(yamlProject, command, ...words, "--non-interactive");
        }
        const outputs = JSON.parse((await run(yamlProject, "pulumi", "stack", "output", "--json")).stdout) as object;
        expect(outputs).toEqual({
          endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$|^[a-z0-9.-]+:\d+$/) as string,
          secrets: expect.objectContaining({
            readwrite: expect.stringContaining("arn:aws:secretsmanager:") as string,
          }) as object,
        });
        const { changeSummary } = JSON.parse((await preview(ofPage)).stdout) as { changeSummary: object };
        expect(Object.keys(changeSummary)).toEqual(["same"]);
      },
    );

    whereBuilt.each([
      [
        "a wrong tier and a number for text",
        { "tier: bronze": "tier: bronz", '"4713"': "4713" },
        [
          'tier: give one of gold, silver, bronze (given "bronz")',
          'costCenter: is a number; write it as text, in quotes: "4713" (given 4713)',
        ],
      ],
      [
        "an output in a plain argument",
        { "service: payments": "service: ${shared.vpcId}" },
        ["service: give a plain value, not another resource's output"],
      ],
      ["a misspelt argument", { "service: payments": "servise: payments" }, ["Missing required property 'service'"]],
    ])("with %s is refused in words that say what to do", async (_, changes, expected) => {
      const wrong = Object.entries(changes).reduce((yaml, [from, to]) => yaml.replace(from, to), ofPage);
      const { stdout } = await preview(wrong);
      const { diagnostics = [] } = JSON.parse(stdout) as { diagnostics?: { message: string }[] };
      const said = diagnostics.map(({ message }) => message).join("\n");
      for (const words of expected) expect(said).toContain(words);
    });
  });
});

// In a cloud of its own: both pages bring up a platform, and an account has room for one of that name.
describe("an app team follows docs/first-database.md word for word, in an empty folder", () => {
  const sections = sectionsOf("docs/first-database.md");
  let team: Follower;
  beforeAll(() => {
    const quiet = { npm_config_prefer_offline: "true", npm_config_audit: "false", npm_config_fund: "false" };
    const unasked = { npm_config_ignore_scripts: "true", PULUMI_SKIP_CONFIRMATIONS: "true", NO_COLOR: "1" };
    team = new Follower(
      realpathSync(temporaryFolder()),
      { ...process.env, ...quiet, ...unasked },
      { shipshape: tarball, "shipshape-localcloud": cloudTarball },
    );
  });
  // Only after a failure is there anything to delete.
  afterAll(() => existsSync(join(team.folder, ".shipshape")) && team.type("npx shipshape local reset --yes"));

  /** What is to be seen after a section, besides that its commands succeed. */
  const then: [begin: string, see: (printed: string) => unknown][] = [
    [
      "2.",
      async (printed) => {
        expect(printed).toContain('programs refer to it with platformOf("shipshape/platform.dev")');
        const program = readFileSync(join(repository, "docs/first-database.md"), "utf8");
        expect(await inJavaScript(/```ts\n([^]*?)```/.exec(program)?.[1] ?? "")).toEqual(["create"]);
      },
    ],
    [
      "4.",
      (printed) => {
        const [, outputs = ""] = /^Outputs:\n([^]*?)\n\n/m.exec(printed) ?? [];
        expect(outputs.split("\n").map((line) => line.trim().split(/ *:/)[0])).toEqual(["endpoint", "url"]);
        expect(printed).not.toMatch(/warning|error/i);
      },
    ],
    ["5.", (printed) => expect(printed).toMatch(/total: '10\.00'[^]*"name": "DATABASE_SECRET_ARN"/)],
    [
      "6.",
      async (printed) => {
        expect(printed).toMatch(/class db\.t4g\.medium → db\.m7g\.large waits for [^]*; restart/);
        expect(await team.type("npx shipshape pending")).toContain("nothing is pending");
        expect(await team.type("pulumi preview --expect-no-changes")).not.toMatch(/warning/);
      },
    ],
    [
      "7.",
      (printed) => {
        expect(printed).toMatch(/- \d+ deleted/);
        expect(existsSync(join(team.folder, ".shipshape"))).toBe(false);
      },
    ],
  ];

  test.each(sections.map((section) => [section.title, section] as const))("%s", async (title, section) => {
    const printed = await team.follow(section);
    await then.find(([begin]) => title.startsWith(begin))?.[1](printed);
  });

  test("each of these sections is on the page", () => {
    const missing = then.filter(([begin]) => !sections.some(({ title }) => title.startsWith(begin)));
    expect(missing).toEqual([]);
  });

  /** What a preview of the program would do, if it were written in JavaScript. */
  async function inJavaScript(program: string): Promise<string[]> {
    symlinkSync(join(team.folder, "node_modules"), join(javascriptProject, "node_modules"));
    writeFileSync(join(javascriptProject, "Pulumi.yaml"), "name: in-javascript\nruntime: nodejs\n");
    const script = program
      .replace(/^import (.*) from "(.*)";$/m, 'const $1 = require("$2");')
      .replaceAll("export const ", "exports.");
    writeFileSync(join(javascriptProject, "index.js"), script);
    const other = new Follower(javascriptProject, team.env, {});
    await other.type("pulumi stack init dev\npulumi preview --json > preview.json");
    const { changeSummary } = JSON.parse(readFileSync(join(javascriptProject, "preview.json"), "utf8")) as {
      changeSummary: object;
    };
    return Object.keys(changeSummary);
  }
});

/** Packs this repository's package or one of its workspaces, and returns the file. */
async function pack(...options: string[]): Promise<string> {
  const folder = temporaryFolder();
  await run(repository, "npm", "pack", "--pack-destination", folder, ...options);
  return join(folder, readdirSync(folder)[0]!);
}

async function install(...packages: string[]): Promise<void> {
  const options = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run(typescriptProject, "npm", "install", ...options, ...packages);
}

async function contents(file: string): Promise<string[]> {
  const { stdout } = await run(repository, "tar", "-tzf", file);
  return stdout
    .trimEnd()
    .split("\n")
    .map((name) => name.replace("package/", ""));
}

/** The command as npm installed it. */
async function shipshape(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = join(typescriptProject, "node_modules/.bin/shipshape");
  if (!existsSync(command)) return { code: 127, stdout: "", stderr: "not installed" };
  try {
    return { code: 0, ...(await run(typescriptProject, command, ...words)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** The packages that a command has loaded when it ends, except its own. */
async function librariesOf(...words: string[]): Promise<string[]> {
  const reporter = join(typescriptProject, "loaded.cjs");
  const list = "Object.keys(require.cache).join(' ')";
  writeFileSync(reporter, `process.on("exit", () => require("fs").writeFileSync("loaded.txt", ${list}));`);
  const given = environment;
  environment = { ...given, NODE_OPTIONS: `--require ${reporter}` };
  const { code, stderr } = await shipshape(...words).finally(() => (environment = given));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) as string });
  const files = readFileSync(join(typescriptProject, "loaded.txt"), "utf8").split(" ");
  const names = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names)].filter((name) => name !== "shipshape");
}

function run(folder: string, command: string, ...words: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(command, words, { cwd: folder, env: environment, maxBuffer: 64 * megabyte });
}

/** The folders of these packages and of all their dependencies, as Node finds them. */
function closure(names: string[], from = typescriptProject, found = new Set<string>()): Set<string> {
  for (const name of names) {
    const folder = resolve(name, from);
    if (folder === undefined || found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    closure(Object.keys(dependencies), folder, found);
  }
  return found;
}

function resolve(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(typescriptProject); folder = join(folder, "..")) {
    if (existsSync(join(folder, "node_modules", name, "package.json"))) return join(folder, "node_modules", name);
  }
  return undefined;
}

/** Size on disk, without packages nested below, which count separately. */
function bytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules")
    .reduce(
      (sum, entry) =>
        sum +
        (entry.isDirectory()
          ? bytes(join(folder, entry.name))
          : Math.ceil(statSync(join(folder, entry.name)).size / 4096) * 4096),
      0,
    );
}
