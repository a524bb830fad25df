/** The names of an operation's steps, in order, by what they belong to. */
export interface Steps {
  /** Before planning, and right before the run. */
  observe: readonly string[];
  run: readonly string[];
  cleanUp: readonly string[];
}

/**
 * Version → case → steps. A workflow that is continued takes the steps that it has recorded, so what a version has is
 * never changed here: raise `version`, add its order, and keep the operation of the version before in the registry.
 */
export type OrderOfSteps = Record<number, Record<string, Steps>>;

export const allSteps = ({ observe, run, cleanUp }: Steps): readonly string[] => [...observe, ...run, ...cleanUp];
