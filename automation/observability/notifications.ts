/**
 * The outbox: alerts are written in the transaction of the fact they tell, and a worker sends them later. Each fact has
 * one row, and one delivery for each destination that workers were configured with lately.
 */
import type { Database } from "../database";
import type { Alert } from "../alert-records";
import { alertOf, type Fact } from "./alert";
import { alertDestinationDays, alertRetryDays, alertsWaitingMax } from "./limits";

/** Tells a fact, once: written again, it changes nothing. */
export async function notify(transaction: Database, fact: Fact): Promise<void> {
  const alert = alertOf(fact);
  await transaction.query(
    `with written as (
       insert into notification (key, alert) values ($1, $2) on conflict (key) do nothing returning id
     ), active as (
       select name, (select count(*) from alert_delivery where destination = name and status = 'waiting') >= $4 as is_full
       from alert_destination where seen_at > clock_timestamp() - make_interval(days => $3)
     )
     insert into alert_delivery (destination, notification_id, status, reason)
     select name, id, case when is_full then 'failed' else 'waiting' end, case when is_full then 'too many alerts were waiting' end
     from written, active`,
    [alert.key, JSON.stringify(alert), alertDestinationDays, alertsWaitingMax],
  );
}

/** Records that this process sends to these destinations: from now on they are told what happens. */
export const addDestinations = (database: Database, names: string[]) =>
  database.query(
    `insert into alert_destination (name) select unnest($1::text[]) order by 1
     on conflict (name) do update set seen_at = clock_timestamp()`,
    [names],
  );

/** What waits for destinations that no worker sends to any more will not be sent. */
export const failAbandoned = (database: Database) =>
  database.query(
    `update alert_delivery set status = 'failed', reason = 'no worker has this destination any more', changed_at = clock_timestamp()
     where status = 'waiting' and destination in (
       select name from alert_destination where seen_at <= clock_timestamp() - make_interval(days => $1))`,
    [alertDestinationDays],
  );

/** The destinations whose next alert is due. */
export async function destinationsDue(database: Database, names: string[]): Promise<Set<string>> {
  const rows = await database.query<{ destination: string }>(
    `select destination from (
       select distinct on (destination) destination, due_at from alert_delivery
       where status = 'waiting' and destination = any($1) order by destination, notification_id) as next
     where due_at <= clock_timestamp()`,
    [names],
  );
  return new Set(rows.map((row) => row.destination));
}

export interface Delivery {
  id: string;
  alert: Alert;
  /** How often it was sent already, without success. */
  attempts: number;
  ageDays: number;
}

/**
 * The next alert for a destination, in the order they were written, if it is due. Until the transaction ends, no other
 * worker gets it or a later one.
 */
export async function takeDelivery(transaction: Database, destination: string): Promise<Delivery | undefined> {
  const locked = await transaction.query(
    "select from alert_destination where name = $1 for no key update skip locked",
    [destination],
  );
  if (locked.length === 0) return undefined;
  const [next] = await transaction.query<Delivery & { isDue: boolean }>(
    `select notification_id as id, alert, attempts, due_at <= clock_timestamp() as "isDue",
       extract(epoch from clock_timestamp() - written_at)::float8 / 86400 as "ageDays"
     from alert_delivery join notification on notification.id = notification_id
     where destination = $1 and status = 'waiting' order by notification_id limit 1`,
    [destination],
  );
  return next?.isDue ? next : undefined;
}

/** `waitSeconds`: until the next attempt. */
export const recordAttempt = (
  transaction: Database,
  destination: string,
  id: string,
  { status, reason, waitSeconds = 0 }: { status: "waiting" | "sent" | "failed"; reason: string; waitSeconds?: number },
) =>
  transaction.query(
    `update alert_delivery set status = $3, reason = $4, attempts = attempts + 1, changed_at = clock_timestamp(),
       due_at = clock_timestamp() + make_interval(secs => $5)
     where destination = $1 and notification_id = $2`,
    [destination, id, status, reason, waitSeconds],
  );

/** An alert, and what became of it at one destination; both null where there was none. */
export interface SentAlert extends Alert {
  writtenAt: Date;
  destination: string | null;
  status: "waiting" | "sent" | "failed" | null;
  attempts: number;
  /** What the endpoint answered last, or why the alert was not sent. */
  reason: string | null;
}

/** The latest alerts first. */
export async function latestAlerts(database: Database, countMax: number): Promise<SentAlert[]> {
  const rows = await database.query<{ alert: Alert } & Omit<SentAlert, keyof Alert>>(
    `select alert, written_at as "writtenAt", destination, status, coalesce(attempts, 0) as attempts, reason
     from notification left join alert_delivery on notification_id = id order by id desc, destination limit $1`,
    [countMax],
  );
  return rows.map(({ alert, ...delivery }) => ({ ...alert, ...delivery }));
}

/** How many alerts of the last days failed, or were tried and not accepted yet. */
export async function unsentAlerts(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(distinct notification_id)::int as count from alert_delivery
     where (status = 'waiting' and attempts > 0) or (status = 'failed' and changed_at > clock_timestamp() - make_interval(days => $1))`,
    [alertRetryDays],
  );
  return row?.count ?? 0;
}

/**
 * Whether it is this process that looks for what expires, because none has for `everySeconds`. A look that is not
 * recorded as done is repeated after `retrySeconds`.
 */
export async function takeLook(database: Database, everySeconds: number, retrySeconds: number): Promise<boolean> {
  const taken = await database.query(
    `update expiry_look set looked_at = clock_timestamp() - make_interval(secs => $1::float8 - $2::float8)
     where looked_at < clock_timestamp() - make_interval(secs => $1) returning 1`,
    [everySeconds, retrySeconds],
  );
  return taken.length > 0;
}

export const lookDone = (database: Database) => database.query("update expiry_look set looked_at = clock_timestamp()");
