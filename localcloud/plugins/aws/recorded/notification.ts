import type { Properties } from "../../adapter/resource";
import { autoname } from "../generated-names";
import {
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
} from "../property-kinds";
import { recorded } from "./recorded-type";

/** Five kinds of subscriber, each with where its deliveries are logged. */
const feedback: Properties = Object.fromEntries(
  ["application", "firehose", "http", "lambda", "sqs"].flatMap((kind) => [
    [`${kind}FailureFeedbackRoleArn`, text],
    [`${kind}SuccessFeedbackRoleArn`, text],
    [`${kind}SuccessFeedbackSampleRate`, whole],
  ]),
);

export const topic = recorded({
  noun: "SNS Topic",
  autoname: autoname(256),
  properties: {
    ...named,
    ...tagged,
    ...feedback,
    archivePolicy: document,
    arn: output(text),
    beginningArchiveTime: output(text),
    contentBasedDeduplication: flag,
    deliveryPolicy: document,
    displayName: text,
    fifoThroughputScope: computed(text),
    fifoTopic: createOnly(flag),
    kmsMasterKeyId: text,
    owner: output(text),
    policy: computed(document),
    region,
    signatureVersion: computed(whole),
    tracingConfig: computed(text),
  },
});

export const topicPolicy = recorded({
  noun: "SNS Topic Policy",
  properties: { arn: createOnly(required(text)), owner: output(text), policy: required(document), region },
});
