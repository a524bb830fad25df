import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
  DatabasePlatform,
  parseInput,
  programRegion,
  programStandard,
  platformRequestOf,
  text,
  type Standard,
} from "../components";

/** Config `shipshape:platform`: DatabasePlatform's arguments, and `shipshape:network`: the databases' network. */
const platformConfigOf = (standard: Standard) =>
  z.strictObject({
    platform: platformRequestOf(standard, programRegion()),
    network: z.strictObject(
      {
        vpcId: text("the VPC's id").regex(/^vpc-[0-9a-f]+$/, {
          error: () => "give a VPC id, such as vpc-0a1b2c3d4e5f60001",
        }),
        subnetIds: z
          .array(
            text("a subnet's id").regex(/^subnet-[0-9a-f]+$/, {
              error: () => "give a subnet id, such as subnet-0a1b2c3d4e5f60001",
            }),
            {
              error: () => "is missing",
            },
          )
          .min(2, { error: () => "give private subnets in at least two zones" }),
        /** Security groups of the control plane's workers: only they can reach restored throwaways. @default [] */
        workerSecurityGroupIds: z
          .array(
            text("a security group's id").regex(/^sg-[0-9a-f]+$/, {
              error: () => "give a security group id, such as sg-0a1b2c3d4e5f60001",
            }),
          )
          .default([]),
      },
      { error: () => "give {vpcId, subnetIds}" },
    ),
  });

/** What the databases of a Region share. The outputs are what `stacks/database.ts` reads. */
export function platform(): Record<string, unknown> {
  const config = new pulumi.Config("shipshape");
  const { platform: request, network } = parseInput(
    platformConfigOf(programStandard()),
    { platform: config.getObject("platform") ?? {}, network: config.getObject("network") },
    `config of stack ${pulumi.getStack()}`,
  );
  const resources = new DatabasePlatform("platform", { ...request, ...network });
  const {
    vpcId,
    keyArn,
    topicArn,
    monitoringRoleArn,
    subnetGroupName,
    parameterGroupNames,
    backupVaultName,
    isolationSecurityGroupId,
  } = resources;
  return {
    vpcId,
    keyArn,
    topicArn,
    monitoringRoleArn,
    subnetGroupName,
    parameterGroupNames,
    backupVaultName,
    isolationSecurityGroupId,
  };
}
