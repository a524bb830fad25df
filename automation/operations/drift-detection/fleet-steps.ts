/** The effects of a sweep itself: it looks at the fleet, and reads what its children have sealed. */
import type { DeclaredDatabase, FleetDatabase } from "../../fleet-records";
import type { SealedRun } from "../../sealed-records";
import { askBackend } from "../../runner/backend-stacks";
import { replacedOf } from "../../runner/replaced-instances";
import { throwawayOf } from "../../runner/throwaways";
import { askFleets } from "../../targets/fleet";
import type { OperationContext } from "../operation-context";
import { fleetSeen, type ObservedFleet, type UnmanagedDatabase } from "./sweep-plan";
import type { JudgedDatabase } from "./unmanaged";

export type FleetSteps = ReturnType<typeof fleetSteps>;

export function fleetSteps(
  s: Pick<OperationContext, "access" | "stacks" | "database" | "sealedRuns" | "standard" | "waiversFolder">,
) {
  return {
    async observe(): Promise<ObservedFleet> {
      const locations = s.access.locations?.() ?? [];
      const [cloud, stacks] = await Promise.all([askFleets(locations, undefined, s.access), askBackend(s.stacks)]);
      const [throwaway, replaced] = [await throwawayOf(s.database), await replacedOf(s.database)];
      const isThrowaway = (one: FleetDatabase | DeclaredDatabase) => {
        // No stack declares it any more, and a request deletes it.
        if (!("stack" in one) && replaced(one)) return true;
        const copy = throwaway(one);
        return copy !== undefined && (!("stack" in one) || one.stack.endsWith(`/${copy.stack}`));
      };
      return fleetSeen(cloud, stacks, isThrowaway, locations.length > 0);
    },

    /** What the guardrails find on those that no stack declares. */
    async judged(unmanaged: UnmanagedDatabase[]): Promise<JudgedDatabase[]> {
      // Loaded when used: it knows every guardrail.
      const { unmanagedDatabases } = await import("./unmanaged");
      return unmanagedDatabases(s, unmanaged);
    },

    sealed: (requestIds: string[]): Promise<SealedRun[]> => s.sealedRuns(requestIds),
  };
}
