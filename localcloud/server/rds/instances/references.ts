import { AwsError } from "../../wire/aws-error";
import type { Call } from "../../wire/action";
import { SECURITY_GROUP } from "../../recorded/types/network";
import { majorOf } from "./engine-versions";

/**
 * The resources that an instance's settings name; they must exist, and are looked up when RDS would, during the call.
 */

/** @returns the key's ARN, whichever way the key was named */
export function keyArn(call: Call, named: string): string {
  const arn = call.cloud.recorded.recordSet.keyArn(named, call.region);
  if (arn === undefined)
    throw new AwsError(
      "KMSKeyNotAccessibleFault",
      `the specified KMS key [${named}] does not exist, is not enabled or you do not have permissions to access it`,
    );
  return arn;
}

export function securityGroups(call: Call, ids: string[], vpcId: string): string[] {
  for (const id of ids) {
    const group = call.cloud.recorded.recordSet.find(SECURITY_GROUP, id, call.region);
    if (!group) throw new AwsError("InvalidParameterValue", `invalid security group, groupId= ${id}, groupName=.`);
    if (group.properties.vpcId !== vpcId) {
      throw new AwsError(
        "InvalidVPCNetworkStateFault",
        `the DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpcId} and the EC2 security group ${id} is in ${String(group.properties.vpcId)}`,
      );
    }
  }
  return ids;
}

export function monitoringRole(call: Call, arn: string): string {
  if (!call.cloud.recorded.recordSet.find("aws:iam/role:Role", arn)) {
    throw new AwsError(
      "InvalidParameterValue",
      `IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING (${arn})`,
    );
  }
  return arn;
}

/** @throws AwsError InvalidParameterCombination when the group is of another family than the engine version */
export function parameterGroup(call: Call, name: string, engineVersion: string): string {
  const group = call.cloud.parameterGroups.get(call.region, name);
  const family = `postgres${majorOf(engineVersion)}`;
  if (group.family !== family) {
    throw new AwsError(
      "InvalidParameterCombination",
      `the parameter group ${name} with DBParameterGroupFamily ${group.family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${family}`,
    );
  }
  return group.name;
}
