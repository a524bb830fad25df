// A commit of one config file in real git repositories: killed at each moment, refused, and pushed.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShipshapeError } from "../../../automation/errors";
import { commitConfig, gitIn, type ConfigCommit, type Git } from "../../../automation/runner/git-folder";
import { configWith, digestOf } from "../../../automation/runner/stack-change";
import { readSettings } from "../../../automation/settings";
import { unifiedDiff } from "../../../automation/runner/unified-diff";

const root = mkdtempSync(join(tmpdir(), "shipshape-git-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const environment = { PATH: process.env["PATH"], HOME: root };
writeFileSync(
  join(root, ".gitconfig"),
  "[user]\n  name = Ana\n  email = ana@example.com\n[init]\n  defaultBranch = main\n",
);

const file = "Pulumi.database.orders.yaml";
const config = `config:
  shipshape:request:
    service: orders
    engineVersion: "17.10"
`;
const after = config.replace("17.10", "17.11");
const other = config.replace("orders", "ledger");

let count = 0;
let [repository, folder, remote] = ["", "", ""];
const run = (at: string, ...words: string[]) =>
  execFileSync("git", words, { cwd: at, env: environment, encoding: "utf8", stdio: "pipe" });
const git = (...words: string[]) => run(repository, ...words);
/** A repository with a folder of configs, with or without a remote. */
function makeRepository(withRemote = false): void {
  repository = join(root, `repository-${++count}`);
  folder = join(repository, "stacks");
  remote = `${repository}.git`;
  mkdirSync(folder, { recursive: true });
  git("init", "--quiet");
  writeFileSync(join(folder, file), config);
  writeFileSync(join(repository, "README.md"), "ours\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "Begin");
  if (!withRemote) return;
  run(root, "init", "--quiet", "--bare", remote);
  git("remote", "add", "origin", remote);
  git("push", "--quiet", "--set-upstream", "origin", "main");
}

const requestId = "261127050000-0a1b2c3d";
const change = (more: Partial<ConfigCommit> = {}): ConfigCommit => ({
  folder,
  file,
  digest: digestOf(config),
  changed: (text) => configWith(file, text, { set: [{ path: ["engineVersion"], value: "17.11" }] }),
  subject: "Set engineVersion of database.orders to 17.11",
  why: "a minor release\nShipshape-Request: 261127050000-ffffffff",
  requestId,
  author: { name: "Shipshape", email: "shipshape@example.com" },
  beforeEffect: () => {},
  ...more,
});
const commit = (more: Partial<ConfigCommit> = {}, by: Git = gitIn(folder, environment)) =>
  commitConfig(by, change(more));
const refusal = (more: Partial<ConfigCommit> = {}) =>
  commit(more).then(
    () => "committed",
    (error: { code?: string }) => error.code,
  );
/** Runs the commands of git that the hint of an error names, as they are printed. */
async function followHint(failing: Promise<unknown>): Promise<void> {
  const hint = await failing.then(
    () => "",
    (error: ShipshapeError) => error.hint,
  );
  const commands = [...hint.matchAll(/`git ([^`]+)`/g)].map(([, words = ""]) => words.replace("<branch>", "main"));
  expect(commands).not.toEqual([]);
  for (const words of commands) git(...words.split(" "));
}
const text = (at = "HEAD") => git("show", `${at}:stacks/${file}`);
const written = () => readFileSync(join(folder, file), "utf8");
const commits = (at = repository) => Number(run(at, "rev-list", "--count", "main"));
const status = () => git("status", "--porcelain");
/** As it was before. */
const untouched = () => ({ commits: commits(), text: text(), written: written(), status: status() });

test("a change is committed alone, with the fixed author, the reason and the id of the request, and once", async () => {
  makeRepository();
  appendFileSync(join(repository, "README.md"), "someone is writing\n");
  git("add", "README.md");
  const done = await commit();
  expect(done).toEqual({ revision: git("rev-parse", "HEAD").trim(), isOwn: true, pushedTo: null });
  expect(text()).toBe(after);
  expect(git("show", "--format=%an <%ae> %cn <%ce>%n%B", "--name-only", "HEAD").split("\n")).toEqual([
    "Shipshape <shipshape@example.com> Shipshape <shipshape@example.com>",
    "Set engineVersion of database.orders to 17.11",
    "",
    "a minor release Shipshape-Request: 261127050000-ffffffff",
    "",
    `Shipshape-Request: ${requestId}`,
    "",
    "",
    `stacks/${file}`,
    "",
  ]);
  expect(status()).toBe("M  README.md\n");
  expect(await commit()).toEqual(done);
  expect(commits()).toBe(2);
});

test("a file that has the value already is not committed", async () => {
  makeRepository();
  const same = { digest: digestOf(config), changed: (before: string) => before };
  expect(await commit(same)).toEqual({ revision: git("rev-parse", "HEAD").trim(), isOwn: false, pushedTo: null });
  expect(commits()).toBe(1);
});

/** Git that stops for good before or after its call of that number, as it does for a process that is killed then. */
function killedAt(call: number, moment: "before" | "after"): { git: Git; killed: Promise<void> } {
  const real = gitIn(folder, environment);
  let calls = 0;
  let kill = () => {};
  const killed = new Promise<void>((resolve) => (kill = resolve));
  const never = () => (kill(), new Promise<never>(() => {}));
  return {
    killed,
    git: async (...words) => {
      const isIt = ++calls === call;
      if (isIt && moment === "before") return never();
      const answer = await real(...words);
      return isIt ? never() : answer;
    },
  };
}

test.each(["before", "after"] as const)(
  "killed %s any call of git, it is repeated: one commit, pushed once",
  async (moment) => {
    let calls = 0;
    makeRepository(true);
    const counted = gitIn(folder, environment);
    await commit({}, (...words) => (calls++, counted(...words)));
    expect(calls).toBeGreaterThan(10);
    for (let call = 1; call <= calls; call++) {
      makeRepository(true);
      const { git: dying, killed } = killedAt(call, moment);
      void commit({}, dying);
      await killed;
      expect(await commit()).toMatchObject({ isOwn: true, pushedTo: "origin" });
      expect([commits(), commits(remote), text(), status()]).toEqual([2, 2, after, ""]);
    }
  },
);

test("a process killed after it wrote the file has left a change that its own repetition alone commits", async () => {
  makeRepository();
  writeFileSync(join(folder, file), after);
  expect(await refusal({ changed: () => other })).toBe("stack-config-dirty");
  expect(await commit()).toMatchObject({ isOwn: true });
});

describe("is refused, and all stays as it is, when", () => {
  test.each<[string, string, () => void]>([
    ["the file has other changes", "stack-config-dirty", () => writeFileSync(join(folder, file), other)],
    [
      "the file has other changes that are staged",
      "stack-config-dirty",
      () => (writeFileSync(join(folder, file), other), git("add", "."), writeFileSync(join(folder, file), after)),
    ],
    [
      "the file was changed since it was planned",
      "stack-config-moved",
      () => (writeFileSync(join(folder, file), other), git("commit", "--quiet", "--all", "--message", "Rename")),
    ],
    [
      "the file was renamed",
      "stack-config-moved",
      () => (git("mv", `stacks/${file}`, "stacks/b"), git("commit", "--quiet", "--message", "Move")),
    ],
    ["no branch is checked out", "git-head-detached", () => git("checkout", "--quiet", "--detach")],
    ["another process has the index", "git-locked", () => writeFileSync(join(repository, ".git/index.lock"), "")],
    [
      "another process has the branch",
      "git-locked",
      () => writeFileSync(join(repository, ".git/refs/heads/main.lock"), ""),
    ],
    ["a hook fails", "git-refused", () => hook("pre-commit", "echo not today >&2; exit 1")],
    [
      "a hook changes the file",
      "git-refused",
      () => hook("pre-commit", `echo '# more' >> stacks/${file}; git add stacks`),
    ],
    ["a hook adds a file", "git-refused", () => hook("pre-commit", "echo x >> README.md; git add README.md")],
    ["a hook removes the id", "git-refused", () => hook("commit-msg", "echo Changed > $1")],
    ["it is no repository", "git-unusable", () => rmSync(join(repository, ".git"), { recursive: true })],
  ])("%s", async (_, code, arrange) => {
    makeRepository();
    arrange();
    const isWhole = existsSync(join(repository, ".git")) && existsSync(join(folder, file));
    const before = isWhole && untouched();
    expect(await refusal()).toBe(code);
    if (!before) return;
    // What the hook itself did to another file.
    if (code === "git-refused") git("checkout", "--quiet", "HEAD", "--", "README.md");
    expect(untouched()).toEqual(before);
  });
});

function hook(name: string, script: string): void {
  const path = join(repository, ".git/hooks", name);
  mkdirSync(join(repository, ".git/hooks"), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test("git finds its folder and a hook gets no credentials, whatever the worker's environment says", async () => {
  makeRepository();
  hook("pre-commit", `env > ${join(root, "seen")}`);
  const worker = {
    ...environment,
    GIT_DIR: "/elsewhere",
    GIT_INDEX_FILE: "/elsewhere/index",
    GIT_AUTHOR_NAME: "Eve",
    AWS_SECRET_ACCESS_KEY: "hunter2",
    PULUMI_CONFIG_PASSPHRASE: "hunter2",
    SHIPSHAPE_DATABASE_URL: "postgresql://ana:hunter2@example.com/control",
    SSH_AUTH_SOCK: "/run/agent",
  };
  const { gitEnvironment } = readSettings(root, root, worker);
  expect(await commit({}, gitIn(folder, gitEnvironment))).toMatchObject({ isOwn: true });
  expect(git("show", "--format=%an", "--no-patch")).toBe("Shipshape\n");
  const seen = readFileSync(join(root, "seen"), "utf8");
  expect(seen).toContain("SSH_AUTH_SOCK=/run/agent");
  expect(seen).not.toMatch(/hunter2|elsewhere/);
});

test("a folder that is no repository, or git that is not installed, is named with the reason", async () => {
  makeRepository();
  const nowhere = commit({}, gitIn(folder, { PATH: "/nowhere" }));
  await expect(nowhere).rejects.toMatchObject({
    code: "git-unusable",
    message: expect.stringContaining("ENOENT") as string,
  });
});

test.each([
  [
    "changes that are not committed",
    () => writeFileSync(join(folder, file), other),
    () => git("checkout", "--quiet", "."),
  ],
  ["a detached head", () => git("checkout", "--quiet", "--detach"), () => {}],
  [
    "commits that are not pushed",
    () => git("commit", "--quiet", "--allow-empty", "--message", "Mine"),
    () => git("push", "--quiet"),
  ],
])("of %s the hint's commands show them or undo them, and then the change is committed", async (_, arrange, mend) => {
  makeRepository(true);
  arrange();
  await followHint(commit());
  mend();
  expect(await commit()).toMatchObject({ isOwn: true, pushedTo: "origin" });
});

describe("a push that", () => {
  const another = () => {
    const clone = `${repository}-of-ben`;
    run(root, "clone", "--quiet", remote, clone);
    appendFileSync(join(clone, "README.md"), "ben was here\n");
    run(clone, "commit", "--quiet", "--all", "--message", "Of Ben");
    run(clone, "push", "--quiet");
  };

  test("succeeds is of our commit alone, to the branch's upstream", async () => {
    makeRepository(true);
    expect(await commit()).toMatchObject({ pushedTo: "origin" });
    expect(run(remote, "show", `main:stacks/${file}`)).toBe(after);
    expect(git("status", "--branch", "--porcelain")).toBe("## main...origin/main\n");
  });

  test("the remote refuses, because others have pushed, is taken back; after a pull it succeeds", async () => {
    makeRepository(true);
    another();
    const before = untouched();
    expect(await refusal()).toBe("git-push-refused");
    expect(untouched()).toEqual(before);
    await followHint(commit());
    expect(await commit()).toMatchObject({ pushedTo: "origin" });
  });

  test("the remote's hook refuses is taken back, with the hook's words and without the password of its address", async () => {
    makeRepository(true);
    writeFileSync(
      join(remote, "hooks/pre-receive"),
      "#!/bin/sh\necho protected, see https://ana:hunter2@example.com/rules >&2\nexit 1\n",
    );
    chmodSync(join(remote, "hooks/pre-receive"), 0o755);
    const before = untouched();
    const refused = await commit().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "git-push-refused",
      message: expect.stringContaining("protected") as string,
    });
    expect(String(refused)).not.toContain("hunter2");
    expect(untouched()).toEqual(before);
  });

  test("cannot reach the remote keeps its commit, which a repetition pushes", async () => {
    makeRepository(true);
    execFileSync("mv", [remote, `${remote}-gone`]);
    expect(await refusal()).toBe("git-remote-unreachable");
    execFileSync("mv", [`${remote}-gone`, remote]);
    expect(await commit()).toMatchObject({ isOwn: true, pushedTo: "origin" });
    expect([commits(), commits(remote)]).toEqual([2, 2]);
  });

  test("arrived although its answer was lost counts as done", async () => {
    makeRepository(true);
    const real = gitIn(folder, environment);
    const losing: Git = async (...words) => {
      const answer = await real(...words);
      return words[0] === "push" ? { ...answer, code: 128, said: "the connection was reset" } : answer;
    };
    expect(await commit({}, losing)).toMatchObject({ pushedTo: "origin" });
    expect([commits(), commits(remote)]).toEqual([2, 2]);
  });

  test("another worker made for this request, in a clone of its own, is not made twice", async () => {
    makeRepository(true);
    const clone = `${repository}-of-another-worker`;
    run(root, "clone", "--quiet", remote, clone);
    const first = await commit({ folder: join(clone, "stacks") }, gitIn(join(clone, "stacks"), environment));
    expect(await commit()).toEqual(first);
    expect([commits(), commits(remote), text(), status()]).toEqual([2, 2, after, ""]);
  });

  test("is refused after others have committed on top of ours leaves both commits, and says so", async () => {
    makeRepository(true);
    another();
    const real = gitIn(folder, environment);
    const overtaken: Git = async (...words) => {
      if (words[0] === "push") git("commit", "--quiet", "--allow-empty", "--message", "On top");
      return real(...words);
    };
    const refused = commit({}, overtaken);
    await expect(refused).rejects.toMatchObject({ code: "git-push-refused-after-commits" });
    expect([commits(), text()]).toEqual([3, after]);
    await followHint(refused);
    expect([commits(), text()]).toEqual([4, config]);
  });

  test("would publish what people have not pushed yet is not begun", async () => {
    makeRepository(true);
    git("commit", "--quiet", "--allow-empty", "--message", "Not ready");
    const before = untouched();
    expect(await refusal()).toBe("git-unpushed");
    expect(untouched()).toEqual(before);
  });

  test("has several remotes to choose from is refused before anything is committed", async () => {
    makeRepository();
    for (const name of ["one", "two"]) git("remote", "add", name, "/nowhere");
    expect([await refusal(), commits()]).toEqual(["git-unusable", 1]);
  });
});

test("a patch applies to the file it was made for, with and without context, and to no other", () => {
  makeRepository();
  const long = `${"# a comment\n".repeat(20)}${config}${"# another\n".repeat(20)}`;
  const changed = long.replace("17.10", "17.11").replace("# a comment\n", "").concat("end: true");
  for (const context of [0, 3]) {
    writeFileSync(join(folder, file), long);
    writeFileSync(join(folder, "patch"), unifiedDiff(file, long, changed, context));
    run(folder, "apply", "--unidiff-zero", "patch");
    expect(written()).toBe(changed);
    writeFileSync(join(folder, file), other);
    expect(() => run(folder, "apply", "--unidiff-zero", "patch")).toThrow(/patch/);
  }
});
