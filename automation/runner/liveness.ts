/**
 * Who is alive, told by PostgreSQL's sessions: a lock that a session holds ends with its process, however that ends.
 *
 * Each worker holds a lock named after itself: who can take it knows that worker dead. And it holds one named after a run while a step of
 * that run is in flight: who can take that knows that nothing is being made for the run any more. (DBOS forgets a step that was cancelled or
 * ran out of time; its code goes on all the same, and what it makes must not come after the clean-up.)
 */
import pg from "pg";

/** "SHIP", and the next: sets our advisory locks apart from others in the same database. */
const WORKER_LOCKS = 0x53_48_49_50;
const RUN_LOCKS = WORKER_LOCKS + 1;

export class Liveness {
  private readonly inFlight = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly session: pg.Client,
    readonly workerId: string,
  ) {}

  static async open(url: string, workerId: string): Promise<Liveness> {
    const session = new pg.Client({ connectionString: url, application_name: `shipshape worker ${workerId}` });
    session.on("error", () => process.exit(70)); // its lock gone, this worker may be taken for dead: it must not run on beside its successor
    await session.connect();
    await session.query("select pg_advisory_lock($1, hashtext($2))", [WORKER_LOCKS, workerId]);
    return new Liveness(session, workerId);
  }

  /** Does `work` when that worker is dead, and keeps others from doing the same meanwhile. */
  async ifDead(workerId: string, work: () => Promise<unknown>): Promise<void> {
    if (!(await this.tryLock(WORKER_LOCKS, workerId))) return;
    await work();
    await this.query("select pg_advisory_unlock($1, hashtext($2))", WORKER_LOCKS, workerId);
  }

  /** Holds the run's lock while `work` goes on. */
  async during<T>(requestId: string, work: () => Promise<T>): Promise<T> {
    await this.query("select pg_advisory_lock_shared($1, hashtext($2))", RUN_LOCKS, requestId);
    this.count(requestId, 1);
    try {
      return await work();
    } finally {
      this.count(requestId, -1);
      await this.query("select pg_advisory_unlock_shared($1, hashtext($2))", RUN_LOCKS, requestId);
    }
  }

  /** Whether no step of the run is in flight, in this worker or in any other. */
  async isQuiet(requestId: string): Promise<boolean> {
    if (this.inFlight.has(requestId) || !(await this.tryLock(RUN_LOCKS, requestId))) return false;
    await this.query("select pg_advisory_unlock($1, hashtext($2))", RUN_LOCKS, requestId);
    return true;
  }

  async close(): Promise<void> {
    this.session.removeAllListeners("error").on("error", () => undefined);
    await this.session.end();
  }

  private async tryLock(locks: number, name: string): Promise<boolean> {
    const { rows } = await this.query("select pg_try_advisory_lock($1, hashtext($2)) as taken", locks, name);
    return (rows as { taken: boolean }[])[0]?.taken === true;
  }

  /** One after another: a session answers one query at a time. */
  private query(sql: string, locks: number, name: string): Promise<pg.QueryResult> {
    const answer = this.turn.then(() => this.session.query(sql, [locks, name]));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private count(requestId: string, change: 1 | -1): void {
    const count = (this.inFlight.get(requestId) ?? 0) + change;
    if (count > 0) this.inFlight.set(requestId, count);
    else this.inFlight.delete(requestId);
  }
}
