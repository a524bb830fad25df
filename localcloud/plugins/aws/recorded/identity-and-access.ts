import { autoname } from "../generated-names";
import {
  between,
  computed,
  createOnly,
  document,
  flag,
  named,
  objectSet,
  output,
  required,
  tagged,
  text,
  textSet,
  whole,
  withDefault,
} from "../property-kinds";
import { recorded } from "./recorded-type";

/** IAM is global: no `region` here. */

export const role = recorded({
  noun: "IAM Role",
  autoname: autoname(64),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    assumeRolePolicy: required(document),
    createDate: output(text),
    description: text,
    forceDetachPolicies: flag,
    inlinePolicies: computed(objectSet({ name: text, policy: document })),
    managedPolicyArns: computed(textSet),
    maxSessionDuration: between(withDefault(whole, 3_600), 3_600, 43_200),
    path: createOnly(withDefault(text, "/")),
    permissionsBoundary: text,
    uniqueId: output(text),
  },
});

export const rolePolicy = recorded({
  noun: "IAM Role Policy",
  autoname: autoname(128),
  properties: { ...named, policy: required(document), role: createOnly(required(text)) },
});

export const rolePolicyAttachment = recorded({
  noun: "IAM Role Policy Attachment",
  properties: { policyArn: createOnly(required(text)), role: createOnly(required(text)) },
});

export const policy = recorded({
  noun: "IAM Policy",
  autoname: autoname(128),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    attachmentCount: output(whole),
    delayAfterPolicyCreationInMs: whole,
    description: createOnly(text),
    path: createOnly(withDefault(text, "/")),
    policy: required(document),
    policyId: output(text),
  },
});
