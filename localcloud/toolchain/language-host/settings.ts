/** The host adds to the environment it was started in and hands it on: programs read their own settings from it. */
export function inheritedEnvironment(added: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...added };
}
