/** A team's own assertion about its data: a query for rows that must not exist. */
import type { Client } from "pg";
import { shownFailure } from "./control-session";
import { assertionRowsMax } from "./limits";

export interface AssertionResult {
  /** Rows that contradict it, at most `assertionRowsMax` + 1; null if it could not be decided. */
  rows: number | null;
  problem: string | null;
  seconds: number;
}

/**
 * In a session of its own, of a role that may only read: its functions can be the database's. Rows are counted in the
 * database, and none leaves it. The extended protocol takes one statement only, so none can end the transaction.
 */
export async function runAssertion(client: Client, sql: string, searchPath: string[]): Promise<AssertionResult> {
  const began = Date.now();
  const result = (found: Pick<AssertionResult, "rows" | "problem">) => ({
    ...found,
    seconds: Math.round((Date.now() - began) / 100) / 10,
  });
  try {
    await client.query("begin read only");
    // First, so that no schema of the database can shadow anything of PostgreSQL's.
    const path = ["pg_catalog", ...searchPath.map((name) => `"${name}"`), "pg_temp"].join(", ");
    await client.query("select set_config('search_path', $1, true)", [path]);
    const text = `select pg_catalog.count(*)::pg_catalog.int4 as rows from (select from (\n${sql}\n) as asserted limit ${assertionRowsMax + 1}) as counted`;
    const { rows } = await client.query<{ rows: number }>({ text, values: [], queryMode: "extended" } as {
      text: string;
      values: [];
    });
    return result({ rows: rows[0]?.rows ?? null, problem: null });
  } catch (error) {
    const isLate = (error as { code?: unknown }).code === "57014";
    return result({ rows: null, problem: isLate ? "it exceeded its time limit" : shownFailure(error) });
  }
}
