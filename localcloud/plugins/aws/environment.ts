/** The only reader of the environment in this plugin: what `shipshape local env` prints, or what an operator sets by hand. */
export interface Environment {
  endpoint?: string | undefined;
  region?: string | undefined;
  accessKey?: string | undefined;
  secretKey?: string | undefined;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    endpoint: variables.AWS_ENDPOINT_URL,
    region: variables.AWS_REGION ?? variables.AWS_DEFAULT_REGION,
    accessKey: variables.AWS_ACCESS_KEY_ID,
    secretKey: variables.AWS_SECRET_ACCESS_KEY,
  };
}
