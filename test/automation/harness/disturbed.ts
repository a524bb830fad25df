/**
 * Operations that are disturbed at one moment of a real run: `before <step>` and `in <step>` kill their process
 * (SIGKILL); `in` is after the step's effect and before its record, as is `cut <step>`, which loses the connections to
 * the control plane's database. `fail <step>` makes the step fail after its effect;
 * `cancel <step>` and `expire <step>` end the run then, from outside, while the step is still in flight. A moment to
 * kill at that ends with `*` is reached by that step whatever its key is.
 */
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../../automation/database";
import { ShipshapeError } from "../../../automation/errors";
import type { RegisteredOperation } from "../../../automation/operations/registry";
import type { AnyOperation, RunStep, Step, StepSettings, Work } from "../../../automation/runner/operation";

export const disturbed = (registered: RegisteredOperation, moment: string): RegisteredOperation => ({
  ...registered,
  open: async (context) => disturbedAt(await registered.open(context), moment, context.database),
});

/** Kills this process if the moment is reached. */
export function dieAt(reached: string, moment: string): void {
  if (isReached(reached, moment)) process.kill(process.pid, "SIGKILL");
}

const isReached = (reached: string, moment: string): boolean =>
  reached === moment || [reached, reached.replace(/ \(.*\)$/, "")].some((one) => `${one}*` === moment);

const { port } = new URL(process.env["SHIPSHAPE_DATABASE_URL"] || "postgresql://none");

/** Ends every connection of this process to the control plane's database, as a network that fails does. */
function cutOff(): void {
  const open = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  for (const one of open) if (one instanceof Socket && String(one.remotePort) === port) one.destroy();
}

export function disturbedAt(operation: AnyOperation, moment: string, database: Database): AnyOperation {
  const watched = (step: Step, key?: string): Step =>
    Object.assign(
      <T>(name: string, settings: StepSettings, work: Work<T>) => {
        const full = key === undefined ? name : `${name} (${key})`;
        return step(name, settings, async (...given) => {
          dieAt(`before ${full}`, moment);
          const result = await work(...given);
          dieAt(`in ${full}`, moment);
          if (moment === `cut ${full}`) cutOff();
          if (moment === `fail ${full}`) throw new ShipshapeError("request-unknown", { id: `made to fail: ${full}` });
          if (moment === `cancel ${full}` || moment === `expire ${full}`) await ended(step.requestId);
          return result;
        });
      },
      { requestId: step.requestId, keyed: (inner: string) => watched(step.keyed(inner), inner), sleep: step.sleep },
    );
  /** Its own effects are the transactions that it commits: `in` is right after one. */
  const coordinated = (step: RunStep, key?: string): RunStep => {
    const reach = <T>(name: string, work: () => Promise<T>) => {
      const full = key === undefined ? name : `${name} (${key})`;
      dieAt(`before ${full}`, moment);
      if (!isReached(`in ${full}`, moment)) return work();
      const { query, transaction } = database;
      const over = async <R>(result: Promise<R>) => (await result, dieAt(`in ${full}`, moment), result);
      database.query = (sql, values) => (/insert into wait/.test(sql) ? over(query(sql, values)) : query(sql, values));
      database.transaction = (given) => {
        let isIt = false;
        const seen = (inside: Database): Database => ({
          query: (sql, values) => ((isIt ||= /insert into request/.test(sql)), inside.query(sql, values)),
          transaction: (nested) => inside.transaction((_, client) => nested(seen(inside), client)),
        });
        const result = transaction((inside, client) => given(seen(inside), client));
        return result.then((value) => (isIt && dieAt(`in ${full}`, moment), value));
      };
      return work();
    };
    return Object.assign(watched(step, key) as RunStep, {
      keyed: (inner: string) => coordinated(step.keyed(inner), inner),
      child: (name: string, input: unknown) => reach(`request ${name}`, () => step.child(name, input)),
      childEnd: (seconds: number) => reach("wait for a child", () => step.childEnd(seconds)),
      waitFor: (topic: string, seconds: number) => reach(`wait for ${topic}`, () => step.waitFor(topic, seconds)),
    });
  };
  const ended = async (requestId: string) => {
    if (moment.startsWith("expire"))
      await database.query("update throwaway set expires_at = now() - interval '1 second' where request_id = $1", [
        requestId,
      ]);
    process.stderr.write(`${moment}\n`);
    while ((await database.query("select from run where request_id = $1 and finished_at is null", [requestId])).length)
      await sleep(50);
  };
  return {
    ...operation,
    // The lifecycle gives the second look at the database its key, before the operation sees the step.
    observe: async (request, step) => {
      const [planned] = await database.query("select from run where request_id = $1 and plan is not null", [
        step.requestId,
      ]);
      return operation.observe(request, watched(step, planned && "before the run"));
    },
    run: (plan, step) => operation.run(plan, coordinated(step)),
    ...(operation.cleanUp && { cleanUp: (plan, step) => operation.cleanUp!(plan, watched(step)) }),
  };
}
