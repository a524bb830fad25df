import type { Database } from "../database";
import { describeError, ShipshapeError } from "../errors";
import type { StepObserver } from "./durable";
import { progressWriteMilliseconds } from "./limits";

/**
 * Records each attempt of each step, for progress and for the report afterwards. A step of the run itself must not
 * begin once the run is recorded as ended: its clean-up may be running.
 */
export function stepRecorder(database: Database, requestId: string, part: "run" | "clean-up"): StepObserver {
  const now = () => new Date().toISOString();
  const shownAt = new Map<string, number>();
  return {
    begun: async (name, worker) => {
      const [begun] = await database.query<{ attempt: number }>(
        `update run set steps = jsonb_set(steps, array[$2], $3::jsonb || jsonb_build_object('attempts', coalesce((steps -> $2 ->> 'attempts')::int, 0) + 1))
         where request_id = $1 and ($4 = 'clean-up' or finished_at is null) returning (steps -> $2 ->> 'attempts')::int as attempt`,
        [requestId, name, JSON.stringify({ status: "running", startedAt: now(), worker }), part],
      );
      if (!begun) throw new ShipshapeError("run-over", { id: requestId });
      return begun.attempt;
    },
    // Only for people who watch: it must neither delay the step nor make it fail.
    progressed: (name, share) => {
      if (Date.now() - (shownAt.get(name) ?? 0) < progressWriteMilliseconds) return;
      shownAt.set(name, Date.now());
      const written = database.query(
        `update run set steps = jsonb_set(steps, array[$2, 'share'], to_jsonb($3::float8))
         where request_id = $1 and steps -> $2 ->> 'status' = 'running'`,
        [requestId, name, Math.min(1, Math.max(0, share))],
      );
      void written.catch(() => undefined);
    },
    ended: async (name, error) => {
      const end =
        error === undefined
          ? { status: "done", finishedAt: now() }
          : { status: "failed", finishedAt: now(), error: describeError(error).message };
      await database.query(
        "update run set steps = jsonb_set(steps, array[$2], coalesce(steps -> $2, '{}') || $3::jsonb) where request_id = $1",
        [requestId, name, JSON.stringify(end)],
      );
    },
  };
}
