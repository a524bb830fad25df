import type { ResourceType } from "../../adapter/resource";
import type { AwsConfig } from "../configuration";
import { plan, selection, vault, vaultLockConfiguration, vaultPolicy } from "./backup";
import { policy, role, rolePolicy, rolePolicyAttachment } from "./identity-and-access";
import { alias, key } from "./key-management";
import { logGroup, metricAlarm } from "./monitoring";
import { securityGroup, subnet, vpc } from "./network";
import { topic, topicPolicy } from "./notification";
import { secretPolicy } from "./secret-policy";

export const recordedTypes: Record<string, ResourceType<AwsConfig>> = {
  "aws:backup/plan:Plan": plan,
  "aws:backup/selection:Selection": selection,
  "aws:backup/vault:Vault": vault,
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": vaultLockConfiguration,
  "aws:backup/vaultPolicy:VaultPolicy": vaultPolicy,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/subnet:Subnet": subnet,
  "aws:ec2/vpc:Vpc": vpc,
  "aws:iam/policy:Policy": policy,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:kms/alias:Alias": alias,
  "aws:kms/key:Key": key,
  "aws:secretsmanager/secretPolicy:SecretPolicy": secretPolicy,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
};
