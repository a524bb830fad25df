/** The effects of a patch by blue/green: each safe to repeat after an interruption at any moment. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../../errors";
import { identityOf, type TargetDatabase } from "../../fleet-records";
import type { CleanUpReport } from "../../records";
import { recordReplaced, replacedByTag } from "../../runner/replaced-instances";
import type { AwsClients } from "../../targets/aws-access";
import {
  addTag,
  createGreen,
  deleteDeployment,
  deploymentGone,
  greensDeleted,
  instanceGone,
  settledDeployment,
  switchOver,
  type Sides,
} from "../../targets/blue-green";
import { inControlSession } from "../../targets/control-session";
import { findDatabase, targetOf } from "../../targets/database-instance";
import {
  controlRole,
  describeDatabase,
  findDatabaseLogin,
  requireSameDatabase,
  type DatabaseLogin,
} from "../../targets/database-login";
import { readFollowersLag, readReplayLag } from "../../targets/replay-lag";
import { majorOf } from "../../version-records";
import type { OperationContext } from "../operation-context";
import { greenDifferences } from "./green-differences";
import { lagSecondsMax, switchoverSeconds } from "./limits";
import type { FoundAfterwards, Switched, VerifiedGreen } from "./outcome";
import type { BlueGreenPlan } from "./plan";
import { upgradeSteps, type Shared } from "./upgrade-steps";

/** `green`: that of a deployment which nobody was switched to; it goes with it. */
export interface RemovedDeployment {
  deployment: string;
  green: string | null;
}

export function blueGreenSteps(s: OperationContext, shared: Shared) {
  const { changes, clientsFor } = shared;
  const readOnly = () => ({ rootCertificateFile: s.access.rootCertificateFile, readOnly: true });

  /** Errors: database-replaced. */
  const named = async (clients: AwsClients, identifier: string): Promise<TargetDatabase> =>
    targetOf(await describeDatabase(clients, identifier));
  const sidesOf = async ({ database }: BlueGreenPlan, sides: Sides): Promise<Switched> => {
    const clients = clientsFor(database);
    const kept = await named(clients, sides.blue);
    requireSameDatabase(kept.identifier, kept.resourceId, database.resourceId);
    return { live: await named(clients, database.identifier), kept };
  };
  const record = async (plan: BlueGreenPlan, { live, kept }: Switched): Promise<void> => {
    const { requestId } = plan.change;
    await addTag(clientsFor(plan.database), kept.arn, replacedByTag, requestId);
    const { identifier } = kept;
    await recordReplaced(s.database, {
      identity: identityOf(kept),
      identifier,
      successor: identityOf(live),
      requestId,
    });
  };

  /** Safe to repeat. Errors: stack-locked, stack-failed. */
  const adopt = ({ database, change }: BlueGreenPlan, { live }: Switched, signal: AbortSignal): Promise<void> =>
    changes.adopt(change.stack, { replaced: database.resourceId, by: live }, signal);

  return {
    ...upgradeSteps(s, { ...shared, greenLogin }),

    /** Errors: green-unusable. */
    create: ({ database, blueGreen, change, to }: BlueGreenPlan, signal: AbortSignal): Promise<Sides> => {
      const { deployment: name, parameterGroup } = blueGreen;
      const tags = { "shipshape:request": change.requestId };
      const wanted = { name, ...database, engineVersion: to, parameterGroup, tags };
      return createGreen(clientsFor(database), wanted, signal);
    },

    /** Green is what blue is, but for its version, and follows it closely. Errors: green-unusable. */
    async verify(plan: BlueGreenPlan, signal: AbortSignal): Promise<VerifiedGreen> {
      const { database, blueGreen, to } = plan;
      const { identifier } = database;
      const clients = clientsFor(database);
      const deployment = await settledDeployment(clients, blueGreen.deployment, signal);
      const unusable = (reason: string) => new ShipshapeError("green-unusable", { identifier, reason });
      const green = deployment && (await findDatabase(clients, deployment.sides.green));
      if (!green) throw unusable("it is gone");
      const blue = await describeDatabase(clients, identifier);
      requireSameDatabase(identifier, blue.DbiResourceId, database.resourceId);
      const { DBInstanceIdentifier: name = "", EngineVersion: version = "", DBInstanceStatus: status = "" } = green;
      const group = green.DBParameterGroups?.[0]?.ParameterApplyStatus ?? "unknown";
      const wrong = [
        ...(version === to ? [] : [`it runs ${version}`]),
        ...(status === "available" ? [] : [`it is ${status}`]),
        ...(group === "in-sync" ? [] : [`its parameter group is ${group}`]),
        ...greenDifferences(blue, green, { isSwitched: false, parameterGroup: blueGreen.parameterGroup }),
      ];
      if (wrong.length > 0) throw unusable(wrong.join("; "));
      // Of logical replication only its source knows.
      const lagSeconds = await (blueGreen.upgrade
        ? inControlSession(await loginOf(clients, identifier, controlRole), readOnly(), readFollowersLag)
        : inControlSession(await greenLogin(clients, identifier, controlRole, green), readOnly(), readReplayLag));
      if (lagSeconds === null) throw unusable("it does not follow the database");
      if (lagSeconds > lagSecondsMax) throw unusable(`it is ${Math.round(lagSeconds)} s behind`);
      return { identifier: name, version, lagSeconds };
    },

    /** Errors: switchover-rolled-back, patch-not-its-turn. */
    async switchOver(plan: BlueGreenPlan, requestId: string, signal: AbortSignal): Promise<Switched> {
      const { database, blueGreen } = plan;
      const wanted = {
        name: blueGreen.deployment,
        identifier: database.identifier,
        timeoutSeconds: switchoverSeconds,
      };
      return sidesOf(
        plan,
        await switchOver(clientsFor(database), wanted, () => shared.inTurn(plan, requestId), signal),
      );
    },

    /** A row and a tag: one alone hides no database. */
    record,

    adopt,

    /** What the next `up` of its owner would do: nothing, if all was adopted. */
    left: (plan: BlueGreenPlan, signal: AbortSignal): Promise<string[]> => shared.plannedChanges(plan, signal),

    async look(plan: BlueGreenPlan, { live, kept }: Switched, signal: AbortSignal): Promise<FoundAfterwards> {
      const { parameterGroup } = plan.blueGreen;
      const clients = clientsFor(plan.database);
      signal.throwIfAborted();
      const instance = await describeDatabase(clients, live.identifier);
      requireSameDatabase(live.identifier, instance.DbiResourceId, live.resourceId);
      const found = await findDatabase(clients, kept.identifier);
      const old = found?.DbiResourceId === kept.resourceId ? found : undefined;
      return {
        found: await shared.foundVersion(clients, instance),
        differences: old ? greenDifferences(old, instance, { isSwitched: true, parameterGroup }) : [],
        kept: { identifier: kept.identifier, status: old?.DBInstanceStatus ?? "gone" },
      };
    },

    /**
     * The deployment is removed, and green with it where nobody was switched to it. A run may have ended past the
     * switchover: then the old instance is recorded, and the new one adopted, here. Undefined: there is none, or no more.
     */
    async remove(plan: BlueGreenPlan, signal: AbortSignal): Promise<RemovedDeployment | undefined> {
      const { database, blueGreen } = plan;
      const clients = clientsFor(database);
      const deployment = await settledDeployment(clients, blueGreen.deployment, signal);
      if (!deployment) return undefined;
      if (deployment.switched) {
        const switched = await sidesOf(plan, deployment.sides);
        await record(plan, switched);
        await adopt(plan, switched, signal);
      }
      await deleteDeployment(clients, deployment);
      return { deployment: blueGreen.deployment, green: deployment.switched ? null : deployment.sides.green };
    },

    /** Until RDS knows neither any more. */
    async proveGone(
      { database, blueGreen }: BlueGreenPlan,
      removed: RemovedDeployment | undefined,
      signal: AbortSignal,
    ): Promise<CleanUpReport["removed"]> {
      const clients = clientsFor(database);
      await deploymentGone(clients, blueGreen.deployment, signal);
      // An attempt that was killed has deleted the deployment, and told no name of the green instance.
      const green = removed?.green;
      if (typeof green === "string") await instanceGone(clients, green, signal);
      else await greensDeleted(clients, database.identifier, signal);
      return [
        ...(removed
          ? [
              {
                kind: "blue/green deployment",
                identifier: removed.deployment,
                provenGoneBy: "DescribeBlueGreenDeployments",
              },
            ]
          : []),
        ...(typeof green === "string"
          ? [{ kind: "green instance", identifier: green, provenGoneBy: "DescribeDBInstances" }]
          : []),
      ];
    },
  };

  function loginOf(clients: AwsClients, identifier: string, role: string): Promise<DatabaseLogin> {
    return findDatabaseLogin(clients, s.standard, identifier, role);
  }

  /** By blue's login: RDS gives green the roles of blue, and its tags only with the switchover. */
  async function greenLogin(
    clients: AwsClients,
    identifier: string,
    role: string,
    { Endpoint, DBInstanceIdentifier: name = "", DbiResourceId: resourceId = "", EngineVersion = "" }: DBInstance,
  ): Promise<DatabaseLogin> {
    const login = await loginOf(clients, identifier, role);
    const { Address: host = "", Port: port = 0 } = Endpoint ?? {};
    return { ...login, identifier: name, resourceId, host, port, majorVersion: Number(majorOf(EngineVersion)) };
  }
}
