/** Pure: the restore request to RDS, and what the adopting stack declares. */
import type { RestoredDatabaseArgs } from "../../../stacks/restored-database";
import type { ThrowawayRequest } from "../../targets/database-instance";
import type { ObservedSource, RestoreDrillPlan } from "./plan";

/** `restoreTime` is null for a snapshot. */
export const requestOf = (
  { source, throwaway, drilled }: RestoreDrillPlan,
  restoreTime: string | null,
): ThrowawayRequest => ({
  ...inheritedSettings(source),
  identifier: throwaway.identifier,
  instanceClass: throwaway.instanceClass,
  securityGroupIds: throwaway.securityGroupIds,
  tags: throwaway.tags,
  from:
    drilled.to === "snapshot"
      ? { snapshot: drilled.snapshot.identifier }
      : { resourceId: source.resourceId, restoreTime: restoreTime! },
});

export const argumentsOf = (
  { source, throwaway }: RestoreDrillPlan,
  importId: string | undefined,
): RestoredDatabaseArgs => ({
  ...inheritedSettings(source),
  identifier: throwaway.identifier,
  instanceClass: throwaway.instanceClass,
  securityGroupIds: throwaway.securityGroupIds,
  tags: throwaway.tags,
  keyArn: source.keyArn,
  importId,
});

const inheritedSettings = ({ parameterGroupName, subnetGroupName, engineLifecycleSupport }: ObservedSource) => ({
  parameterGroupName,
  subnetGroupName,
  engineLifecycleSupport,
});
