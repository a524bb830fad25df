/**
 * The git folder that has the config of our own stacks: what is committed there, and a commit of one file that can be
 * repeated after a kill at any moment. The id of the request, in the message, is how a repetition finds the commit.
 */
import { execFile } from "node:child_process";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ShipshapeError } from "../errors";
import { gitCallSeconds, gitOutputBytesMax } from "./limits";
import { digestOf } from "./stack-change";

export interface GitAnswer {
  code: number;
  out: string;
  /** What it said on standard error, as one line. */
  said: string;
}

/** Calls git in one folder. Errors: git-unusable. */
export type Git = (...words: string[]) => Promise<GitAnswer>;

export const gitIn =
  (folder: string, environment: Readonly<Record<string, string | undefined>>, signal?: AbortSignal): Git =>
  (...words) =>
    new Promise((resolve, reject) => {
      const settings = {
        cwd: folder,
        // What it says is read below, and nobody is there to be asked.
        env: { ...environment, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_EDITOR: "true" },
        timeout: gitCallSeconds * 1000,
        maxBuffer: gitOutputBytesMax,
        signal,
      };
      execFile(
        "git",
        ["--no-optional-locks", "-c", "core.quotePath=false", ...words],
        settings,
        (error, out, stderr) => {
          // The address of a remote can have a password in it.
          const said = stderr
            .trim()
            .replaceAll(/\s*\n\s*/g, "; ")
            .replaceAll(/\/\/[^/@\s]+@/g, "//");
          const code = error ? error.code : 0;
          if (typeof code === "number") return resolve({ code, out, said });
          const reason = error?.killed ? `git ${words[0]} took more than ${gitCallSeconds} s` : (error?.message ?? "");
          reject(new ShipshapeError("git-unusable", { folder, reason }, { cause: error }));
        },
      );
    });

export interface ConfigCommit {
  folder: string;
  /** The file's name in it. */
  file: string;
  /** The SHA-256 of the committed text that the change is for. */
  digest: string;
  changed(text: string): string;
  subject: string;
  why: string;
  requestId: string;
  author: { name: string; email: string };
  /** Called before each change of the folder and of its remote. */
  beforeEffect(): void;
}

/** `revision`: where the file has the change, by a commit of this request or of someone else. */
export interface Committed {
  revision: string;
  /** False if the file had the change already. */
  isOwn: boolean;
  pushedTo: string | null;
}

/** The text of a file as it is committed. Errors: git-unusable, stack-config-moved. */
export async function committedText(git: Git, folder: string, file: string, revision = "HEAD"): Promise<string> {
  await requireUsable(git, folder);
  const { code, out } = await git("show", `${revision}:./${file}`);
  if (code !== 0) throw new ShipshapeError("stack-config-moved", { file, reason: "it is not committed there" });
  return out;
}

/**
 * Commits a change of one file and pushes it, if a remote is configured. Errors: git-unusable, git-head-detached,
 * git-locked, git-unpushed, git-refused, git-push-refused, git-push-refused-after-commits, git-remote-unreachable,
 * stack-config-dirty, stack-config-moved.
 */
export async function commitConfig(git: Git, c: ConfigCommit): Promise<Committed> {
  await requireUsable(git, c.folder);
  const head = await git("symbolic-ref", "--quiet", "HEAD");
  if (head.code !== 0) throw new ShipshapeError("git-head-detached", { folder: c.folder });
  const branch = head.out.trim();
  const earlier = await commitOf(git, c);
  const before = await committedText(git, c.folder, c.file, earlier ? `${earlier}~1` : "HEAD");
  if (digestOf(before) !== c.digest) throw moved(c, "it was changed since");
  const after = c.changed(before);
  if (after === before) return { revision: await revisionOf(git), isOwn: false, pushedTo: null };
  const remote = await remoteOf(git, c, branch);
  const commit = earlier ?? (await commitNow(git, c, { before, after, branch, remote }));
  const revision = remote ? await push(git, c, branch, commit, remote) : commit;
  if ((await committedText(git, c.folder, c.file)) !== after) throw moved(c, "it was changed after our commit");
  return { revision, isOwn: true, pushedTo: remote?.name ?? null };
}

async function requireUsable(git: Git, folder: string): Promise<void> {
  const inside = await git("rev-parse", "--is-inside-work-tree");
  if (inside.code !== 0 || inside.out.trim() !== "true")
    throw new ShipshapeError("git-unusable", { folder, reason: inside.said || "it is in no work tree" });
}

const moved = ({ file }: ConfigCommit, reason: string) => new ShipshapeError("stack-config-moved", { file, reason });

const revisionOf = async (git: Git): Promise<string> => (await git("rev-parse", "HEAD")).out.trim();

const TRAILER = "Shipshape-Request";

/** The commit of that request, if the branch has it. */
export async function commitOf(
  git: Git,
  { file, requestId }: Pick<ConfigCommit, "file" | "requestId">,
  branch = "HEAD",
): Promise<string | undefined> {
  const only = ["--max-count=1", branch, "--", file];
  return (await git("log", "--format=%H", `--grep=^${TRAILER}: ${requestId}$`, ...only)).out.trim() || undefined;
}

interface Remote {
  name: string;
  /** The branch there. */
  ref: string;
}

/** Where the branch is pushed to; undefined if it is nowhere. */
async function remoteOf(git: Git, { folder }: ConfigCommit, branch: string): Promise<Remote | undefined> {
  const set = async (key: string) => (await git("config", `branch.${branch.slice(HEADS.length)}.${key}`)).out.trim();
  const upstream = await set("remote");
  if (upstream && upstream !== ".") return { name: upstream, ref: (await set("merge")) || branch };
  const names = (await git("remote")).out.split("\n").filter((name) => name !== "");
  const name = names.length === 1 ? names[0] : names.find((one) => one === "origin");
  if (name !== undefined) return { name, ref: branch };
  if (names.length === 0) return undefined;
  const reason = `its branch has no upstream, and it has the remotes ${names.join(", ")}`;
  throw new ShipshapeError("git-unusable", { folder, reason });
}

const HEADS = "refs/heads/";

async function commitNow(
  git: Git,
  c: ConfigCommit,
  { before, after, branch, remote }: { before: string; after: string; branch: string; remote: Remote | undefined },
): Promise<string> {
  await requireOurs(git, c, before, after);
  if (remote) await requirePushed(git, c, remote);
  const parent = await revisionOf(git);
  await replaceFile(git, c, after);
  const message = `${c.subject}\n\n${c.why.replaceAll(/\s+/g, " ")}\n\n${TRAILER}: ${c.requestId}`;
  const by = ["-c", `user.name=${c.author.name}`, "-c", `user.email=${c.author.email}`];
  const made = await git(
    ...by,
    "commit",
    "--quiet",
    "--cleanup=verbatim",
    "--message",
    message,
    "--only",
    "--",
    c.file,
  );
  if (made.code !== 0) {
    await replaceFile(git, c, before);
    if (/\.lock'?: File exists|cannot lock ref/i.test(made.said))
      throw new ShipshapeError("git-locked", { folder: c.folder, reason: made.said });
    throw refused(c, made.said);
  }
  const commit = await revisionOf(git);
  const [others, text, own] = [
    await git("diff", "--name-only", parent, commit, "--", ":/", `:!${c.file}`),
    await git("show", `${commit}:./${c.file}`),
    await commitOf(git, c),
  ];
  if (others.out === "" && text.out === after && own === commit) return commit;
  await takenBack(git, c, branch, commit);
  throw refused(c, "a hook changed what is committed, or the message, in which the id of the request must stay");
}

const refused = ({ file }: ConfigCommit, reason: string) => new ShipshapeError("git-refused", { file, reason });

/** No change in the file but the one that is there because this process was killed before it could commit it. */
async function requireOurs(git: Git, c: ConfigCommit, before: string, after: string): Promise<void> {
  const status = await git("status", "--porcelain=v1", "--untracked-files=no", "--", c.file);
  if (status.code === 0 && status.out === "") return;
  const found = await readFile(join(c.folder, c.file), "utf8").catch(() => undefined);
  const staged = (await git("show", `:./${c.file}`)).out;
  if (found !== after || (staged !== before && staged !== after))
    throw new ShipshapeError("stack-config-dirty", { file: c.file, folder: c.folder });
}

/** What people have committed there and not pushed yet is not ours to publish. */
async function requirePushed(git: Git, { folder }: ConfigCommit, { name, ref }: Remote): Promise<void> {
  const upstream = `${name}/${ref.slice(HEADS.length)}`;
  const ahead = await git(
    "rev-list",
    "--count",
    "--invert-grep",
    `--grep=^${TRAILER}: `,
    `refs/remotes/${upstream}..HEAD`,
  );
  const count = Number(ahead.out); // 0 where nothing is known of the remote's branch
  if (count > 0) throw new ShipshapeError("git-unpushed", { folder, count, upstream });
}

/** A kill leaves the old text or the new one: both are known to a repetition. */
async function replaceFile(git: Git, c: ConfigCommit, text: string): Promise<void> {
  const path = join(c.folder, c.file);
  const beside = join((await git("rev-parse", "--absolute-git-dir")).out.trim(), `shipshape-${c.requestId}`);
  c.beforeEffect();
  await writeFile(beside, text, { mode: (await stat(path)).mode });
  await rename(beside, path);
}

/** Resolves to the commit that the remote has: ours, or the one that another worker has pushed for this request. */
async function push(git: Git, c: ConfigCommit, branch: string, commit: string, { name, ref }: Remote): Promise<string> {
  c.beforeEffect();
  const sent = await git("push", "--quiet", name, `${commit}:${ref}`);
  if (sent.code === 0) return commit;
  // The answer of a push can be lost; the remote knows whether it has the commit.
  const known = { remote: name, file: c.file, folder: c.folder, reason: sent.said };
  const unknown = new ShipshapeError("git-remote-unreachable", { ...known, commit });
  const listed = await git("ls-remote", name, ref);
  if (listed.code !== 0) throw unknown;
  const isThere = listed.out !== "";
  if (isThere && (await git("fetch", "--quiet", "--no-tags", name, ref)).code !== 0) throw unknown;
  const there = isThere ? await commitOf(git, c, "FETCH_HEAD") : undefined;
  if (there === commit) return commit;
  if (!(await takenBack(git, c, branch, commit)))
    throw new ShipshapeError("git-push-refused-after-commits", { ...known, commit });
  // Another worker had this request, in a clone of its own, and was killed once it had pushed.
  if (there && (await git("merge", "--quiet", "--ff-only", "FETCH_HEAD")).code === 0) return there;
  throw new ShipshapeError("git-push-refused", known);
}

/** False if others have committed on top of it. Changes that someone has made to the file meanwhile stay. */
async function takenBack(git: Git, c: ConfigCommit, branch: string, commit: string): Promise<boolean> {
  const isClean = (await git("diff", "--quiet", "HEAD", "--", c.file)).code === 0;
  c.beforeEffect();
  if ((await git("update-ref", branch, `${commit}~1`, commit)).code !== 0) return false;
  await git(...(isClean ? ["checkout", "--quiet"] : ["reset", "--quiet"]), "HEAD", "--", c.file);
  return true;
}
