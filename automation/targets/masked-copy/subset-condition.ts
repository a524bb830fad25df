/**
 * The condition of a subset is SQL that a requester wrote, and it runs where real data is. So PostgreSQL parses it as
 * the expression of a policy, which is never stored: what is not one expression is refused, nothing of it runs, and
 * what comes back is written by PostgreSQL itself, with every name qualified. Each function, operator and table in it
 * is then looked at. It runs as the role that reads staging and can do nothing else, read-only and for a limited time.
 */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import { sessionWasLost } from "../control-session";
import { connectionLost } from "./copy-session";

const policy = "shipshape_subset_condition";

/** As the master, who owns the table. Errors: subset-condition-refused. */
export async function parsedCondition(master: Client, table: string, condition: string): Promise<string> {
  const refused = (reason: string) => new ShipshapeError("subset-condition-refused", { table, reason });
  await master.query("begin");
  try {
    // Extended protocol: one statement only. The line ends let no comment reach what follows.
    const text = `create policy ${policy} on ${table} for select using (\n${condition}\n)`;
    await conditionally(table, () => master.query({ text, queryMode: "extended" } as never));
    const { rows } = await master.query<{ expression: string; tree: string }>(
      `select pg_get_expr(polqual, polrelid) as expression, polqual::text as tree from pg_policy
       where polrelid = $1::text::regclass and polname = $2`,
      [table, policy],
    );
    const [found] = rows;
    if (!found) throw refused("PostgreSQL kept nothing of it");
    const unsafe = await unsafeParts(master, table, found.tree);
    if (unsafe.length > 0) throw refused(`it uses ${unsafe.join(", ")}`);
    return found.expression;
  } finally {
    await master.query("rollback");
  }
}

/** Errors: subset-condition-refused, without the message of PostgreSQL, which quotes the condition or rows. */
export async function conditionally<T>(table: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const sqlstate = error.code ?? "unknown";
    if (sessionWasLost(error))
      throw connectionLost("staging", `the choice of rows of ${table}`, `SQLSTATE ${sqlstate}`);
    throw new ShipshapeError("subset-condition-refused", { table, reason: `SQLSTATE ${sqlstate}` });
  }
}

/**
 * What it may not use, by name. Functions: all but those of PostgreSQL that are stable or immutable, and immutable ones
 * of an extension; one that a team wrote may do anything. Relations: all but tables, since the rows of a foreign table
 * come from elsewhere, and a view can call any function.
 */
async function unsafeParts(master: Client, table: string, tree: string): Promise<string[]> {
  const { rows } = await master.query<{ name: string }>(
    `with functions as (
       select f::oid as oid from unnest($1::text[]) f where f <> '0'
       union select oprcode::oid from pg_operator where oid::text = any ($2::text[])),
     relations as (
       select r::oid as oid from unnest($3::text[]) r where r <> '0' union select $4::text::regclass::oid),
     below as (
       select r.oid as top, coalesce(t.relid::oid, r.oid) as oid from relations r left join lateral pg_partition_tree(r.oid) t on true)
     select 'the function ' || p.oid::regprocedure::text as name from functions f join pg_proc p on p.oid = f.oid
     where not (p.pronamespace = 'pg_catalog'::regnamespace and p.oid < 16384 and p.provolatile in ('i', 's'))
       and not (p.provolatile = 'i' and exists (
         select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))
     union
     select 'the relation ' || b.top::regclass::text from below b join pg_class c on c.oid = b.oid where c.relkind not in ('r', 'p')
     order by 1`,
    [
      numbersAfter(tree, "funcid|opfuncid|aggfnoid|winfnoid|tsmhandler|transform_funcid"),
      numbersAfter(tree, "opno|opnos"),
      numbersAfter(tree, "relid"),
      table,
    ],
  );
  return rows.map(({ name }) => name);
}

/** Oids in the text of an expression's tree: `:opno 96`, `:opnos (o 97 521)`. */
const numbersAfter = (tree: string, names: string): string[] => [
  ...new Set(
    [...tree.matchAll(new RegExp(`:(?:${names}) (?:\\(o? ?([\\d ]+)\\)|(\\d+))`, "g"))].flatMap(([, list, one]) =>
      one === undefined ? (list ?? "").trim().split(/ +/) : [one],
    ),
  ),
];
