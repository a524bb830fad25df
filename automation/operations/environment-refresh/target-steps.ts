/** The steps that make the target, tag it, and remove of it what was not handed over: each safe to repeat. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { copyTagKeys } from "../../../components/standards/fixed";
import { rolesOf } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import type { TargetDatabase } from "../../fleet-records";
import { cloudPause, poll } from "../../poll";
import type { CleanUpReport } from "../../records";
import { hasBegun } from "../../runner/runs";
import { stackExists } from "../../runner/stack-state";
import type { AwsClients } from "../../targets/aws-access";
import { findDatabase, isInFlight, targetOf } from "../../targets/database-instance";
import { describeDatabase, isServing, tagsOf, type DatabaseLogin } from "../../targets/database-login";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import {
  copyMark,
  dropHiddenDatabase,
  isHandedOver,
  isLeaking,
  leaveRoles,
} from "../../targets/masked-copy/target-database";
import { loginsFound } from "../../targets/role-logins";
import type { OperationContext } from "../operation-context";
import { deleteOnce, proveGone } from "../proven-gone";
import { restoringArguments } from "./earlier-copy";
import { handOverStepName } from "./limits";
import { requireOwn } from "./ownership";
import type { EnvironmentRefreshPlan } from "./plan";
import type { TeamSteps } from "./team-steps";

/** What becomes of a target at the end. */
export interface TargetEnd {
  /**
   * Handed over: the copy stays. Kept: the copy before it stays. Goes: nobody has it, or real values are in its
   * storage. None: there is nothing of this run.
   */
  becomes: "handed over" | "kept" | "goes" | "none";
  /** Of what goes; null: it was never there. */
  resourceId: string | null;
}

interface TargetAccess {
  clientsOf(plan: EnvironmentRefreshPlan): AwsClients;
  targetLogin(plan: EnvironmentRefreshPlan, resourceId: string, databaseName: string): Promise<DatabaseLogin>;
  team: Pick<TeamSteps, "tag">;
}

export function targetSteps(s: OperationContext, { clientsOf, targetLogin, team }: TargetAccess) {
  const { rootCertificateFile } = s.access;
  const inTarget = async <T>(
    plan: EnvironmentRefreshPlan,
    resourceId: string,
    work: Parameters<typeof inCopySession<T>>[3],
  ) =>
    inCopySession(
      await targetLogin(plan, resourceId, "postgres"),
      { rootCertificateFile },
      "the look at the target",
      work,
    );

  const steps = {
    /** The StandardDatabase that gets the copy, with roles and passwords of its own. Errors: refresh-target-taken. */
    async bringTargetUp(
      plan: EnvironmentRefreshPlan,
      signal: AbortSignal,
      { restores = false } = {},
    ): Promise<TargetDatabase> {
      const { bringUp } = await import("../../runner/pulumi-stack");
      const { refreshedDatabase } = await import("../../../stacks/refreshed-database");
      const { identifier } = plan.copy;
      const declared = restores
        ? restoringArguments(plan.copy.arguments, plan.throwaway.identifier)
        : plan.copy.arguments;
      const program = (adopted: ReadonlyMap<string, string>) => () =>
        Promise.resolve(refreshedDatabase(declared, s.standard, adopted));
      requireOwn(plan.copy, seen(await settledTarget(plan, signal)), true);
      await bringUp(s.stacks, { ...stackOf(plan, { isNeeded: true }), program }, signal);
      const found = await describeDatabase(clientsOf(plan), identifier);
      requireOwn(plan.copy, seen(found), true);
      return targetOf(found);
    },

    /** Decided once, before anything is removed: afterwards nothing is left to decide by. */
    async decideOnTarget(plan: EnvironmentRefreshPlan, requestId: string, signal: AbortSignal): Promise<TargetEnd> {
      const { identifier, existing, names, stack } = plan.copy;
      const found = await settledTarget(plan, signal);
      if (!found) {
        const isThere = !existing && (await stackExists(s.stacks, stack));
        return { becomes: isThere ? "goes" : "none", resourceId: null };
      }
      const resourceId = found.DbiResourceId ?? "";
      const madeBy = tagsOf(found)[copyTagKeys.request];
      const replaced = () => new ShipshapeError("refresh-target-replaced", { target: identifier, id: requestId });
      if (existing && resourceId !== existing.resourceId) throw replaced();
      // Another refresh has made it, or has taken it over since.
      if (!existing && madeBy !== undefined && madeBy !== requestId) return { becomes: "none", resourceId: null };
      if (!existing && madeBy === undefined) throw replaced();
      if (!found.MasterUserSecret) return { becomes: existing ? "kept" : "goes", resourceId };
      // One whose storage is full cannot be asked, and it need not be: nobody was given it.
      if (!existing && !isServing(found) && !(await hasBegun(s.database, requestId, handOverStepName)))
        return { becomes: "goes", resourceId };
      const { isDone, leaks } = await inTarget(plan, resourceId, async (client) => ({
        isDone: await isHandedOver(client, names, copyMark(requestId)),
        leaks: await isLeaking(client, names),
      }));
      if (isDone) return { becomes: "handed over", resourceId };
      // A database of a team is never removed without it, whatever was in its storage.
      return { becomes: existing && (plan.copy.team || !leaks) ? "kept" : "goes", resourceId };
    },

    /** Of what stays, only the database that nobody sees; and its tags say what is in it, whenever the run ended. */
    async endTarget(
      plan: EnvironmentRefreshPlan,
      requestId: string,
      { becomes, resourceId }: TargetEnd,
      signal: AbortSignal,
    ): Promise<CleanUpReport["removed"]> {
      if (becomes === "none") return [];
      if (becomes === "goes") return removeTarget(plan, requestId, resourceId, signal);
      const found = await settledTarget(plan, signal);
      // Removed by others meanwhile: then what was hidden in it is gone, too.
      if (!found || found.DbiResourceId !== resourceId || !found.MasterUserSecret) return [];
      await inTarget(plan, resourceId, async (client) => {
        await dropHiddenDatabase(client, plan.copy.names);
        await leaveRoles(client, rolesOf(s.standard));
      });
      if (becomes === "handed over") {
        if (tagsOf(found)[copyTagKeys.request] === requestId) return [];
        if (plan.copy.team) await team.tag(plan, signal);
        else await steps.bringTargetUp(plan, signal);
        return [];
      }
      return [
        {
          kind: "database of an unfinished copy",
          identifier: plan.copy.names.hidden,
          provenGoneBy: `dropped at ${now()}`,
        },
      ];
    },
  };
  return steps;

  /** Whole: its log of changes and its automated backups may have what was in the copy. */
  async function removeTarget(
    plan: EnvironmentRefreshPlan,
    requestId: string,
    resourceId: string | null,
    signal: AbortSignal,
  ): Promise<CleanUpReport["removed"]> {
    const { identifier, stack } = plan.copy;
    if (plan.copy.team) throw new ShipshapeError("refresh-target-taken", { target: identifier });
    const left = (what: string) => new ShipshapeError("throwaway-left", { id: requestId, identifier: what });
    const { removeStack } = await import("../../runner/pulumi-stack");
    // Its roles go with it: none is looked for, in a database that may let nobody in.
    await removeStack(s.stacks, stackOf(plan, { findsRoles: false }), signal);
    const found = await findDatabase(clientsOf(plan), identifier);
    requireOwn(plan.copy, seen(found));
    await deleteOnce(clientsOf(plan), found);
    if (await settledTarget(plan, signal)) throw left(identifier);
    // It was never there: backups of its name are others'.
    if (resourceId === null)
      return [{ kind: "database", identifier, provenGoneBy: `DescribeDBInstances: DBInstanceNotFound at ${now()}` }];
    return proveGone({ clients: clientsOf(plan), stacks: s.stacks }, { identifier, resourceId, stack }, left);
  }

  function stackOf(plan: EnvironmentRefreshPlan, { isNeeded = false, findsRoles = true } = {}) {
    const { stack, secretsProvider, identifier } = plan.copy;
    return {
      stackName: stack,
      secretsProvider: secretsProvider ?? undefined,
      settleCloud: async (signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
        const found = await settledTarget(plan, signal);
        requireOwn(plan.copy, seen(found), isNeeded);
        if (!found?.DbiResourceId) return new Map();
        const roles = findsRoles ? await rolesThere(plan, found) : [];
        return new Map([[identifier, found.DbiResourceId], ...roles.map((role): [string, string] => [role, role])]);
      },
    };
  }

  /** Those that an interrupted `up` may have created. */
  async function rolesThere(plan: EnvironmentRefreshPlan, { DbiResourceId = "", MasterUserSecret }: DBInstance) {
    if (!MasterUserSecret) return [];
    const names = rolesOf(s.standard);
    return inTarget(plan, DbiResourceId, async (client) => (await loginsFound(client, names)).map(({ user }) => user));
  }

  /** Waits until nothing is being done to the target, or it is gone. The step's time limit ends it. */
  async function settledTarget(plan: EnvironmentRefreshPlan, signal: AbortSignal): Promise<DBInstance | undefined> {
    const settled = await poll({ every: cloudPause, signal }, async () => {
      const found = await findDatabase(clientsOf(plan), plan.copy.identifier);
      return found && isInFlight(found.DBInstanceStatus ?? "") ? undefined : { found };
    });
    return settled?.found;
  }
}

/** As `requireOwn` wants it. */
const seen = (found: DBInstance | undefined) => found && { resourceId: found.DbiResourceId ?? "", tags: tagsOf(found) };

const now = () => new Date().toISOString();
