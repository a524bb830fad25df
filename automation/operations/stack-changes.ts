/**
 * How an operation changes the stack of a database: one of ours by a commit and `up`; any other by delivering the
 * change to those who have its program, and expecting it.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ShipshapeError } from "../errors";
import { identityOf, type DeclaredDatabase, type PlannedChange, type TargetDatabase } from "../fleet-records";
import type { Check, PlanBasis } from "../records";
import { askBackend } from "../runner/backend-stacks";
import { expectChanges } from "../runner/expected-changes";
import { commitConfig, committedText, commitOf, gitIn, type Committed } from "../runner/git-folder";
import type { Step } from "../runner/operation";
import type { StackProgram } from "../runner/pulumi-stack";
import type { Replacement } from "../runner/replaced-state";
import { configWith, digestOf, type ObservedStack } from "../runner/stack-change";
import { bringUpsAtOnceMax, bringUpStep, commitStep, deliverStep } from "./limits";
import type { OperationContext } from "./operation-context";

export type StackChangeSteps = ReturnType<typeof stackChangeSteps>;

export function stackChangeSteps(
  s: Pick<OperationContext, "access" | "database" | "stacks" | "homesOfStacks" | "gitEnvironment">,
) {
  const gitOf = (folder: string, signal?: AbortSignal) => gitIn(folder, s.gitEnvironment, signal);
  const beforeEffect = () => s.access.beforeCall?.();
  /** Errors: stack-folder-missing. */
  const ownConfig = async (stack: string) => {
    const { ownership, config } = (await s.homesOfStacks())(stack);
    if (ownership !== "ours" || !config) throw new ShipshapeError("stack-folder-missing", { stack });
    return config;
  };

  const engineOf = (stack: string) => {
    const project = dirname(stack);
    const stackName = project.includes("/") ? stack : basename(stack);
    return { stackName, context: { ...s.stacks, project: basename(project) } };
  };

  const commitFor = async (stack: string, requestId: string, signal: AbortSignal): Promise<string | undefined> => {
    const { folder, file } = await ownConfig(stack);
    return commitOf(gitOf(folder, signal), { file, requestId });
  };

  /**
   * Commits the config as it was before our commit. One that someone has committed to since stays. Errors: those of
   * `commitConfig`.
   */
  const takeBack = async (
    { stack, set, requestId }: PlannedChange,
    { revision }: Pick<Committed, "revision">,
    signal: AbortSignal,
  ) => {
    const { folder, file, author } = await ownConfig(stack);
    const git = gitOf(folder, signal);
    const [before, ours] = [
      await committedText(git, folder, file, `${revision}~1`),
      await committedText(git, folder, file, revision),
    ];
    return commitConfig(git, {
      ...{ folder, file, author, beforeEffect, requestId: takenBackAs(requestId), digest: digestOf(ours) },
      subject: `Take back ${set.map(({ path }) => path.join(".")).join(", ")} of ${basename(stack)}`,
      why: `Request ${requestId.replace(/-prepared$/, "")} ended before it changed the database.`,
      changed: () => before,
    });
  };

  return {
    /**
     * `read`: what all stacks declare, if that is known already. Errors: stack-undeclared, stack-folder-missing,
     * stack-config-moved, git-unusable.
     */
    async observe(database: TargetDatabase, read?: readonly DeclaredDatabase[]): Promise<ObservedStack> {
      const { stack, urn, access } = await declarationOf(s, database, read);
      const { ownership, config } = (await s.homesOfStacks())(stack);
      if (ownership === "unknown" && !config) throw new ShipshapeError("stack-folder-missing", { stack });
      const known = { stack, urn, ownership, ...(access && { access }) };
      if (!config) return { ...known, config };
      const { folder, file } = config;
      const text = await (ownership === "ours"
        ? committedText(gitOf(folder), folder, file)
        : readFile(join(folder, file), "utf8"));
      return { ...known, config: { file, text } };
    },

    /** Errors: stack-folder-missing, and those of `commitConfig`. */
    async commit(
      { stack, set, key, why, requestId, config: planned }: PlannedChange,
      signal: AbortSignal,
    ): Promise<Committed> {
      const { folder, file, author } = await ownConfig(stack);
      const subject = subjectOf(set, basename(stack));
      return s.database.transaction(async (transaction) => {
        // Of the runs on this machine, which share the folder; git's own locks hold against everyone else.
        const lock = await transaction.query<{ taken: boolean }>(
          "select pg_try_advisory_xact_lock(hashtext('shipshape git folder'), hashtext($1)) as taken",
          [`${hostname()} ${folder}`],
        );
        if (!lock[0]?.taken) throw new ShipshapeError("git-locked", { folder, reason: "another run commits there" });
        return commitConfig(gitOf(folder, signal), {
          ...{ folder, file, author, subject, why, requestId, beforeEffect },
          digest: planned?.digest ?? "",
          changed: (text) => configWith(file, text, { set, ...(key && { key }) }),
        });
      });
    },

    /** With the config as it is committed. Errors: stack-config-moved, stack-locked, stack-failed. */
    async bringUp(
      { stack, targets }: PlannedChange,
      { revision }: Pick<Committed, "revision">,
      program: ProgramOf,
      signal: AbortSignal,
    ): Promise<void> {
      // Loaded when used: the Automation API.
      const { bringUp } = await import("../runner/pulumi-stack");
      const { stackName, context } = engineOf(stack);
      // A turn may come after hours: what must hold when the engine starts is looked at only then.
      await inTurn(bringUps, async () => {
        signal.throwIfAborted();
        const { folder, file } = await ownConfig(stack);
        const git = gitOf(folder, signal);
        const config = await committedText(git, folder, file, revision);
        if (config !== (await committedText(git, folder, file)))
          throw new ShipshapeError("stack-config-moved", { file, reason: "it was changed after our commit" });
        beforeEffect();
        await bringUp(context, { ...program, stackName, config, ...(targets && { targets }) }, signal);
      });
    },

    takeBack,

    /** Whether a commit of ours was there. Errors: git-unusable, and those of `takeBack`. */
    async takeBackIfMade(change: PlannedChange, signal: AbortSignal): Promise<boolean> {
      const revision = await commitFor(change.stack, change.requestId, signal);
      if (revision === undefined) return false;
      await takeBack(change, { revision }, signal);
      return true;
    },

    /** By an attempt before. Errors: git-unusable. */
    wasTakenBack: async ({ stack, requestId }: PlannedChange, signal: AbortSignal): Promise<boolean> =>
      (await commitFor(stack, takenBackAs(requestId), signal)) !== undefined,

    /** The config of a stack of our own, as it is committed now. Errors: stack-folder-missing. */
    async committedConfig(stack: string): Promise<{ file: string; text: string }> {
      const { folder, file } = await ownConfig(stack);
      return { file, text: await committedText(gitOf(folder), folder, file) };
    },

    /** The state of a stack follows a database that has taken the name of another. Errors: stack-locked, stack-failed. */
    async adopt(stack: string, replacement: Replacement, signal: AbortSignal): Promise<void> {
      const { adoptReplacement } = await import("../runner/pulumi-stack");
      const { stackName, context } = engineOf(stack);
      beforeEffect();
      await inTurn(bringUps, () => adoptReplacement(context, stackName, replacement, signal));
    },

    /** What an `up` with this config would do now. In turn, and in a folder of its own: it may run beside an `up`. */
    async foresee(
      stack: string,
      given: Required<Pick<StackProgram, "config" | "program" | "targets">>,
      signal: AbortSignal,
    ) {
      const { previewUp } = await import("../runner/pulumi-stack");
      const { stackName, context } = engineOf(stack);
      const workspacesFolder = await mkdtemp(join(tmpdir(), "shipshape-preview-"));
      try {
        return await inTurn(previews, () => {
          signal.throwIfAborted();
          return previewUp({ ...context, workspacesFolder }, { stackName, ...given }, signal);
        });
      } finally {
        await rm(workspacesFolder, { recursive: true, force: true });
      }
    },

    /** Resolves to the moment until which it is expected. */
    deliver: async (change: PlannedChange, database: TargetDatabase): Promise<string> =>
      (await expectChanges(s.database, change, database)).toISOString(),
  };
}

function subjectOf([first, ...others]: PlannedChange["set"], stack: string): string {
  if (!first || others.length > 0) return `Set ${others.length + (first ? 1 : 0)} properties of ${stack}`;
  const property = first.path.join(".");
  if (first.value === undefined) return `Take ${property} out of ${stack}`;
  // A mapping is in the commit, and too long for its subject.
  return typeof first.value === "object" && first.value !== null
    ? `Set ${property} of ${stack}`
    : `Set ${property} of ${stack} to ${JSON.stringify(first.value)}`;
}

const takenBackAs = (requestId: string): string => `${requestId}-taken-back`;

/** Turns of this process. A preview takes a minute, and must not wait for an `up` of hours. */
interface Turns {
  free: number;
  waiting: (() => void)[];
}
const bringUps: Turns = { free: bringUpsAtOnceMax, waiting: [] };
const previews: Turns = { free: bringUpsAtOnceMax, waiting: [] };

async function inTurn<T>(turns: Turns, work: () => Promise<T>): Promise<T> {
  if (turns.free > 0) turns.free--;
  else await new Promise<void>((begin) => turns.waiting.push(begin));
  try {
    return await work();
  } finally {
    const next = turns.waiting.shift();
    if (next) next();
    else turns.free++;
  }
}

export type ProgramOf = Pick<StackProgram, "program" | "settleCloud">;

export type ChangeOutcome = { committed: Committed } | { deliveredUntil: string };

/**
 * The steps that carry a planned change out; a delivered one ends with its delivery. `isRefused`: whether an `up` that
 * failed was refused before it changed anything; then the commit is taken back.
 */
export async function carryOutChange(
  steps: StackChangeSteps,
  { change, database }: { database: TargetDatabase; change: PlannedChange },
  program: ProgramOf,
  step: Step,
  isRefused: (error: unknown) => Promise<boolean> = () => Promise.resolve(false),
): Promise<ChangeOutcome> {
  if (change.reaches !== "commit")
    return { deliveredUntil: await step("deliver the change", deliverStep, () => steps.deliver(change, database)) };
  const committed = await step("commit the change", commitStep, (signal) => steps.commit(change, signal));
  try {
    await step("bring the stack up", bringUpStep, (signal) => steps.bringUp(change, committed, program, signal));
  } catch (error) {
    // Otherwise the next `up` of anyone would apply what was refused.
    if (committed.isOwn && (await isRefused(error)))
      await step("take the commit back", commitStep, (signal) => steps.takeBack(change, committed, signal));
    throw error;
  }
  return { committed };
}

/** Nothing is proven by a delivery: what it is about is as it was until its owner acts. */
export function deliveredCheck(
  { change, heldTo }: PlanBasis & { change: PlannedChange },
  deliveredUntil: string,
): Check {
  const { stack, reaches, expected } = change;
  const to = heldTo?.owner ?? `those who have the program of ${stack}`;
  return {
    name: "change-is-made",
    verdict: "inconclusive",
    explanation: `delivered to ${to} (${reaches}), and expected until ${deliveredUntil.slice(0, 10)}: \`npx shipshape show ${change.requestId}\` prints it`,
    figures: { deliveredUntil, ...Object.fromEntries(expected.map(({ property, to: value }) => [property, value])) },
  };
}

async function declarationOf(
  { stacks }: Pick<OperationContext, "stacks">,
  database: TargetDatabase,
  read?: readonly DeclaredDatabase[],
): Promise<DeclaredDatabase> {
  const { identifier } = database;
  const undeclared = (reason: string) => new ShipshapeError("stack-undeclared", { identifier, reason });
  const answer = read ? undefined : await askBackend(stacks);
  if (answer?.asked === false) throw undeclared(`the stacks could not be read: ${answer.reason}`);
  const declared = read ?? answer?.stacks.flatMap((one) => one.databases) ?? [];
  const all = declared.filter((one) => identityOf(one) === identityOf(database));
  const [one] = all;
  if (all.length === 1) return one!;
  if (one) throw undeclared(`${all.map(({ stack }) => stack).join(" and ")} declare it`);
  const unread = answer?.unread.map(({ stack }) => stack).join(", ");
  throw undeclared(
    unread ? `none that could be read declares it, and these could not be: ${unread}` : "none declares it",
  );
}
