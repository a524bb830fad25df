/** The effects of a refresh on a team's own database, beside those on its content: each safe to repeat. */
import type { DBInstance } from "@aws-sdk/client-rds";
import type { DeclaredDatabase } from "../../fleet-records";
import type { AwsClients } from "../../targets/aws-access";
import { inControlSession } from "../../targets/control-session";
import {
  controlRole,
  describeDatabase,
  findDatabaseLogin,
  requireServing,
  tagsOf,
  type DatabaseLogin,
} from "../../targets/database-login";
import { readContent } from "../../targets/masked-copy/database-content";
import type { OperationContext } from "../operation-context";
import { settledProgram } from "../settled-program";
import { stackChangeSteps } from "../stack-changes";
import type { EnvironmentRefreshPlan } from "./plan";
import type { EnvironmentRefreshRequest } from "./request";
import {
  declaredTarget,
  requireFit,
  type ObservedTeamTarget,
  type TargetInstance,
  type TargetTerms,
} from "./team-target";
import { targetOf } from "../../targets/database-instance";

export type TeamSteps = ReturnType<typeof teamSteps>;

export function teamSteps(s: OperationContext) {
  const changes = stackChangeSteps(s);
  const { rootCertificateFile } = s.access;

  return {
    changes,

    /** Errors: refresh-target-unfit, database-unknown, database-not-available, and those of its stack's observation. */
    async observe(
      clients: AwsClients,
      { target = "", reachableFrom }: EnvironmentRefreshRequest,
      known: {
        terms: Omit<TargetTerms, "sourceBytes" | "isReachableFrom">;
        /** The control plane's, of the source. */
        login: DatabaseLogin;
        declared: readonly DeclaredDatabase[];
      },
    ): Promise<ObservedTeamTarget> {
      const instance = await describeDatabase(clients, target);
      requireServing(instance);
      const database = targetOf(instance);
      const tags = tagsOf(instance);
      const { shape } = declaredTarget(database, tags, known.declared, s.standard);
      const stack = await changes.observe(database, known.declared);
      const content = (login: DatabaseLogin) =>
        inControlSession(login, { rootCertificateFile, readOnly: true }, readContent);
      const observed: ObservedTeamTarget = {
        ...{ database, tags, stack, shape },
        content: await content(await findDatabaseLogin(clients, s.standard, target, controlRole, shape.databaseName)),
      };
      const { bytes: sourceBytes } = await content(known.login);
      const terms = { ...known.terms, sourceBytes, isReachableFrom: reachableFrom !== undefined };
      requireFit(observed, instanceOf(instance), terms, s.standard);
      return observed;
    },

    /** Where the run ended before it could: the approved change of the stack, and nothing else. */
    async tag({ copy: { team, ...copy } }: EnvironmentRefreshPlan, signal: AbortSignal): Promise<void> {
      if (!team || !copy.existing) return;
      const committed = await changes.commit(team.change, signal);
      await changes.bringUp(team.change, committed, settledProgram(s, copy.existing), signal);
    },
  };
}

const instanceOf = (one: DBInstance): TargetInstance => ({
  isProtected: one.DeletionProtection === true,
  hasReplicas:
    (one.ReadReplicaDBInstanceIdentifiers ?? []).length > 0 ||
    one.ReadReplicaSourceDBInstanceIdentifier !== undefined ||
    one.DBClusterIdentifier !== undefined,
  managesPassword: one.MasterUserSecret !== undefined,
  storageGibMax: Math.max(one.AllocatedStorage ?? 0, one.MaxAllocatedStorage ?? 0),
});
