/**
 * The only file of this plugin that reads the environment: what `shipshape local env` prints, or what an operator sets
 * by hand.
 */
export interface Environment {
  endpoint?: string | undefined;
  region?: string | undefined;
  accessKey?: string | undefined;
  secretKey?: string | undefined;
  sessionToken?: string | undefined;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    endpoint: variables.AWS_ENDPOINT_URL,
    region: variables.AWS_REGION ?? variables.AWS_DEFAULT_REGION,
    accessKey: variables.AWS_ACCESS_KEY_ID,
    secretKey: variables.AWS_SECRET_ACCESS_KEY,
    sessionToken: variables.AWS_SESSION_TOKEN,
  };
}

/**
 * On Node 20 the SDK warns on stderr that it will require a newer one in 2027; the engine would show that at every
 * operation.
 */
export function silenceSdkWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
}
