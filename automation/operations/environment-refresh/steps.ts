/** The effects of a refresh besides those in the copy itself: each one action, safe to repeat. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { copyTagKeys } from "../../../components/standards/fixed";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type DeclaredDatabase, type TargetDatabase } from "../../fleet-records";
import { profileDigest } from "../../masking/profile";
import { schemaDigest } from "../../masking/schema-facts";
import { askBackend } from "../../runner/backend-stacks";
import { PROJECT } from "../../runner/stack-state";
import { awsClients } from "../../targets/aws-access";
import { findDatabase } from "../../targets/database-instance";
import {
  controlRole,
  describeDatabase,
  findDatabaseLogin,
  masterRole,
  requireServing,
  tagsOf,
} from "../../targets/database-login";
import { schemaFactsSeconds } from "../../targets/limits";
import { locate } from "../../targets/locations";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { readSchemaFacts } from "../../targets/schema-facts";
import { isolatedCopySteps } from "../isolated-copy";
import { isolationNear, requireWithinBackups } from "../isolation";
import type { OperationContext } from "../operation-context";
import { settledProgram } from "../settled-program";
import { copySteps } from "./copy-steps";
import { coverageFigures, coverageProblems, scopeOf, shortened } from "./coverage";
import { stagingLifeHours } from "./limits";
import { declaredSource, ownTarget } from "./ownership";
import { copyIdentifier, environmentOf, stagingNames, type EnvironmentRefreshPlan, type ObservedRefresh } from "./plan";
import { readProfile, readSubset } from "./profile";
import type { EnvironmentRefreshRequest } from "./request";
import { targetSteps } from "./target-steps";
import { teamSteps } from "./team-steps";

export type EnvironmentRefreshSteps = ReturnType<typeof environmentRefreshSteps>;

export function environmentRefreshSteps(s: OperationContext) {
  const { clientsOf, loginTo, throwawayLogin, steps } = isolatedCopySteps(s, stagingNames);
  const { rootCertificateFile } = s.access;
  const team = teamSteps(s);
  const targetLogin = ({ copy, ...plan }: EnvironmentRefreshPlan, resourceId: string, databaseName: string) =>
    loginTo({ ...plan }, copy.identifier, resourceId, masterRole, databaseName);

  return {
    /** Refuses what cannot be copied, before anything is planned, registered or created. */
    async observe(asked: EnvironmentRefreshRequest): Promise<ObservedRefresh> {
      const { database: identifier, at } = asked;
      const environment = environmentOf(asked, s.standard);
      const access = await locate(s.access, asked);
      // A target's stack reaches the cloud as the engine's environment says.
      if (access.location?.role !== undefined) throw new ShipshapeError("refresh-source-elsewhere", { identifier });
      const clients = awsClients(access);
      const instance = await describeDatabase(clients, identifier);
      requireServing(instance);
      if (!instance.BackupRetentionPeriod || !instance.LatestRestorableTime)
        throw new ShipshapeError("refresh-source-unrestorable", { identifier });
      if (at !== undefined) await requireWithinBackups(clients, identifier, new Date(at));
      const platformStack = access.location?.platformStack ?? s.platformStack;
      const isolation = await isolationNear(s, platformStack, instance);
      const declared = await declarations(s, identifier);
      const shape = declaredSource(targetOf(instance), tagsOf(instance), declared, s.standard);
      const databaseName = instance.DBName ?? "postgres";
      const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole, databaseName);
      const reading = { rootCertificateFile, readOnly: true, statementSeconds: schemaFactsSeconds };
      const facts = await inCopySession(login, reading, "the look at the schema", readSchemaFacts);
      const name = asked.profile ?? identifier;
      const profile = await readProfile(s.maskingFolder, name);
      if (profile.source !== identifier)
        throw new ShipshapeError("refresh-profile-of-other", { profile: name, source: profile.source, identifier });
      const problems = coverageProblems(profile, facts);
      if (problems.length > 0)
        throw new ShipshapeError("refresh-not-covered", { profile: name, identifier, problems: named(problems) });
      const subset = asked.subset === undefined ? undefined : await readSubset(s.maskingFolder, asked.subset);
      const scope = scopeOf(asked, { profile, facts, name, subset });
      const target = asked.target === undefined ? copyIdentifier(shape, environment, s.standard) : null;
      const found = target === null ? undefined : await findDatabase(clients, target);
      const terms = { source: targetOf(instance), sourceTags: tagsOf(instance), sourceShape: shape, environment };
      return {
        observedAt: now(),
        source: {
          identifier,
          arn: instance.DBInstanceArn ?? "",
          resourceId: instance.DbiResourceId ?? "",
          databaseName,
          engineVersion: instance.EngineVersion ?? "",
          instanceClass: instance.DBInstanceClass ?? "",
          parameterGroupName: instance.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
          subnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName ?? "",
          keyArn: instance.KmsKeyId,
          engineLifecycleSupport: instance.EngineLifecycleSupport ?? "open-source-rds-extended-support-disabled",
          tags: tagsOf(instance),
          shape,
          schemaDigest: schemaDigest(facts),
        },
        ...isolation,
        platformStack,
        profile: {
          name,
          digest: profileDigest(profile),
          keySecret: profile.key.secret,
          disarms: profile.disarm.length,
          sequences: profile.sequences,
          ...coverageFigures(profile, facts),
        },
        ...(scope && { scope }),
        replaces: (found && tagsOf(found)[copyTagKeys.request]) ?? null,
        existing: found ? ownTarget(targetOf(found), declared, s.stacks.project ?? PROJECT) : null,
        ...(asked.target !== undefined && { team: await team.observe(clients, asked, { terms, login, declared }) }),
      };
    },

    /** Resolves to when what is restored expires. */
    async register(requestId: string, { throwaway }: EnvironmentRefreshPlan): Promise<string> {
      const expiresAt = new Date(Date.now() + stagingLifeHours * 3_600_000).toISOString();
      await steps.register(requestId, { throwaway: { ...throwaway, expiresAt } });
      return expiresAt;
    },
    recordRemoval: steps.recordRemoval,

    async chooseRecoveryPoint(
      plan: EnvironmentRefreshPlan,
    ): Promise<{ recoveryPoint: string } | { at: string; reason: string }> {
      const { BackupRetentionPeriod, LatestRestorableTime } = await describeDatabase(
        clientsOf(plan),
        plan.source.identifier,
      );
      if (!BackupRetentionPeriod || !LatestRestorableTime)
        return { at: now(), reason: "automated backups were switched off: nothing can be restored" };
      // RDS restores to whole seconds.
      const latest = new Date(Math.floor(LatestRestorableTime.getTime() / 1000) * 1000).toISOString();
      return { recoveryPoint: plan.recoveryTarget ?? latest };
    },
    restore: (plan: EnvironmentRefreshPlan, restoreTime: string, signal: AbortSignal) =>
      steps.restoreFrom(plan, { resourceId: plan.source.resourceId, restoreTime }, signal),
    requireIsolation: steps.requireIsolation,
    adopt: steps.adopt,
    removeThrowaway: steps.removeThrowaway,
    proveGone: steps.proveGone,

    ...copySteps(s, { clientsOf, throwawayLogin, targetLogin }),

    ...targetSteps(s, { clientsOf, targetLogin, team }),
    changes: team.changes,
    programFor: (target: TargetDatabase) => settledProgram(s, target),
  };
}

const named = (problems: { place: string; reason: string }[]): string =>
  shortened(problems.map(({ place, reason }) => `${place}: ${reason}`));

async function declarations(
  { stacks }: Pick<OperationContext, "stacks">,
  identifier: string,
): Promise<DeclaredDatabase[]> {
  const answer = await askBackend(stacks);
  if (!answer.asked)
    throw new ShipshapeError("refresh-source-undeclared", {
      identifier,
      reason: `the stacks could not be read: ${answer.reason}`,
    });
  return answer.stacks.flatMap(({ databases }) => databases);
}

const targetOf = (instance: DBInstance): TargetDatabase =>
  targetDatabase({
    identifier: instance.DBInstanceIdentifier ?? "",
    resourceId: instance.DbiResourceId ?? "",
    arn: instance.DBInstanceArn ?? "",
  });

const now = () => new Date().toISOString();
