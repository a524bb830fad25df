/** What tests of refreshes expect of runs that have ended. */
import type { Run } from "../../../../automation/records";
import type { Commands } from "../disturbed-commands";

export const inBrief = ({ status, error, verdict, cleanUp, cleanUpError, checks }: Run) => ({
  ...{ status, error, verdict, cleanUp, cleanUpError },
  failed: checks.filter((check) => check.verdict !== "pass"),
});
export const good = {
  ...{ status: "succeeded", error: undefined, verdict: "pass", cleanUp: "done", cleanUpError: undefined, failed: [] },
};

/** Of the request that a command has made. */
export async function idOf(of: Commands, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await of.shipshape("", ...words).ended;
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as { id: string }).id;
}

/** What a drift detection of a database comes to. */
export async function detected(of: Commands, database: string) {
  const words = ["request", "drift-detection", "--database", database, "--reason", "a test", "--work", "--json"];
  const { stdout } = await of.of("drift-detection").shipshape("", ...words).ended;
  const { verdict, checks } = JSON.parse(stdout) as Run;
  return { verdict, failed: checks.filter((check) => check.verdict !== "pass") };
}
