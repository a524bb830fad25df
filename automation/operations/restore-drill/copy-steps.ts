/**
 * The steps that read the restored copy. All but the first two do so as a role that reads everything and can do nothing
 * else: what the copy's owners stored in it can run in these sessions.
 */
import type { Client } from "pg";
import { ShipshapeError } from "../../errors";
import type { Progress } from "../../runner/operation";
import { runAssertion } from "../../targets/assertion-run";
import { catalogLosses, missingRoles } from "../../targets/catalog-comparison";
import { takeInventory } from "../../targets/catalog-inventory";
import { inventoryKinds } from "../../targets/catalog-kinds";
import { inControlSession, openControlSession, type ControlSessionOptions } from "../../targets/control-session";
import { createReader, readerOf } from "../../targets/copy-reader";
import type { DatabaseLogin } from "../../targets/database-login";
import { readMarkers } from "../../targets/recovery-markers";
import { commitsAround, commitTimes, readRecoveryPoint, type RecoveryPoint } from "../../targets/recovery-point";
import { compareSequences, readFilledColumns, readSequences, type ComparedSequences } from "../../targets/sequences";
import type { VerifiedBefore } from "../../targets/structure-pieces";
import { verifyStructures } from "../../targets/structure-verification";
import type { OperationContext } from "../operation-context";
import { assertionSecondsMax } from "./limits";
import type { BracketingMarkers, ComparedCatalogs, Found, SourceAround, Undecided } from "./outcome";
import type { RestoreDrillPlan } from "./plan";

export interface CopyAccess {
  /** The master's login of the copy, by the resource id it must have. */
  master(plan: RestoreDrillPlan, copy: string): Promise<DatabaseLogin>;
  withSource<T>(plan: RestoreDrillPlan, work: (client: Client) => Promise<T>): Promise<T>;
}

export function copySteps(
  s: Pick<OperationContext, "verifiedSince">,
  session: ControlSessionOptions,
  { master: throwawayLogin, withSource }: CopyAccess,
) {
  const asMaster = async <T>(plan: RestoreDrillPlan, resourceId: string, work: (client: Client) => Promise<T>) =>
    inControlSession(await throwawayLogin(plan, resourceId), session, work);
  const reading = { ...session, readOnly: true };
  const asReader = async <T>(plan: RestoreDrillPlan, resourceId: string, work: (client: Client) => Promise<T>) =>
    inControlSession(readerOf(await throwawayLogin(plan, resourceId)), reading, work);

  return {
    firstQuery: (plan: RestoreDrillPlan, copy: string): Promise<string> =>
      asMaster(plan, copy, async (client) => {
        await client.query("select 1");
        return now();
      }),
    async createReader(plan: RestoreDrillPlan, copy: string): Promise<void> {
      const reader = readerOf(await throwawayLogin(plan, copy));
      await asMaster(plan, copy, (client) => createReader(client, reader));
    },
    readMarkers: (plan: RestoreDrillPlan, copy: string, requestId: string) =>
      decided(() => asReader(plan, copy, (client) => readMarkers(client, requestId, ["before", "after"]))),
    /** Also which of the source's commits beside the target the copy has: those of the markers, or the nearest. */
    async recoveryPoint(
      plan: RestoreDrillPlan,
      copy: string,
      { target, askedAt }: { target: string | null; askedAt: string },
      markers: BracketingMarkers | null,
    ): Promise<Pick<Found, "recoveryPoint" | "witnesses">> {
      const recoveryPoint = await decided(() =>
        asReader(plan, copy, (client) => readRecoveryPoint(client, target ?? askedAt)),
      );
      if (target === null || "undecided" in recoveryPoint) return { recoveryPoint, witnesses: null };
      const witnesses = await decided(async () => {
        const around =
          markers ?? (await withSource(plan, (c) => commitsAround(c, target, recoveryPoint.nextTransaction)));
        const commits = [around.before, around.after];
        const times = await asReader(plan, copy, (client) =>
          commitTimes(
            client,
            commits.map((commit) => commit?.transaction ?? NO_TRANSACTION),
          ),
        );
        const [before, after] = commits.map(
          (commit, at) => commit && { committedAt: commit.committedAt, inCopyAt: times[at] ?? null },
        );
        return { before: before ?? null, after: after ?? null };
      });
      return { recoveryPoint, witnesses };
    },
    compareCatalogs: (
      plan: RestoreDrillPlan,
      copy: string,
      around: SourceAround | null,
      recoveryPoint: RecoveryPoint | Undecided,
    ): Promise<ComparedCatalogs | Undecided> =>
      decided(() =>
        asReader(plan, copy, async (copied) => {
          const restored = await takeInventory(copied);
          const missing = await missingRoles(copied);
          if (!around) {
            if ("undecided" in recoveryPoint) return { restored, missing, losses: null };
            const losses = await withSource(plan, (c) => catalogLosses(c, copied, inventoryKinds, recoveryPoint));
            return { restored, missing, losses: losses ?? null };
          }
          const kinds = inventoryKinds.filter((kind) =>
            [around.before, around.after].some(
              (one) => !("undecided" in one) && one.catalog.digests[kind] !== restored.digests[kind],
            ),
          );
          if (kinds.length === 0) return { restored, missing, losses: null };
          // Only for their names: whether they differ is known without the source.
          const losses = await withSource(plan, (c) => catalogLosses(c, copied, kinds)).catch(() => undefined);
          return { restored, missing, losses: losses ?? null };
        }),
      ),
    compareSequences: (
      plan: RestoreDrillPlan,
      copy: string,
      around: SourceAround | null,
    ): Promise<ComparedSequences | Undecided> =>
      decided(async () => {
        const [before, after] = [around?.before, around?.after];
        for (const one of [before, after]) if (one && "undecided" in one) return one;
        const source =
          before && after && !("undecided" in before) && !("undecided" in after)
            ? { before: before.sequences, after: after.sequences }
            : { today: await withSource(plan, readSequences) };
        return asReader(plan, copy, async (copied) =>
          compareSequences(source, await readSequences(copied), await readFilledColumns(copied)),
        );
      }),
    verifiedBefore: ({ database, source, structure }: RestoreDrillPlan): Promise<VerifiedBefore> =>
      s.verifiedSince(
        database,
        source.engineVersion,
        new Date(Date.parse(source.observedAt) - structure.coverageDays * 86_400_000),
      ),
    async runAssertions(
      plan: RestoreDrillPlan,
      copy: string,
      signal: AbortSignal,
    ): Promise<{ verifiedAt: string; assertions: Found["assertions"] }> {
      const settings = { ...reading, statementSeconds: assertionSecondsMax };
      const assertions: Found["assertions"] = {};
      for (const { name, sql, searchPath } of plan.source.assertions) {
        signal.throwIfAborted();
        // Each in a session of its own: its functions can change whatever lasts as long as a session.
        const login = readerOf(await throwawayLogin(plan, copy));
        assertions[name] = await inControlSession(login, settings, (client) => runAssertion(client, sql, searchPath));
      }
      return { verifiedAt: now(), assertions };
    },
    async verifyStructures(
      plan: RestoreDrillPlan,
      copy: string,
      before: VerifiedBefore,
      signal: AbortSignal,
      progress: Progress,
    ) {
      const master = () => throwawayLogin(plan, copy);
      const settings = { ...reading, statementSeconds: plan.structure.secondsMax };
      const report = await verifyStructures(
        {
          reader: readerOf(await master()).user,
          prepare: async () => openControlSession(await master(), session),
          read: async () => openControlSession(readerOf(await master()), settings),
        },
        plan.structure,
        before,
        signal,
        progress,
      );
      return { ...report, verifiedAt: now() };
    },
  };
}

/** A refusal by the database leaves a check undecided: it says nothing about the backup, and does not end the run. */
export async function decided<T>(work: () => Promise<T>): Promise<T | Undecided> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof ShipshapeError &&
      (error.code === "database-query-failed" || error.code === "marker-table-changed")
    )
      return { undecided: error.message };
    throw error;
  }
}

/** PostgreSQL's own, from before the first commit: it has no commit time. */
const NO_TRANSACTION = "1";

const now = () => new Date().toISOString();
