/** Pure: how the customers of realistic-rows.ts are masked. */
import type { TableMasks } from "../../automation/targets/masked-copy/table-masks";

export const key = Buffer.alloc(32, 7);

const names = ["id", "name", "email", "phone", "born", "city", "profile", "note", "joined", "score"];
const rule = (name: string, use: string, type = "text", given: unknown = {}) => ({
  position: names.indexOf(name),
  mask: {
    ...{ use, with: given, class: name },
    column: {
      ...{ table: "public.customer", name, type, declared: type },
      ...{ kind: "base" as const, notNull: false, checks: [] },
    },
  },
});
/** What a profile of such a table usually masks. */
const rules = [
  rule("name", "name"),
  rule("email", "email"),
  rule("phone", "phone"),
  rule("born", "date-shift", "date", { days: 90 }),
  rule("note", "free-text"),
];
const masksOf = (masked: TableMasks["tables"][string]["masked"]): TableMasks => {
  const of = { columns: names, masked };
  return { tables: { "public.customer": of, "public.part": of }, empty: [], secret: key, sourceWords: [] };
};
export const nothing = masksOf([]);
export const masked = masksOf(rules);
/** By the names of the columns. */
export const maskedOnly = (...columns: string[]): TableMasks =>
  masksOf(rules.filter(({ mask }) => columns.includes(mask.column.name)));
