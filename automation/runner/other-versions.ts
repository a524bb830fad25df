/**
 * What a worker does with workflows of operations or versions that it lacks: during a release, workers of two versions
 * share the queues, and the durable engine assigns whatever is next. A worker that lacks the workflow sets it aside, in
 * a queue that no worker polls; a worker that has it puts it back where it was. It keeps its place in that queue, so
 * the runs of one database still come one after the other.
 */
import type { Database } from "../database";
import { workflowsPutBackMax } from "./limits";

const ASIDE = "set aside: ";

export interface Assigned {
  workerId: string;
  /** The names of the workflows that this worker has. */
  names: readonly string[];
  /** The queues that workers poll. */
  queues: readonly string[];
  /** Of the lifecycle: other workers neither take nor leave anything of this one. */
  applicationVersion: string;
}

export interface SetAside {
  workflowId: string;
  name: string;
}

/**
 * Sets aside what was assigned to this worker and what it lacks; nothing of it has run here. That was no attempt: the
 * engine has counted one, and would give up after a number of them.
 */
export const setAside = (database: Database, { workerId, names }: Assigned) =>
  database.query<SetAside>(
    `update dbos.workflow_status set status = 'ENQUEUED', queue_name = $3 || queue_name, owner_xid = null, started_at_epoch_ms = null,
       recovery_attempts = greatest(0, recovery_attempts - 1)
     where status = 'PENDING' and executor_id = $1 and name <> all($2) and queue_name is not null
     returning workflow_uuid as "workflowId", name`,
    [workerId, names, ASIDE],
  );

/** Puts back what was set aside and what this worker has. Resolves to the queue of each. */
export const putBack = (database: Database, { names, queues, applicationVersion }: Assigned) =>
  database.query<{ queue: string }>(
    `update dbos.workflow_status set queue_name = substr(queue_name, length($1) + 1) where workflow_uuid in (
       select workflow_uuid from dbos.workflow_status
       where status = 'ENQUEUED' and queue_name = any($2) and name = any($3) and application_version = $4
       order by created_at limit $5 for update skip locked)
     returning queue_name as queue`,
    [ASIDE, queues.map((queue) => `${ASIDE}${queue}`), names, applicationVersion, workflowsPutBackMax],
  );
