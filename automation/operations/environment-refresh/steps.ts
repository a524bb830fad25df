/** The effects of a refresh besides those in the copy itself: each one action, safe to repeat. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { basename } from "node:path";
import { ShipshapeError } from "../../errors";
import { identityOf, targetDatabase, type DeclaredDatabase, type TargetDatabase } from "../../fleet-records";
import { profileDigest } from "../../masking/profile";
import { schemaDigest } from "../../masking/schema-facts";
import { poll } from "../../poll";
import type { CleanUpReport } from "../../records";
import { askBackend } from "../../runner/backend-stacks";
import { stackExists } from "../../runner/stack-state";
import { awsClients } from "../../targets/aws-access";
import { deleteDatabase, findDatabase, isInFlight } from "../../targets/database-instance";
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
import { copyMark, dropHiddenDatabase, isHandedOver } from "../../targets/masked-copy/target-database";
import { loginsFound } from "../../targets/role-logins";
import { readSchemaFacts } from "../../targets/schema-facts";
import { rolesOf } from "../../../components/standards/standard";
import { isolatedCopySteps } from "../isolated-copy";
import { cloudPause, isolationNear, requireWithinBackups } from "../isolation";
import type { OperationContext } from "../operation-context";
import { copySteps } from "./copy-steps";
import { coverageProblems } from "./coverage";
import { problemsNamedMax, stagingLifeHours } from "./limits";
import {
  copyIdentifier,
  copyStack,
  environmentOf,
  stagingNames,
  type DeclaredShape,
  type EnvironmentRefreshPlan,
  type ObservedRefresh,
} from "./plan";
import { readProfile } from "./profile";
import type { EnvironmentRefreshRequest } from "./request";

export type EnvironmentRefreshSteps = ReturnType<typeof environmentRefreshSteps>;

export function environmentRefreshSteps(s: OperationContext) {
  const { clientsOf, loginTo, throwawayLogin, steps } = isolatedCopySteps(s, stagingNames);
  const { rootCertificateFile } = s.access;
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
      const shape = shapeOf(declared, instance);
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
      const target = copyIdentifier(shape, environment, s.standard);
      const found = await findDatabase(clients, target);
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
        },
        existing: found ? ownTarget(found, declared) : null,
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

    /** The StandardDatabase that gets the copy, with roles and passwords of its own. */
    async bringTargetUp(plan: EnvironmentRefreshPlan, signal: AbortSignal): Promise<TargetDatabase> {
      const { bringUp } = await import("../../runner/pulumi-stack");
      const { refreshedDatabase } = await import("../../../stacks/refreshed-database");
      const program = (adopted: ReadonlyMap<string, string>) => () =>
        Promise.resolve(refreshedDatabase(plan.copy.arguments, s.standard, adopted));
      await bringUp(s.stacks, { ...stackOf(plan), program }, signal);
      const found = await describeDatabase(clientsOf(plan), plan.copy.identifier);
      return targetDatabase({
        identifier: plan.copy.identifier,
        resourceId: found.DbiResourceId ?? "",
        arn: found.DBInstanceArn ?? "",
      });
    },

    ...copySteps(s, { clientsOf, throwawayLogin, targetLogin }),

    /** Of a copy that is handed over, only what is left of the database before it. */
    async removeUnfinished(
      plan: EnvironmentRefreshPlan,
      requestId: string,
      signal: AbortSignal,
    ): Promise<CleanUpReport["removed"]> {
      const { identifier, existing, names, stack } = plan.copy;
      const found = await settledTarget(plan, signal);
      const resourceId = found?.DbiResourceId ?? "";
      if (found && existing && resourceId !== existing.resourceId)
        throw new ShipshapeError("refresh-target-replaced", { target: identifier, id: requestId });
      if (found && (existing || found.MasterUserSecret)) {
        const login = await targetLogin(plan, resourceId, "postgres");
        const isDone = await inCopySession(login, { rootCertificateFile }, "the look at the target", async (client) => {
          await dropHiddenDatabase(client, names);
          return isHandedOver(client, names, copyMark(requestId));
        });
        const hidden = { kind: "database of an unfinished copy", identifier: names.hidden };
        const gone = [{ ...hidden, provenGoneBy: `dropped at ${now()}` }];
        if (isDone) return [];
        if (existing) return gone;
      }
      if (existing) return [];
      // It was made by this run, and nobody has it.
      if (found && tagsOf(found)["shipshape:copy-request"] !== requestId)
        throw new ShipshapeError("refresh-target-replaced", { target: identifier, id: requestId });
      const { removeStack } = await import("../../runner/pulumi-stack");
      const isThere = found !== undefined || (await stackExists(s.stacks, stack));
      await removeStack(s.stacks, stackOf(plan), signal);
      const left = await findDatabase(clientsOf(plan), identifier);
      if (left && left.DBInstanceStatus !== "deleting") await deleteDatabase(clientsOf(plan), identifier);
      if (await settledTarget(plan, signal)) throw new ShipshapeError("throwaway-left", { id: requestId, identifier });
      if (!isThere) return [];
      return [{ kind: "target", identifier, provenGoneBy: `DescribeDBInstances: DBInstanceNotFound at ${now()}` }];
    },
  };

  function stackOf(plan: EnvironmentRefreshPlan) {
    const { stack, secretsProvider, identifier } = plan.copy;
    return {
      stackName: stack,
      secretsProvider: secretsProvider ?? undefined,
      settleCloud: async (signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
        const found = await settledTarget(plan, signal);
        if (!found?.DbiResourceId) return new Map();
        const roles = await rolesThere(plan, found);
        return new Map([[identifier, found.DbiResourceId], ...roles.map((role): [string, string] => [role, role])]);
      },
    };
  }

  /** Those that an interrupted `up` may have created. */
  async function rolesThere(plan: EnvironmentRefreshPlan, { DbiResourceId = "", MasterUserSecret }: DBInstance) {
    if (!MasterUserSecret) return [];
    const login = await targetLogin(plan, DbiResourceId, "postgres");
    const names = rolesOf(s.standard);
    return inCopySession(login, { rootCertificateFile }, "the look at the target", async (client) =>
      (await loginsFound(client, names)).map(({ user }) => user),
    );
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

const named = (problems: { place: string; reason: string }[]): string => {
  const shown = problems.slice(0, problemsNamedMax).map(({ place, reason }) => `${place}: ${reason}`);
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
};

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

function shapeOf(declared: DeclaredDatabase[], instance: DBInstance): DeclaredShape {
  const [one] = declared.filter((other) => identityOf(other) === identityOf(targetOf(instance)));
  const shape = one?.decided?.shape as DeclaredShape | undefined;
  if (!shape)
    throw new ShipshapeError("refresh-source-undeclared", {
      identifier: instance.DBInstanceIdentifier ?? "",
      reason: one ? `${one.stack} has no StandardDatabase that says it` : "none that could be read has it",
    });
  const { service, size, databaseName, schemaName, furtherSchemas, extensions, postgresMajor } = shape;
  return { service, size, databaseName, schemaName, furtherSchemas, extensions, postgresMajor };
}

/** What else has that name is left alone. */
function ownTarget(found: DBInstance, declared: DeclaredDatabase[]): TargetDatabase {
  const target = targetOf(found);
  const isOurs = declared.some(
    (one) => identityOf(one) === identityOf(target) && basename(one.stack) === copyStack(target.identifier),
  );
  if (!isOurs) throw new ShipshapeError("refresh-target-taken", { target: target.identifier });
  return target;
}

const now = () => new Date().toISOString();
