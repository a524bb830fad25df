/** Pure: the restore request to RDS, and what the adopting stack declares; both only from the plan. */
import type { RestoredDatabaseArgs } from "../../../stacks/restored-database";
import type { ThrowawayRequest } from "../../targets/database-instance";
import type { ObservedSource, RestoreDrillPlan } from "./plan";

export const requestOf = ({ source, throwaway }: RestoreDrillPlan, restoreTime: string): ThrowawayRequest => ({
  ...inheritedSettings(source),
  identifier: throwaway.identifier,
  instanceClass: throwaway.instanceClass,
  securityGroupIds: throwaway.securityGroupIds,
  tags: throwaway.tags,
  sourceResourceId: source.resourceId,
  restoreTime,
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
