import { errorTables } from "./errors";

const tableStart = "<!-- errors: written by `npm run pages` from the errors.ts of each area; change them there -->";
const tableEnd = "<!-- /errors -->";

/** `docs/errors.md` with the current error tables; the prose around them stays. */
export function withErrors(page: string): string {
  const [from, to] = [page.indexOf(tableStart), page.indexOf(tableEnd)];
  if (from < 0 || to < from) throw new Error(`docs/errors.md must contain ${tableStart} and, below it, ${tableEnd}`);
  const tables = Object.entries(errorTables).map(([area, table]) => {
    const rows = Object.entries(table).map(
      ([code, row]) => `| \`${code}\` | ${row.httpStatus} | ${row.exitCode} | ${row.message} | ${row.hint} |`,
    );
    return [
      `### ${area[0]?.toUpperCase()}${area.slice(1)}`,
      "",
      "| code | HTTP | exit | message | hint |",
      "|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${page.slice(0, from + tableStart.length)}\n\n${tables.join("\n\n")}\n\n${page.slice(to)}`;
}
