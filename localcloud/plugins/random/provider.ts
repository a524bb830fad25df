import type { ProviderDefinition } from "../adapter";
import { randomId } from "./random-id";
import { randomPassword, randomString } from "./random-string";
import { randomUuid } from "./random-uuid";

/** Values that are generated once and kept in state only: no login, no configuration. */
export const provider: ProviderDefinition<undefined> = {
  name: "random",
  version: "4.21.2",
  settings: {},
  configure: async () => undefined,
  resources: {
    "random:index/randomPassword:RandomPassword": randomPassword,
    "random:index/randomString:RandomString": randomString,
    "random:index/randomId:RandomId": randomId,
    "random:index/randomUuid:RandomUuid": randomUuid,
  },
};
