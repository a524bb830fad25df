import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Invokes } from "./invokes";

/** The account, the Region and what is derived from its name. */
export const identityInvokes: Invokes = {
  "aws:index/getCallerIdentity:getCallerIdentity": async (_args, { config }) => {
    const { Account, Arn, UserId } = await config.sts().send(new GetCallerIdentityCommand({}));
    return { accountId: Account, arn: Arn, id: Account, userId: UserId };
  },

  "aws:index/getRegion:getRegion": async (args, { config }) => {
    const region = args.region ?? args.name ?? config.region;
    return { description: region, endpoint: `ec2.${region}.amazonaws.com`, id: region, name: region, region };
  },

  "aws:index/getPartition:getPartition": async () => ({
    dnsSuffix: "amazonaws.com",
    id: "aws",
    partition: "aws",
    reverseDnsPrefix: "com.amazonaws",
  }),

  "aws:index/getDefaultTags:getDefaultTags": async (_args, { config }) => ({ id: "aws", tags: config.defaultTags }),

  /** Three zones, where the default network has its subnets. */
  "aws:index/getAvailabilityZones:getAvailabilityZones": async (args, { config }) => {
    const region = args.region ?? config.region;
    const excluded: string[] = args.excludeNames ?? [];
    const zones = ["a", "b", "c"].filter((zone) => !excluded.includes(`${region}${zone}`));
    return {
      ...args,
      groupNames: [region],
      id: region,
      names: zones.map((zone) => `${region}${zone}`),
      region,
      zoneIds: zones.map((zone) => `${shortName(region)}-az${zone.charCodeAt(0) - 96}`),
    };
  },
};

/** `eu-central-1` → `euc1`, as in AWS's zone ids. */
const shortName = (region: string): string => region.replace(/^(\w+)-(\w)\w*-(\d+)$/, "$1$2$3");
