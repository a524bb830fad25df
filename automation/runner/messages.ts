/**
 * Messages to runs, and the waits that take them: in tables, so that neither a kill nor a restart loses one. Each is
 * taken by one wait, and a wait that is repeated finds the one that it took.
 */
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import type { ChildEnd, Message } from "../records";
import type { Look } from "./waits";

/** Tells a run that a child of it has ended. */
export const tellParent = (transaction: Database, parent: string, child: string) =>
  transaction.query("insert into message (request_id, child_id) values ($1, $2)", [parent, child]);

/** Sends a message to a run. Errors: run-over, also if there is no such run. */
export async function addMessage(
  transaction: Database,
  requestId: string,
  topic: string,
  { sentBy, content }: Message,
): Promise<void> {
  const [added] = await transaction.query(
    `insert into message (request_id, topic, sent_by, content)
     select request_id, $2, $3, $4 from run where request_id = $1 and finished_at is null returning 1`,
    [requestId, topic, sentBy, JSON.stringify(content ?? null)],
  );
  if (!added) throw new ShipshapeError("run-over", { id: requestId });
}

/** What was sent to a run on that topic, the first first. */
export const messagesOf = (database: Database, requestId: string, topic: string) =>
  database.query<Message & { sentAt: Date }>(
    `select sent_by as "sentBy", sent_at as "sentAt", content from message where request_id = $1 and topic = $2 order by id`,
    [requestId, topic],
  );

export interface Wait {
  requestId: string;
  /** Its step: a wait that is repeated is the same wait. */
  name: string;
  /** Null: for the end of a child. */
  topic: string | null;
  /** From its first look. */
  seconds: number;
}

interface Seen {
  isOver: boolean;
  isSent: boolean;
  secondsLeft: number;
  sentBy: string | null;
  content: unknown;
  childId: string | null;
  childStatus: ChildEnd["status"];
  childVerdict: ChildEnd["verdict"];
}

/** Takes the oldest message that no wait has taken. Errors: run-over. */
export async function lookForMessage(database: Database, w: Wait): Promise<Look<Message | ChildEnd | undefined>> {
  const [seen] = await database.query<Seen>(
    `with next as (
       select id from message where request_id = $1 and topic is not distinct from $3
         and not exists (select from wait where wait.message_id = message.id) order by id limit 1),
     mine as (
       insert into wait (request_id, name, until, message_id)
       values ($1, $2, clock_timestamp() + $4 * interval '1 second', (select id from next))
       on conflict (request_id, name) do update set message_id = coalesce(wait.message_id, excluded.message_id)
       returning until, message_id)
     select run.finished_at is not null as "isOver", message.id is not null as "isSent",
       extract(epoch from mine.until - clock_timestamp())::float8 as "secondsLeft", message.sent_by as "sentBy",
       message.content, child_id as "childId", child.status as "childStatus", child.verdict as "childVerdict"
     from mine join run on run.request_id = $1 left join message on message.id = mine.message_id
       left join run child on child.request_id = message.child_id`,
    [w.requestId, w.name, w.topic, w.seconds],
  );
  if (!seen || seen.isOver) throw new ShipshapeError("run-over", { id: w.requestId });
  if (!seen.isSent) return seen.secondsLeft > 0 ? { secondsLeft: seen.secondsLeft } : { found: undefined };
  const { sentBy, content, childId: requestId, childStatus: status, childVerdict: verdict } = seen;
  return { found: requestId === null ? { sentBy: sentBy ?? "", content } : { requestId, status, verdict } };
}
