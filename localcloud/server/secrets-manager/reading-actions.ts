import { type Action, type Call, action } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import { find, findActive, named } from "./access";
import { inputs } from "./inputs";
import { matchingSecrets, pageOf, selectSecrets } from "./list-secrets";
import { randomPassword } from "./random-password";
import { pickVersion } from "./versions";
import { description, listEntry, valueView, versionEntry } from "./views";

/** The actions that read secrets and change none. */
export const readingActions: Action[] = [
  action({
    name: "DescribeSecret",
    input: inputs.byId,
    run: (input, call) => description(find(input.SecretId, call)),
  }),
  action({
    name: "GetSecretValue",
    input: inputs.getSecretValue,
    run: (input, call) => valueOf(input.SecretId, call, input.VersionId, input.VersionStage),
  }),
  action({
    name: "BatchGetSecretValue",
    input: inputs.batchGetSecretValue,
    run(input, call) {
      if ((input.SecretIdList === undefined) === (input.Filters === undefined))
        throw new AwsError("InvalidParameterException", "You must include Filters or SecretIdList, but not both.");
      if (input.SecretIdList !== undefined) return valuesOf(input.SecretIdList, call);
      const here = call.cloud.secrets.list().filter((secret) => secret.region === call.region && !secret.deletion);
      const page = pageOf(
        matchingSecrets(here, input.Filters!),
        { MaxResults: input.MaxResults ?? 20, NextToken: input.NextToken },
        "InvalidNextTokenException",
      );
      const ids = page.items.map((secret) => secret.arn);
      return { ...valuesOf(ids, call), NextToken: page.next };
    },
  }),
  action({
    name: "GetRandomPassword",
    input: inputs.getRandomPassword,
    run: (input) => ({ RandomPassword: randomPassword(input) }),
  }),
  action({
    name: "ListSecrets",
    input: inputs.listSecrets,
    run(input, { cloud, region }) {
      const here = cloud.secrets.list().filter((secret) => secret.region === region);
      const page = pageOf(selectSecrets(here, input), input, "InvalidNextTokenException");
      return { SecretList: page.items.map(listEntry), NextToken: page.next };
    },
  }),
  action({
    name: "ListSecretVersionIds",
    input: inputs.listSecretVersionIds,
    run(input, call) {
      const secret = find(input.SecretId, call);
      const versions = secret.versions.filter((version) => input.IncludeDeprecated || version.stages.length > 0);
      const page = pageOf(versions, input, "InvalidNextTokenException");
      return {
        ...named(secret),
        Versions: page.items.map((version) => versionEntry(secret, version)),
        NextToken: page.next,
      };
    },
  }),
  action({
    name: "GetResourcePolicy",
    input: inputs.byId,
    run(input, call) {
      const secret = findActive(input.SecretId, call);
      return { ...named(secret), ResourcePolicy: call.cloud.recorded.secretPolicy(secret.arn) };
    },
  }),
];

function valueOf(id: string, call: Call, versionId?: string, stage?: string): object {
  const secret = findActive(id, call);
  const version = pickVersion(secret, versionId, stage);
  call.cloud.secrets.touch(secret);
  return valueView(secret, version);
}

/** Each separately: one that cannot be read is reported along with the others. */
function valuesOf(ids: string[], call: Call): { SecretValues: object[]; Errors: object[] } {
  const SecretValues: object[] = [];
  const Errors: object[] = [];
  for (const id of ids) {
    try {
      SecretValues.push(valueOf(id, call));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues, Errors };
}
