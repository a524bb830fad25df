/** The host extends its own environment and passes it on: programs read their own settings from it. */
export function inheritedEnvironment(added: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...added };
}
