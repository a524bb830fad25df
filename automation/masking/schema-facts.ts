/**
 * Pure: what is known of a source's schema, as `targets/schema-facts.ts` reads it. It contains no row, but definitions
 * may contain real values (a label, a comment, a constant): it stays in memory, and only its digest is recorded.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

export interface ColumnFacts {
  /** The table, as SQL names it: `schema.name`, each part quoted where it has to be. */
  table: string;
  name: string;
  /** The base type, as `pg_type` names it, domains resolved: `text`, `int4`, `bpchar`, `_text` for an array. */
  type: string;
  /** As declared: `character varying(20)`, `public.email_address`. */
  declared: string;
  /** `pg_type.typtype` of the base type: an enum's, composite's or range's values follow rules of their own. */
  kind: "base" | "enum" | "composite" | "range" | "multirange" | "domain" | "pseudo";
  /** Characters of a `varchar(n)` or `char(n)`, of the column or its domain. */
  maxLength?: number;
  /** Digits of a `numeric(p, s)`. */
  precision?: number;
  scale?: number;
  notNull: boolean;
  /** PostgreSQL computes it: it is not part of a COPY. */
  generated?: boolean;
  identity?: "always" | "by-default";
  /** PostgreSQL makes its values where nobody gives one: an identity, a sequence, a random uuid. */
  made?: boolean;
  /** The domain it is declared by, with the domain's checks. */
  domain?: string;
  /** Labels of its enum. */
  labels?: string[];
  /** Checks of the domain, and of the table that name this column: `CHECK ((length(email) > 3))`. */
  checks: string[];
  /** Different spellings are equal: citext, a nondeterministic collation. */
  ignoresCase?: boolean;
  /** The table is partitioned by it. */
  partitionKey?: "list" | "range" | "hash";
  /** What statistics say, where there are any: negative, a share of the rows. */
  distinct?: number;
  averageBytes?: number;
  comment?: string;
}

export interface UniqueFacts {
  table: string;
  name: string;
  /** Columns, or what an expression says (`lower(email)`), with the columns that it reads. */
  parts: { column?: string; expression?: string; columns?: string[] }[];
  primary: boolean;
  /** Exclusion constraints, too: which columns, and not by which operators. */
  exclusion?: boolean;
  /** Only rows that meet a condition. */
  partial?: boolean;
}

export interface ForeignKeyFacts {
  name: string;
  table: string;
  columns: string[];
  references: { table: string; columns: string[] };
}

export interface TableFacts {
  /** `schema.name`. */
  name: string;
  kind: "table" | "partitioned" | "partition" | "materialized-view" | "foreign";
  /** Of a partition, or of a child by inheritance. */
  parents?: string[];
  /** Row-level security: a role that is subject to it copies some rows and reports no error. */
  rowSecurity?: boolean;
  /** Rows of it belong to an extension, which does not create them. */
  extension?: string;
  rows: number;
  columns: ColumnFacts[];
}

/** Text of the schema that travels to the copy and may contain real values. */
export interface DefinitionFacts {
  /** Its key in a profile: `comment on column public.customers.email`. */
  id: string;
  kind:
    | "comment"
    | "default"
    | "check"
    | "enum"
    | "partition"
    | "function"
    | "view"
    | "policy"
    | "trigger"
    | "index"
    | "server"
    | "publication"
    | "subscription"
    | "setting"
    | "rule"
    | "statistics";
  text: string;
}

export interface SchemaFacts {
  serverVersion: number;
  tables: TableFacts[];
  uniques: UniqueFacts[];
  foreignKeys: ForeignKeyFacts[];
  definitions: DefinitionFacts[];
  extensions: string[];
  /** How many large objects there are: they are in no table. */
  largeObjects: number;
}

/**
 * What an approval is bound to: it changes with the schema, and not with the rows: what statistics say is left out.
 */
export function schemaDigest(facts: SchemaFacts): string {
  const { tables, largeObjects, ...rest } = facts;
  const lasting = {
    ...rest,
    hasLargeObjects: largeObjects > 0,
    tables: tables.map(({ rows: _, columns, ...table }) => ({
      ...table,
      columns: columns.map(({ distinct: _distinct, averageBytes: _bytes, ...column }) => column),
    })),
  };
  return createHash("sha256").update(canonicalize(lasting)!).digest("hex");
}

/** A column of all tables: `public.customers.email`; quoted where it is no plain name. */
export const columnId = ({ table, name }: Pick<ColumnFacts, "table" | "name">): string =>
  `${table}.${/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`}`;

/** The table and the column of such an id. */
export function columnOfId(id: string): Pick<ColumnFacts, "table" | "name"> {
  const [last = "", quoted] = /\.(?:"((?:[^"]|"")*)"|[^".]+)$/.exec(id) ?? [];
  return { table: id.slice(0, id.length - last.length), name: quoted?.replaceAll('""', '"') ?? last.slice(1) };
}
