// What lint cannot check: names, sizes, words, and that pages and facts agree. Reads the tracked files only, so it is
// quick.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import unitTests from "../jest.unit.config.cjs";

const root = join(__dirname, "..");
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const text = (file: string) => readFileSync(join(root, file), "utf8");
const lines = (file: string) => text(file).replace(/\n$/, "").split("\n");
const sources = tracked.filter((file) => /\.(ts|cjs)$/.test(file));
const tests = sources.filter((file) => file.endsWith(".test.ts"));
const written = tracked.filter((file) => !/(^LICENSE|package-lock\.json|go\.sum|go\.mod)$/.test(file));

/** Files that are longer than that, each with its reason. */
const longFiles: Record<string, string> = {
  "automation/runner/durable.ts": "the only file that may import the durable engine",
  "components/database-request.ts": "the arguments of a database in one list, as programs and pages read it",
  "test/automation/harness/every-step.test.ts": "a module can only be replaced in the file of the test",
  "test/components/refusals/table.ts":
    "one table of every refusal of the embedded cloud, each with the component's check before it",
  "test/localcloud/server/refusals.test.ts": "one table of some eighty bad calls, each a line or two",
};

/** Words the glossary forbids anywhere: names, messages, comments, pages. Each with the word to use. */
const forbiddenWords: Record<string, string> = {
  rewind: "recovery",
  anonymise: "masking",
  anonymiser: "masking profile",
  wave: "ring",
  soak: "bake",
  exemption: "waiver",
  job: "run",
  ticket: "request",
  signoff: "approval",
};

describe("names", () => {
  test("no file or folder has a meaningless name", () => {
    const empty =
      /^(src|lib|libs?|utils?|helpers?|common|shared|misc|examples?|scripts?|stuff|base|core)$|-(utils?|helpers?)$/;
    const offending = tracked.filter((file) => file.split("/").some((part) => empty.test(part.replace(/\..*$/, ""))));
    expect(offending).toEqual([]);
  });

  test("source files are named in kebab case", () => {
    const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.(test|cloud|engine|unit|config|d))*\.(ts|cjs)$/;
    expect(sources.filter((file) => !kebab.test(basename(file)))).toEqual([]);
  });

  test("migrations are numbered without gaps, and no number twice", () => {
    const numbers = tracked.flatMap((file) => /^automation\/migrations\/(\d{4})-[a-z-]+\.sql$/.exec(file)?.[1] ?? []);
    expect(numbers).toEqual(numbers.map((_, at) => String(at + 1).padStart(4, "0")));
  });

  test("nothing is called by a word that the glossary forbids: no file, name, error code, message, comment or page", () => {
    // The glossary says which word not to use; a workflow of GitHub and AWS Backup have words of their own.
    const readers = written.filter(
      (file) => /\.(ts|cjs|md|yaml)$/.test(file) && !["docs/glossary.md", "test/tidy.test.ts"].includes(file),
    );
    const found = readers.flatMap((file) => {
      const own = text(file).replaceAll(
        /"jobs"|^jobs:$|made for the job|CopyJobs?\b|list-(backup|copy)-jobs|good_jobs|worker\) job/gm,
        "",
      );
      const names = [basename(file, ".ts"), ...new Set([...own.matchAll(/[A-Za-z][\w-]*/g)].map(([name]) => name))];
      return names.flatMap((name) => forbiddenIn(name).map((word) => `${file}: ${name} (say ${forbiddenWords[word]})`));
    });
    expect(found).toEqual([]);
  });

  test("a test that starts a process says so by its name or its folder", () => {
    const known = new RegExp(unitTests.testPathIgnorePatterns.join("|"));
    expect(
      tests.filter((file) => startsProcess(file) && !known.test(`/${file}`) && file !== "test/tidy.test.ts"),
    ).toEqual([]);
  });
});

describe("sizes", () => {
  test("no source is longer than 300 lines and no test longer than 400, except those with a reason", () => {
    const long = sources.filter((file) => lines(file).length > (file.startsWith("test/") ? 400 : 300));
    expect(long).toEqual(Object.keys(longFiles));
  });

  test("no page is longer than 300 lines, but for a picture that is written from the imports, and the lists of changes and of errors", () => {
    const prose = (file: string) => text(file).replace(/<!-- picture:[^]*<!-- \/picture -->/, "");
    // They grow by a line with each change that users notice, and with each code.
    const grow = ["CHANGELOG.md", "docs/errors.md"];
    const pages = tracked.filter((file) => file.endsWith(".md") && !grow.includes(file));
    expect(pages.filter((file) => prose(file).split("\n").length > 300)).toEqual([]);
  });

  test("each folder of each area has a README, and none is longer than 40 lines", () => {
    const parts = new Set(
      sources
        .filter((file) => file.includes("/") && !file.startsWith("test/"))
        .map((file) => dirname(file).split("/").slice(0, 2).join("/")),
    );
    const missing = [...parts].filter((folder) => !tracked.includes(`${folder}/README.md`));
    const long = tracked.filter((file) => file.endsWith("/README.md") && lines(file).length > 40);
    expect({ missing, long }).toEqual({ missing: [], long: [] });
  });
});

describe("layout", () => {
  test("no comment is wider than 120 columns", () => {
    expect(
      found(sources, /^\s*(\/\/|\*|\/\*\*)(?=.{120}).{118,}$/u).filter((line) => !/eslint-|https?:/.test(line)),
    ).toEqual([]);
  });

  test("no prose is wider than 120 columns, except tables, code, and lines with a long link or command", () => {
    const wide = tracked
      .filter((file) => file.endsWith(".md") && !/^docs\/(policies|admission)\//.test(file))
      .flatMap((file) =>
        prose(file)
          .filter((line) => [...line].length > 120 && !/^\s*[|<]|\]\(|^[^`]*(`[^`]*`[^`]*)*`[^`]{40,}`/.test(line))
          .map((line) => `${file}: ${line}`),
      );
    expect(wide).toEqual([]);
  });

  test("inline code is never broken across lines", () => {
    const pages = tracked.filter((file) => file.endsWith(".md"));
    const read: [string, string[]][] = [
      ...pages.map((file): [string, string[]] => [file, prose(file)]),
      ...sources.map((file): [string, string[]] => [file, comments(file)]),
    ];
    expect(
      read.flatMap(([file, texts]) =>
        texts.filter((line) => line.split("`").length % 2 === 0).map((line) => `${file}: ${line.trim()}`),
      ),
    ).toEqual([]);
  });

  test("in a comment of several lines each tag starts a line, and an example is fenced", () => {
    expect(found(sources, /^\s*\*(?!\/) .*\S\s+@(default|param|throws|returns|example)\b/)).toEqual([]);
    expect(found(sources, /^\s*\* @(default|param|throws|returns)$/)).toEqual([]);
    const examples = sources.filter((file) => /@example(?!\n *\* ```)$/m.test(text(file)));
    expect(examples).toEqual([]);
  });

  test("no comment that documents code is followed by another", () => {
    expect(sources.filter((file) => /^ *(\*\/|\/\*\*.*\*\/)\n *\/\*\*/m.test(text(file)))).toEqual([]);
  });

  test("code in pages and examples keeps its lines: each command and each statement starts one", () => {
    const command = /^(#|([A-Z_]+="\S.*" )?(npx|npm|node|pulumi|aws|eval) \S)/;
    const joined = /[;}] +(import|export|const|let|return)\b/;
    const broken = tracked
      .filter((file) => /\.(md|ts)$/.test(file))
      .flatMap((file) =>
        fences(file).flatMap(({ language, code }) =>
          code
            .filter((line) => (language === "sh" ? !command.test(line) : language === "ts" && joined.test(line)))
            .map((line) => `${file}: ${line}`),
        ),
      );
    expect(broken).toEqual([]);
  });

  test("tables are not padded", () => {
    expect(
      found(
        tracked.filter((file) => file.endsWith(".md") && !/^docs\/(policies|admission)\//.test(file)),
        /^\|.*([^|\s] {2,}\||\| {2,}[^|\s])|^\| -/,
      ),
    ).toEqual([]);
  });
});

describe("words", () => {
  test("nothing is left for later, and no test is skipped except where a machine lacks what it needs", () => {
    const later = new RegExp(
      String.raw`\b(TO` +
        String.raw`DO|FIX` +
        String.raw`ME)\b|\b(?:describe|test|it)\.(?:only|todo)\b|(?<!\? (?:describe|test) : )\b(?:describe|test|it)\.skip\b|\b[xf](?:it|describe)\(`,
    );
    expect(found(written, later)).toEqual([]);
  });

  test("no text uses a phrase that a native reader would not write", () => {
    const phrases =
      "anew|put right|asked wrongly|taken up again|it is looked for|all the same|gives back|goes on from|in good order|" +
      "stands ready|as it lies|lets be|heeds?|tells? apart|whoever|somebody (?=[a-z])|anybody|everybody|by itself|" +
      "stands (in|on|beside|behind)|told by|lies? in|is asked for|made again|turns it round|" +
      "for ever|(?<!there )is no (list|map|string|number|name|key)|come to an? end";
    const texts = written.filter((file) => file !== "test/tidy.test.ts");
    expect(found(texts, new RegExp(`\\b(${phrases})\\b`, "i"))).toEqual([]);
  });

  test("no file mentions a machine's own folders or a package registry", () => {
    const machine = /(?<![\w.$}~-])\/(?:work|root|home\/\w+|Users\/\w+)\//;
    const registry = /\b(?:registry\.(?:npmjs|yarnpkg|npmmirror)|(?:proxy|sum)\.golang|pypi)\.(?:org|com)\b/;
    expect(found([...written, "package-lock.json"], new RegExp(`${machine.source}|${registry.source}`))).toEqual([]);
  });

  test("a lint rule is only disabled with a reason", () => {
    const given = (file: string, at: number) =>
      / -- \S/.test(lines(file)[at]!) || /^\s*(\/\/|\*)/.test(lines(file)[at - 1] ?? "");
    const without = sources.flatMap((file) =>
      lines(file).flatMap((line, at) =>
        /^\s*\/[/*] eslint-disable/.test(line) && !given(file, at) ? [`${file}:${at + 1}`] : [],
      ),
    );
    expect(without).toEqual([]);
  });

  test("comments are sentences, not code", () => {
    expect(found(sources, /^\s*\/\/ .*([)\]}"];|(=>|\)) \{)$/)).toEqual([]);
  });

  test("every test file asserts something", () => {
    const without = tests.filter(
      (file) => !/\bexpect[.(]|\bassert\w*\(/.test(text(file)) && !/\bclaims\(/.test(text(file)),
    );
    expect(without).toEqual([]);
  });

  test("test names are claims", () => {
    const name = /(?:^|\s)(?:test|it)(?:\.each\([^)]*\))?\(\s*["`]([^"`]*)["`]/g;
    const names = tests.flatMap((file) => [...text(file).matchAll(name)].map(([, claim]) => ({ file, claim: claim! })));
    const poor = names.filter(
      ({ claim }) => (!claim.includes(" ") && claim !== "%s") || /^(should|it)\b/i.test(claim) || claim.length > 200,
    );
    expect(poor).toEqual([]);
  });
});

describe("dependencies", () => {
  type Manifest = Record<"dependencies" | "devDependencies" | "peerDependencies", Record<string, string>>;
  const manifest = JSON.parse(text("package.json")) as Manifest;
  const cloud = JSON.parse(text("localcloud/package.json")) as Manifest;
  const names = [
    ...new Set([
      ...Object.keys(manifest.peerDependencies),
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.devDependencies),
      ...Object.keys(cloud.devDependencies),
    ]),
  ].sort();

  test("each is explained in the table of dependencies, and the table has no others", () => {
    const rows = [...text("docs/decisions/dependencies.md").matchAll(/^\| `([^`]+)` \| ([^|]+) \| .+ \|$/gm)];
    const table = rows.map(([, name, licence]) => `${name} ${licence}`).sort();
    expect(table).toEqual(names.map((name) => `${name} ${locked(name).license}`));
  });

  test("each has a licence that allows shipping it", () => {
    const allowed = /^(MIT|Apache-2\.0|BSD-[23]-Clause|ISC|PostgreSQL|\(BSD-3-Clause AND Apache-2\.0\))$/;
    expect(names.filter((name) => !allowed.test(locked(name).license))).toEqual([]);
  });

  test("the lock file has the binaries of every platform, without which npm ci refuses it", () => {
    const { packages } = JSON.parse(text("package-lock.json")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const folders = (from: string): string[] =>
      from === ""
        ? ["node_modules/"]
        : [`${from}/node_modules/`, ...folders(from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ""))];
    const missing = Object.entries(packages).flatMap(([from, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => from.includes("node_modules") && !folders(from).some((folder) => `${folder}${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  test("each is pinned exactly, and peer ranges start at the version we develop on", () => {
    const pinned = { ...cloud.devDependencies, ...manifest.dependencies, ...manifest.devDependencies };
    const loose = Object.entries(pinned).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    const apart = Object.entries(manifest.peerDependencies).filter(([name, range]) => range !== `^${pinned[name]}`);
    expect({ loose, apart }).toEqual({ loose: [], apart: [] });
    expect(pinned).toMatchObject(cloud.devDependencies);
  });
});

test("each script that a page or a source names with `npm run` exists", () => {
  const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
  const named = written.flatMap((file) =>
    [...text(file).matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map(([, script]) => script!),
  );
  expect([...new Set(named)].filter((script) => !(script in scripts))).toEqual([]);
});

test("the version of the standard has a line in the change log", () => {
  const version = /version:\s*"([^"]+)"/.exec(text("components/standards/built-in.ts"))?.[1];
  expect(version).toBeDefined();
  expect(text("CHANGELOG.md").replaceAll(/\s+/g, " ")).toContain(`standard ${version}`);
});

/** Directly, or through the tests' own files that it imports. */
function startsProcess(file: string): boolean {
  const imported = [...text(file).matchAll(/^(?:import|export|\}).* from "([^"]+)"/gm)].map(([, name]) => name!);
  if (
    imported.some((name) => /^node:child_process$|^@pulumi\/pulumi\/automation$|postgres\/postgres-server$/.test(name))
  )
    return true;
  const beside = imported.filter((name) => name.startsWith(".")).map((name) => `${join(dirname(file), name)}.ts`);
  return beside.some((name) => name.startsWith("test/") && tracked.includes(name) && startsProcess(name));
}

/** A page's lines outside its fenced blocks. */
function prose(file: string): string[] {
  return text(file)
    .replaceAll(/^ *```[^]*?^ *```/gm, "")
    .split("\n");
}

/** A source's lines of comment, but for the fences in them. */
function comments(file: string): string[] {
  return lines(file).filter((line) => /^\s*(\/\/|\*|\/\*\*)(?! ?```)/.test(line));
}

/** The fenced blocks of a page, or of a source's comments. */
function fences(file: string): { language: string; code: string[] }[] {
  const opened = /^(?: *\* | *)```(\w*)\n([^]*?)^(?: *\* | *)```$/gm;
  return [...text(file).matchAll(opened)].map(([, language = "", block = ""]) => ({
    language,
    code: block
      .split("\n")
      .map((line) => line.replace(/^ *\* /, "").trim())
      .filter((line) => line !== ""),
  }));
}

function found(files: string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    lines(file).flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

function forbiddenIn(name: string): string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[-_.]/);
  return words.map((word) => word.replace(/s$/, "")).filter((word) => Object.hasOwn(forbiddenWords, word));
}

/** As the lock file says, which is right before the package is installed, too. */
function locked(name: string): { license: string } {
  const { packages } = JSON.parse(text("package-lock.json")) as { packages: Record<string, { license: string }> };
  const found = packages[`node_modules/${name}`] ?? packages[`localcloud/node_modules/${name}`];
  if (!found) throw new Error(`package-lock.json has no ${name}`);
  return found;
}
