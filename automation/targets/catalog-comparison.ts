/** What the catalog of a restored copy lacks of its source's, by name. */
import type { Client } from "pg";
import { CATALOG, comparedColumns, hashOf, whereOf, type ColumnsOf } from "./catalog-inventory";
import { kinds, type Kind } from "./catalog-kinds";
import { namedMax } from "./limits";
import { commitTimes } from "./recovery-point";
import { shownText } from "./shown-text";

export interface CatalogLosses {
  /** Entries of the source that were compared: those that the copy must have. */
  compared: number;
  lostCount: number;
  /** The first of them, such as "role reporting" or "privilege: table shop.item". */
  lost: string[];
}

interface Entry {
  kind: string;
  hash: string;
  name: string;
  /** The transaction that wrote it; null in a view. */
  transaction: string | null;
  /** When that was committed; null if no longer known. */
  committedAt: string | null;
  /** That transaction's id in 64 bits. */
  began: string | null;
  /** Whether it belongs to an extension, which says more than its parts. */
  isPart: boolean;
}

/** What people look for first. */
const first = [
  "role",
  "membership",
  "extension",
  "privilege",
  "row-level security",
  "policy",
  "constraint",
  "sequence",
];
const rankOf = ({ kind, isPart }: Entry) => {
  const rank = first.indexOf(kind);
  return (isPart ? 100 : 0) + (rank < 0 ? first.length : rank);
};

/**
 * Entries of these kinds that the source has and the copy does not: lost, or changed in the source since. With
 * `restored`, only entries that the copy must have, because it has the transaction that wrote them, or they are from
 * before all commit times that are still known. Undefined if the source keeps no commit times, so that its entries
 * cannot be dated. Views have no transactions: their entries are not among those.
 */
export async function catalogLosses(
  source: Client,
  copy: Client,
  wanted: readonly string[],
  restored?: { nextTransaction: string },
): Promise<CatalogLosses | undefined> {
  if (restored && !(await keepsCommitTimes(source))) return undefined;
  const entries = await entriesOf(source, wanted);
  const expected = restored ? await writtenIn(copy, entries, BigInt(restored.nextTransaction)) : entries;
  const there = await hashesOf(copy, wanted);
  const lost = expected
    .filter((entry) => !there.has(`${entry.kind} ${entry.hash}`))
    .sort((a, b) => rankOf(a) - rankOf(b));
  const names = [...new Set(lost.map(({ kind, name }) => shownText(nameOf(kind, name))))];
  return { compared: expected.length, lostCount: names.length, lost: names.slice(0, namedMax) };
}

/** "role x" says its kind itself. */
const nameOf = (kind: string, name: string) => (name.startsWith(`${kind} `) ? name : `${kind}: ${name}`);

async function keepsCommitTimes(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ on: boolean }>(
    "select current_setting('track_commit_timestamp')::boolean as on",
  );
  return rows[0]?.on === true;
}

async function writtenIn(copy: Client, entries: Entry[], nextTransaction: bigint): Promise<Entry[]> {
  const dated = entries.filter((e) => e.committedAt !== null);
  const transactions = [...new Set(dated.map((e) => e.transaction!))];
  const times = await commitTimes(copy, transactions);
  const inCopy = new Map(transactions.map((id, at) => [id, times[at]]));
  return entries.filter((e) =>
    e.committedAt === null
      ? e.began !== null && BigInt(e.began) < nextTransaction
      : inCopy.get(e.transaction!) === e.committedAt,
  );
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
const views = new Set(["pg_roles", "pg_user_mappings"]);

const selected = (wanted: readonly string[]) => kinds.filter(({ kind }) => wanted.includes(kind));
const union = (wanted: readonly string[], select: (one: Kind) => string) =>
  `${CATALOG} ${selected(wanted).map(select).join("\nunion all ")}`;

const entryOf = (columnsOf: ColumnsOf) => (one: Kind) => {
  const [classid, objid, objsubid] = one.object ?? [`'${one.catalog}'::regclass`, "t.oid", "0"];
  const transaction = views.has(one.catalog) ? "null::xid" : "t.xmin";
  return `select '${one.kind}' as kind, encode(${hashOf(one, columnsOf)}, 'hex') as hash, coalesce(pg_describe_object(${classid}, ${objid}, ${objsubid}), '') as name,
    ${transaction}::text as transaction, (txid_snapshot_xmax(txid_current_snapshot()) - age(${transaction}))::text as began,
    to_char(case when current_setting('track_commit_timestamp')::boolean then pg_xact_commit_timestamp(${transaction}) end at time zone 'UTC', ${ISO}) as "committedAt",
    exists (select from pg_depend e where e.classid = ${classid} and e.objid = ${objid} and e.deptype = 'e') as "isPart"
    from ${one.catalog} t where ${whereOf(one)}`;
};

async function entriesOf(client: Client, wanted: readonly string[]): Promise<Entry[]> {
  const columnsOf = await comparedColumns(client);
  return (await client.query<Entry>(union(wanted, entryOf(columnsOf)))).rows;
}

async function hashesOf(client: Client, wanted: readonly string[]): Promise<Set<string>> {
  const columnsOf = await comparedColumns(client);
  const { rows } = await client.query<{ entry: string }>(
    union(
      wanted,
      (one) =>
        `select '${one.kind} ' || encode(${hashOf(one, columnsOf)}, 'hex') as entry from ${one.catalog} t where ${whereOf(one)}`,
    ),
  );
  return new Set(rows.map(({ entry }) => entry));
}

/** Roles that a database refers to and does not have, by their ids: whatever its source is like, they were lost. */
const MISSING_ROLES = `
with referred (id) as (
  select member from pg_auth_members union select roleid from pg_auth_members
  union select setrole from pg_db_role_setting union select datdba from pg_database
  union select nspowner from pg_namespace union select relowner from pg_class
  union select proowner from pg_proc union select typowner from pg_type
  union select (aclexplode(relacl)).grantee from pg_class union select (aclexplode(nspacl)).grantee from pg_namespace
  union select (aclexplode(proacl)).grantee from pg_proc union select (aclexplode(datacl)).grantee from pg_database
  union select unnest(polroles) from pg_policy)
select id::text from referred where id <> 0 and id not in (select oid from pg_roles) order by id`;

export async function missingRoles(copy: Client): Promise<string[]> {
  const { rows } = await copy.query<{ id: string }>(MISSING_ROLES);
  return rows.slice(0, namedMax).map(({ id }) => `role with id ${id}`);
}
