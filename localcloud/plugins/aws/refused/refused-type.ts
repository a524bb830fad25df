import type { Properties, ResourceType } from "../../adapter/resource";
import type { AwsConfig } from "../configuration";

/**
 * A type that guardrails judge but that is not implemented here. A preview accepts it, so that rules can be tried on a
 * program that uses it; creating it fails, as a pretended success would be worse.
 */
export function refused(properties: Properties): ResourceType<AwsConfig> {
  const refuse = (token: string): never => {
    throw new Error(
      `${token} has no embedded counterpart: a preview may judge it, but it cannot be created, read or imported here`,
    );
  };
  return {
    properties,
    create: async (_inputs, { token }) => refuse(token),
    read: async (_id, _known, { token }) => refuse(token),
    update: async (_id, _old, _wanted, { token }) => refuse(token),
    delete: async () => undefined,
  };
}
