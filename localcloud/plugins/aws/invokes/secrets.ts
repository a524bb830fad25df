import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  paginateListSecretVersionIds,
  type ListSecretVersionIdsCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { secret } from "../../adapter/wire";
import { attempt } from "../aws-error";
import { tagsFromList } from "../tags";
import type { Invokes } from "./invokes";

const CURRENT = "AWSCURRENT";

export const secretInvokes: Invokes = {
  "aws:secretsmanager/getSecretVersion:getSecretVersion": async (args, { config }) => {
    const region = args.region ?? config.region;
    const stage: string = args.versionStage ?? CURRENT;
    const request = {
      SecretId: args.secretId,
      ...(args.versionId ? { VersionId: args.versionId } : { VersionStage: stage }),
    };
    const value = await attempt(`reading Secrets Manager Secret Version (${args.secretId})`, () =>
      config.secretsManager(region).send(new GetSecretValueCommand(request)),
    );
    return {
      arn: value.ARN,
      createdDate: value.CreatedDate?.toISOString(),
      id: `${args.secretId}|${args.versionId ?? stage}`,
      region,
      secretArn: value.ARN,
      secretBinary: secret(value.SecretBinary ? Buffer.from(value.SecretBinary).toString("base64") : ""),
      secretId: args.secretId,
      secretString: secret(value.SecretString ?? ""),
      versionId: value.VersionId,
      versionStage: stage,
      versionStages: value.VersionStages ?? [],
    };
  },

  "aws:secretsmanager/getSecretVersions:getSecretVersions": async (args, { config }) => {
    const region = args.region ?? config.region;
    const SecretId: string = args.secretId;
    const request = { SecretId, IncludeDeprecated: args.includeDeprecated ?? false };
    const found: ListSecretVersionIdsCommandOutput[] = [];
    await attempt(`reading Secrets Manager Secret Versions (${SecretId})`, async () => {
      for await (const page of paginateListSecretVersionIds({ client: config.secretsManager(region) }, request))
        found.push(page);
    });
    // A secret without versions yields no ARN or name, as upstream.
    const named = found.find((page) => page.Versions?.length);
    return {
      arn: named?.ARN,
      id: SecretId,
      includeDeprecated: args.includeDeprecated,
      name: named?.Name,
      region,
      secretId: SecretId,
      versions: found
        .flatMap((page) => page.Versions ?? [])
        .map((version) => ({
          createdTime: version.CreatedDate?.toISOString(),
          lastAccessedDate: version.LastAccessedDate?.toISOString(),
          versionId: version.VersionId,
          versionStages: version.VersionStages ?? [],
        })),
    };
  },

  "aws:secretsmanager/getSecret:getSecret": async (args, { config }) => {
    const region = args.region ?? config.region;
    const SecretId: string | undefined = args.arn ?? args.name;
    if (!SecretId) throw new Error("reading Secrets Manager Secret: one of arn, name must be given");
    const client = config.secretsManager(region);
    const live = await attempt(`reading Secrets Manager Secret (${SecretId})`, () =>
      client.send(new DescribeSecretCommand({ SecretId })),
    );
    const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand({ SecretId }));
    return {
      arn: live.ARN,
      createdDate: live.CreatedDate?.toISOString(),
      description: live.Description ?? "",
      id: live.ARN,
      kmsKeyId: live.KmsKeyId ?? "",
      lastChangedDate: live.LastChangedDate?.toISOString(),
      name: live.Name,
      policy: ResourcePolicy ?? "",
      region,
      tags: tagsFromList(live.Tags),
      type: "",
    };
  },
};
