import { errorTable } from "./errors";

const tableStart = "<!-- errors: written by `npm run pages` from automation/errors.ts; change the table there -->";
const tableEnd = "<!-- /errors -->";

/** `docs/errors.md` with the table of errors as it is now; the prose around it stays. */
export function withErrors(page: string): string {
  const [from, to] = [page.indexOf(tableStart), page.indexOf(tableEnd)];
  if (from < 0 || to < from) throw new Error(`docs/errors.md must hold ${tableStart} and, below it, ${tableEnd}`);
  const rows = Object.entries(errorTable).map(([code, row]) => `| \`${code}\` | ${row.httpStatus} | ${row.exitCode} | ${row.message} | ${row.hint} |`);
  const table = ["| code | HTTP | exit | message | hint |", "|---|---|---|---|---|", ...rows].join("\n");
  return `${page.slice(0, from + tableStart.length)}\n\n${table}\n\n${page.slice(to)}`;
}
