import type * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import type { AccessRoles } from "./access-roles";
import { handOver, handOverProblem, type HandedOverDatabase, type HandOver, type HandOverTarget } from "./hand-over";
import type { StandardShape } from "./standard-shape";
import type { RoleName } from "./standards/names";

/** What a database can hand over, known once its logins can be used: what starts with it then connects at once. */
export function handedOver(
  instance: rds.Instance,
  shape: StandardShape,
  access: AccessRoles | undefined,
  keyArn: pulumi.Input<string>,
): pulumi.Output<HandedOverDatabase> {
  const logins = Object.entries(access?.logins ?? {}).map(([role, { username, secretArn }]) => {
    const name = shape.roles[role as RoleName].secretName;
    return [role, secretArn && name ? { username, secret: { arn: secretArn, name } } : { username }];
  });
  const database = {
    identifier: shape.identifier,
    arn: instance.arn,
    resourceId: instance.resourceId,
    address: instance.address,
    port: instance.port,
    databaseName: shape.databaseName,
    keyArn,
    logins: Object.fromEntries(logins) as Record<string, { username: string }>,
  };
  const usable = pulumi.all((access?.leaves ?? []).map(({ urn }) => urn));
  return pulumi.all([pulumi.output(database), usable]).apply(([known]) => known);
}

/** @throws pulumi.RunError */
export function handOverAs<Target extends HandOverTarget>(
  target: Target,
  role: RoleName,
  database: pulumi.Output<HandedOverDatabase>,
  { identifier, roles }: StandardShape,
  known: RoleName[],
): pulumi.Output<HandOver[Target]> {
  const logins = Object.fromEntries(known.map((one) => [one, { secret: roles[one].secretName }]));
  const problem = handOverProblem(target, role, { logins });
  if (problem) throw new pulumi.RunError(`handOver of ${identifier}: ${problem}`);
  return database.apply((resolved) => handOver(target, role, resolved));
}
