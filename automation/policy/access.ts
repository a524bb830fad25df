/**
 * Which roles, teams and limits are in force. Workers publish what their `shipshape.yaml` says, since only who can sign
 * evidence can be a worker: a file on the machine of someone who asks or approves changes nothing.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { principalOf } from "../principals";
import { canonicalJson } from "../records";
import { refusalsShownDays } from "./limits";
import { requireRole, type Access, type Action } from "./roles";

export interface PublishedAccess extends Access {
  publishedBy: string;
  publishedAt: Date;
}

/** Puts it in force. One that is in force already is not published again. */
export const publishAccess = (database: Database, given: Access, publishedBy: string) =>
  database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape access'))");
    const current = await accessInForce(t);
    const content = ({ roles, teams, approvals, changesPerDay, limits }: Access) =>
      JSON.stringify({ roles, teams, approvals, changesPerDay, limits });
    const form = (access: Access) => canonicalJson(JSON.parse(content(access)));
    if (current && form(current) === form(given)) return;
    await t.query("insert into access (content, published_by) values ($1, $2)", [content(given), publishedBy]);
  });

/** Undefined if no worker had a `shipshape.yaml` yet: then everyone has all roles. */
export async function accessInForce(database: Database): Promise<PublishedAccess | undefined> {
  const [row] = await database.query<{ content: Access; publishedBy: string; publishedAt: Date }>(
    `select content, published_by as "publishedBy", published_at as "publishedAt" from access order by id desc limit 1`,
  );
  return row && { ...row.content, publishedBy: row.publishedBy, publishedAt: row.publishedAt };
}

/** A refusal is recorded. Errors: role-missing, principal-embedded. */
export async function authorize(database: Database, principal: string, action: Action): Promise<void> {
  try {
    await requireKnown(database, principal);
    requireRole((await accessInForce(database)) ?? {}, principal, action);
  } catch (error) {
    if (refusals.has((error as { code?: unknown }).code))
      await database.query(
        `insert into refusal (principal, action) values ($1, $2)
         on conflict (principal, action) do update set times = refusal.times + 1, last_at = clock_timestamp()`,
        [principal, action],
      );
    throw error;
  }
}
const refusals = new Set<unknown>(["role-missing", "principal-embedded"]);

export interface Refusal {
  principal: string;
  action: string;
  times: number;
  firstAt: Date;
  lastAt: Date;
}

/** Of the last days, the latest first. */
export const latestRefusals = (database: Database, countMax: number) =>
  database.query<Refusal>(
    `select principal, action, times, first_at as "firstAt", last_at as "lastAt" from refusal
     where last_at > clock_timestamp() - $1 * interval '1 day' order by last_at desc limit $2`,
    [refusalsShownDays, countMax],
  );

/** Names of an embedded cloud mean something only to its own control plane. Errors: principal-embedded. */
export async function requireKnown(database: Database, principal: string): Promise<void> {
  if (principalOf(principal).kind === "embedded" && !(await isEmbedded(database)))
    throw new ShipshapeError("principal-embedded", { principal });
}

/**
 * Whether the database was made by an embedded cloud, for its own control plane. It says so with a schema of its
 * superuser. Elsewhere nobody who uses a control plane can make one: not on RDS, and not with a role as
 * docs/going-to-production.md asks for.
 */
export async function isEmbedded(database: Database): Promise<boolean> {
  const [row] = await database.query<{ embedded: boolean }>(
    `select exists (
       select from pg_catalog.pg_namespace n join pg_catalog.pg_roles r on r.oid = n.nspowner
       where n.nspname = 'embedded_cloud' and r.rolsuper
     ) and not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as embedded`,
  );
  return row?.embedded === true;
}
