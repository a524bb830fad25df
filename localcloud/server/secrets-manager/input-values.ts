import { AwsError } from "../wire/aws-error";
import type { SecretValue } from "./secret";

/** The value in an input, if there is one. */
export function valueIn(input: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretValue | undefined {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined)
    throw new AwsError(
      "InvalidParameterException",
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  if (input.SecretString !== undefined) return { string: input.SecretString };
  return input.SecretBinary === undefined ? undefined : { binary: input.SecretBinary };
}

/** AWS reserves these: callers can neither set nor remove them. */
export const isAwsTag = (key: string): boolean => key.toLowerCase().startsWith("aws:");

export function tagRecord(tags: { Key: string; Value: string }[]): Record<string, string> {
  const reserved = tags.find((tag) => isAwsTag(tag.Key));
  if (reserved)
    throw new AwsError("InvalidParameterException", `the tag key ${reserved.Key} starts with aws:, which is reserved`);
  return Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));
}
