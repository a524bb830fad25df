/** Pure: what a profile lacks, as people read it: a schema that is new to a profile has as many problems as columns. */
import { problemsShownMax } from "../masking/limits";
import type { ProfileProblem } from "../masking/profile";
import { columnOfId } from "../masking/schema-facts";
import { printable } from "../printable";

/** The first of them: a reason that several places share is said once, with columns by their tables. */
export function problemLines(problems: readonly ProfileProblem[], emphasised: (text: string) => string): string[] {
  const placesOf = new Map<string, string[]>();
  for (const { place, reason } of problems.slice(0, problemsShownMax))
    placesOf.set(reason, [...(placesOf.get(reason) ?? []), place]);
  const more = problems.length - problemsShownMax;
  return [
    ...[...placesOf].flatMap(([reason, places]) =>
      places.length < sharedMin
        ? places.map((place) => `${emphasised(printable(place))}: ${printable(reason)}`)
        : [`${emphasised(printable(reason))} (${places.length}):`, ...byTable(places)],
    ),
    ...(more > 0 ? [`and ${more} more: \`npx shipshape masking check --json\` has all`] : []),
  ];
}

/** Two are read as fast one by one. */
const sharedMin = 3;

function byTable(places: readonly string[]): string[] {
  const columnsOf = new Map<string, string[]>();
  for (const place of places) {
    const { table, name } = columnOfId(place);
    const [head, ...columns] = isColumn(place) ? [table, name] : [place];
    columnsOf.set(head, [...(columnsOf.get(head) ?? []), ...columns]);
  }
  return [...columnsOf].map(([head, columns]) =>
    printable(columns.length > 0 ? `  ${head}: ${columns.join(", ")}` : `  ${head}`),
  );
}

/** `schema.table.column`, and no definition (`index public.a`) or table. */
const isColumn = (place: string): boolean =>
  /^[^ .()]+\.[^ .()]+\.[^ .()]+$/.test(place.replace(/"(?:[^"]|"")*"/g, "q"));
