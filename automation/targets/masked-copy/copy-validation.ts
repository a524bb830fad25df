/** Is the copy whole? Against its source, which stands still; and within itself. */
import type { Client } from "pg";
import { shownText } from "../shown-text";
import { namedMax } from "../limits";
import { readFilledColumns, readSequences } from "../sequences";
import { quietly } from "./copy-session";
import { objectsQuery } from "./copied-objects";
import type { CopiedTable } from "./copied-tables";
import type { ChosenRows } from "./subset-rows";

export interface CopyValidation {
  tables: number;
  /** Tables that were to stay empty. */
  leftEmpty?: number;
  rows: number;
  /** Tables whose rows differ in number. */
  differingCounts: { table: string; source: number; copy: number }[];
  objects: number;
  /** Objects, owners and privileges of the source that the copy lacks, and the other way round; the first of them. */
  missing: string[];
  unexpected: string[];
  /** The rows of their tables are further. */
  sequencesBehind: string[];
  /** The planner knows nothing of them. */
  unanalysed: string[];
}

/**
 * By logins that read everything, before row-level security is switched on in the copy. The number of rows is counted
 * in both, not taken from the copying; `told` is what the copying was told. Errors: copy-query-failed.
 */
export const validateCopy = (
  source: Client,
  copy: Client,
  tables: readonly CopiedTable[],
  told: ValidatedParts = {},
): Promise<CopyValidation> =>
  quietly(copy.database ?? "the copy", "the validation", () => validate(source, copy, tables, told));

interface ValidatedParts {
  /** Tables whose rows found their partition in the copy. */
  throughRoot?: readonly string[] | undefined;
  /** Tables of which no row was to be copied. */
  left?: readonly CopiedTable[] | undefined;
  /** Of a subset, the rows that it has. */
  chosen?: ChosenRows | undefined;
}

async function validate(
  source: Client,
  copy: Client,
  tables: readonly CopiedTable[],
  { throughRoot = [], left = [], chosen }: ValidatedParts,
): Promise<CopyValidation> {
  const differingCounts = [];
  let rows = 0;
  const countIn = async (client: Client, from: string) =>
    Number((await client.query<{ count: string }>(`select pg_catalog.count(*) from ${from}`)).rows[0]?.count);
  for (const [name, from] of counted(tables, throughRoot)) {
    const before = chosen ? chosenOf(chosen, tables, name) : await countIn(source, from);
    const after = await countIn(copy, from);
    rows += after;
    if (before !== after) differingCounts.push({ table: name, source: before, copy: after });
  }
  for (const { name } of left) {
    const after = await countIn(copy, `only ${name}`);
    if (after > 0) differingCounts.push({ table: name, source: 0, copy: after });
  }
  const isOfSubset = (line: string) => chosen !== undefined && line.includes(chosen.schema);
  const there = new Set([...(await objectsOf(source))].filter((line) => !isOfSubset(line)));
  const here = await objectsOf(copy);
  return {
    tables: tables.length,
    leftEmpty: left.length,
    rows,
    differingCounts,
    objects: here.size,
    missing: named([...there].filter((line) => !here.has(line))),
    unexpected: named([...here].filter((line) => !there.has(line))),
    sequencesBehind: named(await sequencesBehind(copy)),
    unanalysed: named(await unanalysed(copy)),
  };
}

/** Each table; of partitions whose rows moved among each other, all of them together. */
const counted = (tables: readonly CopiedTable[], throughRoot: readonly string[]): Map<string, string> =>
  new Map(
    tables.map(({ name, root }) =>
      root && throughRoot.includes(name) ? [root.name, root.name] : [name, `only ${name}`],
    ),
  );

/** Of a table, or of all partitions of one. */
const chosenOf = ({ rows }: ChosenRows, tables: readonly CopiedTable[], name: string): number =>
  tables
    .filter((one) => one.name === name || one.root?.name === name)
    .reduce((sum, one) => sum + (rows[one.name] ?? 0), 0);

const objectsOf = async (client: Client): Promise<Set<string>> =>
  new Set((await client.query<{ line: string }>(objectsQuery)).rows.map(({ line }) => line));

const named = (lines: string[]): string[] => lines.sort().slice(0, namedMax).map(shownText);

async function sequencesBehind(copy: Client): Promise<string[]> {
  const { lastOf } = await readFilledColumns(copy);
  return (await readSequences(copy))
    .filter(({ id, last, ascends, cycles }) => {
      const filled = lastOf[id];
      if (filled === undefined || cycles) return false;
      return last === null || (ascends ? BigInt(last) < BigInt(filled) : BigInt(last) > BigInt(filled));
    })
    .map(({ name }) => name);
}

async function unanalysed(copy: Client): Promise<string[]> {
  const { rows } = await copy.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and c.reltuples < 0 and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'`,
  );
  return rows.map(({ name }) => name);
}
