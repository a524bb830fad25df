/** The only reader of the environment in `components/`: another `shipshape.yaml` than the nearest above the program. */
export const namedConfiguration = (environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  environment["SHIPSHAPE_CONFIGURATION_FILE"] || undefined;
