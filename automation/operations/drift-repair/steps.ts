/** The effects of a repair, besides those of a drift detection and of changing the stack. */
import { ShipshapeError } from "../../errors";
import type { TargetDatabase } from "../../fleet-records";
import type { PlannedStep } from "../../runner/planned-steps";
import type { ObservedStack } from "../../runner/stack-change";
import { awsClients } from "../../targets/aws-access";
import { inControlSession } from "../../targets/control-session";
import { findDatabaseLogin, masterRole, requireSameDatabase } from "../../targets/database-login";
import { accessTo } from "../../targets/locations";
import { loginsFound } from "../../targets/role-logins";
import type { OperationContext } from "../operation-context";
import { stackChangeSteps, type ProgramOf } from "../stack-changes";
import type { DriftRepairPlan } from "./plan";

export type DriftRepairSteps = ReturnType<typeof driftRepairSteps>;

export function driftRepairSteps(s: OperationContext) {
  const changes = stackChangeSteps(s);
  /** The program of our own stacks. */
  const program: ProgramOf["program"] = (adopt) => async () => {
    const { database } = await import("../../../stacks/database");
    return database(s.standard, adopt);
  };

  return {
    changes,
    look: (database: TargetDatabase): Promise<ObservedStack> => changes.observe(database),

    /** What an `up` of the committed config would do, of these resources or all. Errors: stack-locked, stack-failed. */
    async foresee(
      stack: ObservedStack,
      isAhead: boolean,
      targets: string[],
      signal: AbortSignal,
    ): Promise<PlannedStep[] | null> {
      if (stack.ownership !== "ours" || stack.config === null) return null;
      try {
        return await changes.foresee(stack.stack, { config: stack.config.text, program, targets }, signal);
      } catch (error) {
        // Our program ends with an error where it would have to downgrade.
        if (isAhead && error instanceof ShipshapeError && error.code === "stack-failed") return null;
        throw error;
      }
    },

    /** Roles that an `up` has created before it was killed are adopted. */
    programFor: (plan: DriftRepairPlan): ProgramOf => ({
      program,
      settleCloud: async () => {
        const roles = createdRoles(plan);
        if (roles.length === 0) return new Map();
        const { identifier, resourceId } = plan.database;
        const clients = awsClients(accessTo(s.access, plan.database));
        const login = await findDatabaseLogin(clients, s.standard, identifier, masterRole);
        requireSameDatabase(identifier, login.resourceId, resourceId);
        const { rootCertificateFile } = s.access;
        const found = await inControlSession(login, { rootCertificateFile }, (client) => loginsFound(client, roles));
        return new Map(found.map(({ user }) => [user, user]));
      },
    }),
  };
}

/** Of the roles that the plan creates; the name of a role's resource ends with that of the role. */
const createdRoles = ({ changes }: DriftRepairPlan): string[] =>
  changes.flatMap(({ type, creates }) => (type === "postgresql:index/role:Role" && creates ? [creates] : []));
