/** The look at a source whose backups are restored so that its rows can be read: what is not to be read is refused. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../../errors";
import type { DeclaredDatabase } from "../../fleet-records";
import { askBackend } from "../../runner/backend-stacks";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { describeDatabase, requireServing, tagsOf } from "../../targets/database-login";
import { locate } from "../../targets/locations";
import { isolationNear, requireWithinBackups } from "../isolation";
import type { OperationContext } from "../operation-context";
import type { DeclaredShape } from "./declared-shape";
import { declaredSource } from "./ownership";
import type { ObservedCopySource } from "./plan";
import { targetOf } from "../../targets/database-instance";

export interface SourceLook {
  clients: AwsClients;
  platformStack: string;
  isolation: Awaited<ReturnType<typeof isolationNear>>;
  declared: DeclaredDatabase[];
  /** All but what only its own catalog says. */
  source: Omit<ObservedCopySource, "schemaDigest">;
}

interface Asked {
  database: string;
  account?: string | undefined;
  region?: string | undefined;
  at?: string | undefined;
}

/**
 * Errors: refresh-source-elsewhere, refresh-source-unrestorable, refresh-source-undeclared, refresh-source-uncertain,
 * recovery-target-outside, platform-missing, platform-elsewhere.
 */
export async function lookAtSource(s: OperationContext, asked: Asked): Promise<SourceLook> {
  const { database: identifier, at } = asked;
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
  return { clients, platformStack, isolation, declared, source: sourceOf(instance, shape) };
}

/** The latest moment that the backups of a source reach, in whole seconds, as RDS restores. */
export async function latestMoment(
  clients: AwsClients,
  identifier: string,
): Promise<{ latest: string } | { at: string; reason: string }> {
  const { BackupRetentionPeriod, LatestRestorableTime } = await describeDatabase(clients, identifier);
  if (!BackupRetentionPeriod || !LatestRestorableTime)
    return {
      at: new Date().toISOString(),
      reason: "automated backups were switched off: nothing can be restored",
    };
  return { latest: new Date(Math.floor(LatestRestorableTime.getTime() / 1000) * 1000).toISOString() };
}

const sourceOf = (instance: DBInstance, shape: DeclaredShape): SourceLook["source"] => ({
  identifier: instance.DBInstanceIdentifier ?? "",
  arn: instance.DBInstanceArn ?? "",
  resourceId: instance.DbiResourceId ?? "",
  databaseName: instance.DBName ?? "postgres",
  engineVersion: instance.EngineVersion ?? "",
  instanceClass: instance.DBInstanceClass ?? "",
  parameterGroupName: instance.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
  subnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName ?? "",
  keyArn: instance.KmsKeyId,
  engineLifecycleSupport: instance.EngineLifecycleSupport ?? "open-source-rds-extended-support-disabled",
  tags: tagsOf(instance),
  shape,
});

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
