/** The steps of a copy that is made of an earlier one, besides those of its target: each safe to repeat. */
import { performance } from "node:perf_hooks";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { cloudPause, poll } from "../../poll";
import type { CleanUpReport } from "../../records";
import { removalBegun } from "../../runner/begun-removals";
import type { AwsClients } from "../../targets/aws-access";
import { findSnapshot } from "../../targets/database-instance";
import { removeSnapshot, takeSnapshot } from "../../targets/database-snapshot";
import type { DatabaseLogin } from "../../targets/database-login";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { contentBeside, differencesFrom } from "../../targets/masked-copy/copy-state";
import { tableCopySeconds } from "../../targets/masked-copy/limits";
import { copyMark, isHandedOver, markHandedOver } from "../../targets/masked-copy/target-database";
import { observeCopy } from "../copy-look";
import type { OperationContext } from "../operation-context";
import { earlierCopy, snapshotName, type EarlierCopy, type EarlierTerms } from "./earlier-copy";
import type { ComparedCopy } from "./outcome";
import type { EnvironmentRefreshPlan } from "./plan";
import type { EnvironmentRefreshRequest } from "./request";

/** A plan of a copy that is made of an earlier one. */
export type EarlierPlan = EnvironmentRefreshPlan & { earlier: EarlierCopy };

interface EarlierAccess {
  clientsOf(plan: EnvironmentRefreshPlan): AwsClients;
  targetLogin(plan: EnvironmentRefreshPlan, resourceId: string, databaseName: string): Promise<DatabaseLogin>;
  bringTargetUp(plan: EnvironmentRefreshPlan, signal: AbortSignal): Promise<TargetDatabase>;
}

export function earlierSteps(s: OperationContext, { clientsOf, targetLogin, bringTargetUp }: EarlierAccess) {
  const reading = { rootCertificateFile: s.access.rootCertificateFile, statementSeconds: tableCopySeconds };
  const ownTags = (requestId: string) => ({ "shipshape:run": requestId });

  return {
    /** Errors: refresh-copy-unfit, database-unknown. */
    async observe({ fromCopy = "", account, region }: EnvironmentRefreshRequest, terms: EarlierTerms) {
      const no = (problem: string, isOfTeam?: true) =>
        new ShipshapeError("refresh-copy-unfit", {
          copy: fromCopy,
          problem: isOfTeam
            ? `${problem}, who may write to it: one with a stack of its own is copied`
            : `it is no copy that a refresh has made: ${problem}`,
        });
      const { copy, database } = await observeCopy(s, { database: fromCopy, account, region }, no);
      const removal = await removalBegun(s.database, database);
      const standing = await s.signedCopy(targetDatabase(database));
      return earlierCopy({ database, tags: copy.tags, removal, standing }, terms, s.standard);
    },

    /** Errors: snapshot-not-usable. */
    async takeSnapshot(plan: EarlierPlan, requestId: string, signal: AbortSignal): Promise<{ arn: string }> {
      const { database } = plan.earlier;
      const wanted = {
        identifier: database.identifier,
        resourceId: database.resourceId,
        name: snapshotName(requestId),
        tags: { ...plan.throwaway.tags, ...ownTags(requestId) },
      };
      return { arn: await takeSnapshot(clientsOf(plan), wanted, signal) };
    },

    /** As the master of the target, which no client reaches yet. */
    async compare(plan: EarlierPlan, { resourceId }: TargetDatabase): Promise<ComparedCopy> {
      const { copy, earlier } = plan;
      const beganAt = performance.now();
      const beside = await inCopySession(
        await targetLogin(plan, resourceId, "postgres"),
        reading,
        "the comparison",
        async (client) => ({
          beside: await contentBeside(client, copy.names.name),
          isThat: await isHandedOver(client, copy.names, copyMark(earlier.madeBy)),
        }),
      );
      const found = await inCopySession(
        await targetLogin(plan, resourceId, copy.names.name),
        reading,
        "the comparison",
        (client) => differencesFrom(client, earlier.state),
      );
      return { ...found, ...beside, seconds: Math.round((performance.now() - beganAt) / 100) / 10 };
    },

    /** Clients may connect; and the copy says that it is this run's: a target that does not is removed. */
    async openToClients(
      plan: EarlierPlan,
      { resourceId }: TargetDatabase,
      requestId: string,
      signal: AbortSignal,
    ): Promise<{ at: string }> {
      await bringTargetUp(plan, signal);
      signal.throwIfAborted();
      await inCopySession(await targetLogin(plan, resourceId, "postgres"), reading, "the handing over", (client) =>
        markHandedOver(client, plan.copy.names, copyMark(requestId)),
      );
      return { at: new Date().toISOString() };
    },

    /** Errors: throwaway-left. */
    async removeSnapshot(plan: EarlierPlan, requestId: string, signal: AbortSignal): Promise<CleanUpReport["removed"]> {
      const name = snapshotName(requestId);
      const clients = clientsOf(plan);
      // RDS deletes none that it is still making.
      await poll({ every: cloudPause, signal }, async () =>
        (await findSnapshot(clients, name))?.Status === "creating" ? undefined : true,
      );
      const { resourceId } = plan.earlier.database;
      if (!(await removeSnapshot(clients, { name, resourceId, tags: ownTags(requestId) }, signal)))
        throw new ShipshapeError("throwaway-left", { id: requestId, identifier: `the snapshot ${name}` });
      return [
        {
          kind: "snapshot",
          identifier: name,
          provenGoneBy: `DescribeDBSnapshots: DBSnapshotNotFound at ${new Date().toISOString()}`,
        },
      ];
    },
  };
}
