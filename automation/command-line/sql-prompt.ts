import { createInterface } from "node:readline";
import type { Client, QueryArrayResult, QueryResult } from "pg";
import { reasonOf } from "../errors";
import { promptRowsMax } from "./limits";
import type { DatabaseLogin } from "../targets/database-login";
import { table } from "./layout";
import type { Terminal } from "./terminal";

/** The tables a role may see: `\d` without psql. */
const listTables = `select schemaname as schema, tablename as name, tableowner as owner from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`;

/**
 * Used if psql is not installed: statements up to a semicolon, answers as tables, `\\d` and `\\q`. Ends the connection.
 */
export async function runPrompt(
  client: Client,
  login: DatabaseLogin,
  { command, json }: { command?: string; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  try {
    if (command !== undefined && json) return await printRows(client, command, terminal);
    if (command !== undefined) return (await runStatement(client, command, terminal)) ? 0 : 1;
    return await readStatements(client, login, terminal);
  } finally {
    await client.end();
  }
}

async function readStatements(client: Client, login: DatabaseLogin, terminal: Terminal): Promise<number> {
  const interactive = process.stdin.isTTY === true;
  if (interactive)
    terminal.progress(
      `${login.user} on ${login.host}:${login.port}/${login.database}; statements end with ;  \\d lists tables, \\q ends`,
    );
  const reader = createInterface({ input: process.stdin, output: interactive ? process.stdout : undefined });
  const prompt = (text: string) => (interactive ? (reader.setPrompt(text), reader.prompt()) : undefined);
  let statement = "";
  let failed = false;
  prompt(`${login.database}=> `);
  for await (const line of reader) {
    if (statement === "" && line.trim() === "\\q") break;
    statement += statement === "" && line.trim() === "\\d" ? `${listTables};` : `${line}\n`;
    if (statement.trimEnd().endsWith(";")) {
      failed = !(await runStatement(client, statement, terminal)) || failed;
      statement = "";
    }
    prompt(statement.trim() === "" ? `${login.database}=> ` : `${login.database}-> `);
  }
  if (statement.trim() !== "") failed = !(await runStatement(client, statement, terminal)) || failed;
  reader.close();
  return failed && !interactive ? 1 : 0;
}

/** The error is thrown, for its JSON. */
async function printRows(client: Client, sql: string, terminal: Terminal): Promise<number> {
  const answer: unknown = await client.query(sql);
  terminal.json(
    "local psql",
    ([answer].flat() as QueryResult<Record<string, unknown>>[]).map(({ command, rowCount, rows }) => ({
      command,
      rowCount,
      rows,
    })),
  );
  return 0;
}

async function runStatement(client: Client, sql: string, terminal: Terminal): Promise<boolean> {
  try {
    const answer: unknown = await client.query({ text: sql, rowMode: "array" });
    for (const result of [answer].flat() as QueryArrayResult[])
      for (const line of resultLines(result, terminal.columns)) terminal.say(line);
    return true;
  } catch (thrown) {
    const { code, hint } = thrown as { code?: string; hint?: string };
    terminal.complain(`ERROR${code ? ` ${code}` : ""}: ${reasonOf(thrown)}${hint ? `\nHINT: ${hint}` : ""}`);
    return false;
  }
}

function resultLines(result: QueryArrayResult, columns?: number): string[] {
  if (result.fields.length === 0) return [`${result.command} ${result.rowCount ?? ""}`.trim()];
  const shown = result.rows.slice(0, promptRowsMax).map((row) => row.map(cellText));
  const more = result.rows.length - shown.length;
  return [
    ...table(
      result.fields.map((field) => field.name),
      shown,
      columns,
    ),
    `(${result.rows.length} ${result.rows.length === 1 ? "row" : "rows"}${more > 0 ? `, ${more} not shown` : ""})`,
  ];
}

function cellText(value: unknown): string {
  if (value === null) return "";
  return value instanceof Date
    ? value.toISOString()
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value as string | number | boolean);
}
