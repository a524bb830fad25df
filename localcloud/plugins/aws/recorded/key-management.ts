import type { Property } from "../../adapter/resource";
import { autoname } from "../generated-names";
import {
  between,
  computed,
  createOnly,
  document,
  flag,
  named,
  output,
  region,
  required,
  tagged,
  text,
  whole,
  withDefault,
} from "../property-kinds";
import { recorded } from "./recorded-type";

export const key = recorded({
  noun: "KMS Key",
  properties: {
    ...tagged,
    arn: output(text),
    bypassPolicyLockoutSafetyCheck: flag,
    customKeyStoreId: createOnly(text),
    customerMasterKeySpec: createOnly(withDefault(text, "SYMMETRIC_DEFAULT")),
    deletionWindowInDays: between(whole, 7, 30),
    description: computed(text),
    enableKeyRotation: flag,
    isEnabled: withDefault(flag, true),
    keyId: output(text),
    keyUsage: createOnly(withDefault(text, "ENCRYPT_DECRYPT")),
    multiRegion: createOnly(computed(flag)),
    policy: computed(document),
    region,
    rotationPeriodInDays: between(computed(whole), 90, 2560),
    xksKeyId: createOnly(text),
  },
});

/** A key's ARN and its id name the same key. */
const sameKey: Property["equal"] = (old: string, wanted: string) => old.split("/").pop() === wanted.split("/").pop();

export const alias = recorded({
  noun: "KMS Alias",
  autoname: autoname(256, (name) => `alias/${name}`),
  properties: {
    ...named,
    arn: output(text),
    region,
    targetKeyArn: output(text),
    targetKeyId: { ...required(text), equal: sameKey },
  },
  check: ({ name }) =>
    typeof name === "string" && !/^alias\/[\w/-]+$/.test(name)
      ? [
          {
            property: "name",
            reason: `"name" (${name}) must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]`,
          },
        ]
      : [],
});
