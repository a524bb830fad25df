/**
 * Who is alive, by PostgreSQL's sessions and its clock.
 *
 * Each worker holds a lock named after itself in its own session. A session ends with its process, so a process that
 * can take the lock knows that the worker is dead. A frozen or disconnected process keeps its session: so each worker
 * also sends heartbeats, and another worker ends the session of one that was silent for too long before it takes over
 * its runs. If the silent worker ever wakes up, it finds its lease expired by its own clock and exits before it acts.
 *
 * A worker also holds a lock named after a run while a step of that run is in flight. A process that can take that lock
 * knows that nothing is being created for the run any more. (DBOS forgets a step that was cancelled or timed out, but
 * its code keeps running, and must not create anything after the clean-up.)
 */
import pg from "pg";
import { translateConnectionErrors, type Database } from "../database";
import { reasonOf, ShipshapeError } from "../errors";
import { workerSilentSecondsMax } from "../limits";
import type { WorkerRecord } from "../records";
import { runLockLingerMilliseconds, workerBeatMilliseconds, workerRecordDays } from "./limits";

/** "SHIP", and the next number: distinguishes our advisory locks from others in the same database. */
const WORKER_LOCKS = 0x53_48_49_50;
const RUN_LOCKS = WORKER_LOCKS + 1;

/**
 * A worker's own session, while it holds the worker's lock: PostgreSQL shows both halves of an advisory lock as
 * unsigned numbers.
 */
const HOLDER = `select l.pid from pg_catalog.pg_locks l where l.locktype = 'advisory' and l.granted and l.pid = worker.session_pid and l.classid = ${WORKER_LOCKS}::oid
  and l.objid = (hashtext(worker.id)::bigint & 4294967295)::oid and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`;

/** The channel on which workers learn that there is something to do: a transaction notifies when it commits. */
const CHANNEL = "shipshape_work";
/** The payload that asks for maintenance. Others are names of queues. */
export const MAINTENANCE = "maintenance";

export const notifyWorkers = (
  database: { query(sql: string, values: string[]): Promise<unknown> },
  what: string,
): Promise<unknown> => database.query("select pg_catalog.pg_notify($1, $2)", [CHANNEL, what]);

export interface LivenessSettings {
  url: string;
  workerId: string;
  /** A worker that is silent for this long counts as frozen. */
  silentSecondsMax: number;
  /** Called when there is something to do, with the name of the queue, or `MAINTENANCE`. */
  notified(what: string): void;
  /** Called once when this worker must not continue. It must end the process: others may have taken over its runs. */
  lost: (error: ShipshapeError) => void;
}

export class Liveness {
  private readonly inFlight = new Map<string, number>();
  /** The runs whose locks this session holds, each with the query that took it. */
  private readonly locked = new Map<string, Promise<unknown>>();
  private letGo: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private heldUntil = 0;
  private closed = false;
  private left: ShipshapeError | undefined;
  private wake = () => {};

  private constructor(
    private readonly session: pg.Client,
    private readonly settings: LivenessSettings,
  ) {}

  static async open(settings: LivenessSettings): Promise<Liveness> {
    return translateConnectionErrors(settings.url, async () => {
      const { url, workerId } = settings;
      const session = new pg.Client({
        connectionString: url,
        application_name: `shipshape worker ${workerId}`,
        options: "-c search_path=shipshape",
      });
      const liveness = new Liveness(session, settings);
      session.on("error", (error) =>
        liveness.leave(new ShipshapeError("worker-session-lost", { id: workerId, reason: reasonOf(error) })),
      );
      session.on("notification", ({ payload = "" }) => settings.notified(payload));
      await session.connect();
      await liveness.query(`listen ${CHANNEL}`);
      await liveness.query("select pg_advisory_lock($1, hashtext($2))", WORKER_LOCKS, workerId);
      await liveness.query(
        "delete from worker where beat_at < clock_timestamp() - make_interval(days => $1)",
        workerRecordDays,
      );
      await liveness.query("insert into worker (id) values ($1)", workerId);
      liveness.heldUntil = Date.now() + settings.silentSecondsMax * 1000;
      void liveness.beat();
      return liveness;
    });
  }

  get workerId(): string {
    return this.settings.workerId;
  }

  /** Ends this process if another may have taken over its runs. Must be called before any effect. */
  requireHeld(): void {
    this.leaveIfSilent();
    if (this.left) throw this.left;
  }

  /**
   * Ends the sessions of silent workers, whatever they ran: all their locks are released, and the next check finds them
   * dead.
   */
  async endSilent(): Promise<void> {
    const sql = `select pg_terminate_backend((${HOLDER})) from worker where beat_at < clock_timestamp() - make_interval(secs => $1)`;
    await this.query(sql, this.settings.silentSecondsMax);
  }

  /** Does `work` if that worker is dead, and keeps others from doing the same in the meantime. */
  async ifDead(workerId: string, work: () => Promise<unknown>): Promise<void> {
    if (!(await this.tryLock(WORKER_LOCKS, workerId))) return;
    await work();
    await this.query("delete from worker where id = $1", workerId);
    await this.query("select pg_advisory_unlock($1, hashtext($2))", WORKER_LOCKS, workerId);
  }

  /** Holds the run's lock while `work` is in progress, and a little longer: its next step needs it again. */
  async during<T>(requestId: string, work: () => Promise<T>): Promise<T> {
    this.count(requestId, 1);
    try {
      await (this.locked.get(requestId) ?? this.lock(requestId));
      return await work();
    } finally {
      this.count(requestId, -1);
      this.letGo ??= setTimeout(() => this.unlockIdle(), runLockLingerMilliseconds);
    }
  }

  /** Whether no step of the run is in flight, in this worker or in any other. */
  async hasNoStepInFlight(requestId: string): Promise<boolean> {
    if (this.inFlight.has(requestId) || !(await this.tryLock(RUN_LOCKS, requestId))) return false;
    await this.query("select pg_advisory_unlock($1, hashtext($2))", RUN_LOCKS, requestId);
    return true;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    clearTimeout(this.letGo);
    this.session.removeAllListeners("error").on("error", () => undefined);
    await this.query("delete from worker where id = $1", this.workerId).catch(() => undefined);
    await this.session.end();
  }

  /** The lease counts from before each heartbeat was sent, so that it ends here before it ends for the others. */
  private async beat(): Promise<void> {
    while (!this.closed) {
      const sentAt = Date.now();
      const watch = setTimeout(() => this.leaveIfSilent(), this.settings.silentSecondsMax * 1000);
      try {
        await this.query("update worker set beat_at = clock_timestamp() where id = $1", this.workerId);
        this.leaveIfSilent(); // a late answer does not renew the lease
        this.heldUntil = sentAt + this.settings.silentSecondsMax * 1000;
      } catch {
        // A session that is lost reports it.
      } finally {
        clearTimeout(watch);
      }
      if (!this.closed) await new Promise<void>((resolve) => (this.wake = wakeable(resolve, workerBeatMilliseconds)));
    }
  }

  private leaveIfSilent(): void {
    if (Date.now() < this.heldUntil) return;
    this.leave(new ShipshapeError("worker-silent", { id: this.workerId, seconds: this.settings.silentSecondsMax }));
  }

  private leave(error: ShipshapeError): void {
    if (this.closed) return;
    this.closed = true;
    this.left = error;
    this.settings.lost(error);
  }

  private lock(requestId: string): Promise<unknown> {
    const taken = this.query("select pg_advisory_lock_shared($1, hashtext($2))", RUN_LOCKS, requestId);
    this.locked.set(requestId, taken);
    return taken;
  }

  /** All at once: of many short steps each would otherwise cost two queries. */
  private unlockIdle(): void {
    this.letGo = undefined;
    const idle = [...this.locked.keys()].filter((id) => !this.inFlight.has(id));
    for (const id of idle) this.locked.delete(id);
    const sql = "select pg_advisory_unlock_shared($1, hashtext(id)) from unnest($2::text[]) as id";
    if (idle.length > 0) void this.query(sql, RUN_LOCKS, idle).catch(() => undefined); // a lost session has no locks
  }

  private async tryLock(locks: number, name: string): Promise<boolean> {
    const { rows } = await this.query("select pg_try_advisory_lock($1, hashtext($2)) as taken", locks, name);
    return (rows as { taken: boolean }[])[0]?.taken === true;
  }

  /** One after another: a session runs one query at a time. */
  private query(sql: string, ...values: (string | number | string[])[]): Promise<pg.QueryResult> {
    const answer = this.turn.then(() => this.session.query(sql, values));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private count(requestId: string, change: 1 | -1): void {
    const count = (this.inFlight.get(requestId) ?? 0) + change;
    if (count > 0) this.inFlight.set(requestId, count);
    else this.inFlight.delete(requestId);
  }
}

/**
 * Calls `resolve` after that time, or when the returned function is called: an ending process must not wait for a
 * timer.
 */
export function wakeable(resolve: () => void, milliseconds: number): () => void {
  const timer = setTimeout(resolve, milliseconds);
  return () => (clearTimeout(timer), resolve());
}

/** The workers that are alive: they hold their lock and reported recently. */
export const workersAlive = (database: Database, silentSecondsMax = workerSilentSecondsMax) =>
  database.query<WorkerRecord>(
    `select id, greatest(0, extract(epoch from clock_timestamp() - beat_at))::float8 as "silentSeconds" from worker
     where exists (${HOLDER}) and beat_at > clock_timestamp() - make_interval(secs => $1) order by id`,
    [silentSecondsMax],
  );
