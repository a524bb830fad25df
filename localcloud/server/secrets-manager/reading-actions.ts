import { type Action, action } from "../action";
import { find, findStanding, named } from "./access";
import { inputs } from "./inputs";
import { pageOf, selectSecrets } from "./list-secrets";
import { pickVersion } from "./versions";
import { description, listEntry, valueView, versionEntry } from "./views";

/** What tells of secrets and changes none. */
export const readingActions: Action[] = [
  action({
    name: "DescribeSecret",
    input: inputs.byId,
    run: (input, call) => description(find(input.SecretId, call)),
  }),
  action({
    name: "GetSecretValue",
    input: inputs.getSecretValue,
    run(input, call) {
      const secret = findStanding(input.SecretId, call);
      const version = pickVersion(secret, input.VersionId, input.VersionStage);
      call.cloud.secrets.touch(secret);
      return valueView(secret, version);
    },
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
      return { ...named(secret), Versions: page.items.map((version) => versionEntry(secret, version)), NextToken: page.next };
    },
  }),
  action({
    name: "GetResourcePolicy",
    input: inputs.byId,
    run(input, call) {
      const secret = findStanding(input.SecretId, call);
      return { ...named(secret), ResourcePolicy: call.cloud.recorded.secretPolicy(secret.arn) };
    },
  }),
];
