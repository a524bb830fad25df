/** The effects of a rehearsal: those of the isolated copy, and its patch. */
import { identityOf, targetDatabase } from "../../fleet-records";
import { askBackend } from "../../runner/backend-stacks";
import { awsClients } from "../../targets/aws-access";
import { openControlSession } from "../../targets/control-session";
import { describeDatabase, requireSameDatabase } from "../../targets/database-login";
import { locate } from "../../targets/locations";
import { versionsOf } from "../../targets/offered-versions";
import { pendingOf } from "../../targets/pending-changes";
import { readRunningServer } from "../../targets/running-server";
import { upgradeWatched } from "../../targets/watched-upgrade";
import type { FoundVersion } from "../database-patch/outcome";
import { isolatedCopySteps } from "../isolated-copy";
import type { OperationContext } from "../operation-context";
import { restoreDrillSteps } from "../restore-drill/steps";
import type { ObservedSource } from "../restore-drill/plan";
import { extensionsIn } from "./declared-class";
import { rehearsalNames, type ObservedRehearsal, type PatchRehearsalPlan } from "./plan";
import type { PatchRehearsalRequest } from "./request";

export type PatchRehearsalSteps = ReturnType<typeof patchRehearsalSteps>;

export function patchRehearsalSteps(s: OperationContext) {
  const { clientsOf, throwawayLogin, steps } = isolatedCopySteps(s, rehearsalNames);
  const { restoreFrom, ...shared } = steps;
  const { rootCertificateFile } = s.access;
  const openCopy = async (plan: PatchRehearsalPlan, copy: string) =>
    openControlSession(await throwawayLogin(plan, copy), { rootCertificateFile, readOnly: true });

  return {
    ...shared,

    /** What a drill refuses, this refuses, too. */
    async observe({ to: _, ...asked }: PatchRehearsalRequest): Promise<ObservedRehearsal> {
      // The team's own assertions are about its data, and are not asked here.
      const source = { ...(await restoreDrillSteps(s).observe(asked)), assertions: [] };
      const { offered } = await versionsOf(awsClients(await locate(s.access, asked)), source.identifier);
      return { source, offered, declaredExtensions: await declaredExtensions(source) };
    },

    restore: (plan: PatchRehearsalPlan, signal: AbortSignal) =>
      restoreFrom(plan, { resourceId: plan.source.resourceId, restoreTime: plan.restoreTime }, signal),

    upgrade: (plan: PatchRehearsalPlan, copy: string, signal: AbortSignal) =>
      upgradeWatched(
        clientsOf(plan),
        {
          identifier: plan.throwaway.identifier,
          version: plan.rehearsed.to,
          prepare: async () => {
            const login = await throwawayLogin(plan, copy);
            return () => openControlSession(login, { rootCertificateFile, readOnly: true });
          },
        },
        signal,
      ),

    async look(plan: PatchRehearsalPlan, copy: string): Promise<FoundVersion> {
      const { identifier } = plan.throwaway;
      const instance = await describeDatabase(clientsOf(plan), identifier);
      requireSameDatabase(identifier, instance.DbiResourceId, copy);
      const { EngineVersion: version = "", DBInstanceStatus: status = "" } = instance;
      const session = await openCopy(plan, copy);
      try {
        const pending = pendingOf(instance).changes.map(({ property }) => property);
        return { api: { version, status, pending }, server: await readRunningServer(session) };
      } finally {
        await session.end();
      }
    },
  };

  async function declaredExtensions(source: ObservedSource): Promise<string[] | null> {
    const answer = await askBackend(s.stacks);
    if (!answer.asked) return null;
    const identity = identityOf(targetDatabase(source));
    const declared = answer.stacks.flatMap(({ databases }) => databases).find((one) => identityOf(one) === identity);
    return extensionsIn(declared?.decided?.shape);
  }
}
