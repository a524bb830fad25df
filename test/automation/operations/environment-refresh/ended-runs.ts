/** What tests of refreshes expect of runs that have ended, and of what they have made. */
import { Client } from "pg";
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

/** The databases that a guardrail takes for unmasked copies, or cannot decide on; also without the control plane. */
export async function unprovenCopies(commands: Commands, hasControlPlane = true): Promise<string[]> {
  const { SHIPSHAPE_DATABASE_URL: url = "" } = commands.env;
  if (!hasControlPlane) commands.env["SHIPSHAPE_DATABASE_URL"] = "";
  const { stdout } = await commands.shipshape("", "guard", "--live", "--json").ended;
  commands.env["SHIPSHAPE_DATABASE_URL"] = url;
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; kind: string; name: string }[] };
  return findings.filter(({ rule }) => rule === "forbid-unmasked-copy").map(({ kind, name }) => `${kind} ${name}`);
}

/** What a request's run has left open for people. */
export async function findingsIn(databaseUrl: string, requestId: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const sql = "select id from finding where request_id = $1 and answered_at is null order by id";
    return (await client.query<{ id: string }>(sql, [requestId])).rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

/** Counted from the day of a copy's data: midnight may pass while a test runs. */
export function dayAfterData({ outcome }: Run, days: number): string {
  const { recoveryPoint } = outcome as { recoveryPoint: string };
  return new Date(Date.parse(recoveryPoint) + days * 86_400_000).toISOString().slice(0, 10);
}
