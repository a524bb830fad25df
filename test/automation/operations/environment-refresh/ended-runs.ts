/** What tests of refreshes expect of runs that have ended. */
import type { Run } from "../../../../automation/records";

export const inBrief = ({ status, error, verdict, cleanUp, cleanUpError, checks }: Run) => ({
  ...{ status, error, verdict, cleanUp, cleanUpError },
  failed: checks.filter((check) => check.verdict !== "pass"),
});
export const good = {
  ...{ status: "succeeded", error: undefined, verdict: "pass", cleanUp: "done", cleanUpError: undefined, failed: [] },
};
