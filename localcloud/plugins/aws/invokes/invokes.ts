import type { ProviderDefinition } from "../../adapter/resource";
import type { AwsConfig } from "../configuration";

export type Invokes = NonNullable<ProviderDefinition<AwsConfig>["invokes"]>;
