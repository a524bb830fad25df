/**
 * What a run does that has no database to itself: it makes a child request for each, and waits for their ends and for
 * messages.
 */
import type { ControlPlaneDatabase } from "./database";
import { ShipshapeError } from "./errors";
import { canonicalJson, type ChildEnd, type Message, type OperationRequest } from "./records";
import { childRequestId, findRequest, validInput } from "./request/requests";
import { waitUntil, type DurableClient } from "./runner/durable";
import { coordinationAttemptsMax, coordinationSecondsMax, waitSecondsMax } from "./runner/limits";
import { lookForMessage, type Wait } from "./runner/messages";
import { ownDatabase } from "./runner/places";
import type { OperationOf, RunStep, Step } from "./runner/operation";
import { lockRun, readRun } from "./runner/runs";
import { submitInto } from "./submission";

/** Each is safe to repeat. */
export interface Coordination {
  child(key: string, operation: string, input: unknown): Promise<string>;
  next(wait: Omit<Wait, "requestId">, signal: AbortSignal): Promise<Message | ChildEnd | undefined>;
}

/** The steps of a run, those of a coordination included. */
export function coordinating(step: Step, c: Coordination, key = ""): RunStep {
  const next = <T>(name: string, topic: string | null, seconds: number) => {
    const settings = { attemptsMax: coordinationAttemptsMax, timeoutSeconds: seconds + coordinationSecondsMax };
    const full = key === "" ? name : `${name} (${key})`;
    return step(name, settings, (signal) => c.next({ name: full, topic, seconds }, signal) as Promise<T | undefined>);
  };
  return Object.assign(<T>(...given: Parameters<typeof step<T>>) => step(...given), {
    requestId: step.requestId,
    keyed: (inner: string) => coordinating(step.keyed(inner), c, inner),
    sleep: (seconds: number) => step.sleep(seconds),
    child: (operation: string, input: unknown) => {
      const settings = { attemptsMax: coordinationAttemptsMax, timeoutSeconds: coordinationSecondsMax };
      return step(`request ${operation}`, settings, () => c.child(key, operation, input));
    },
    childEnd: (seconds: number) => next<ChildEnd>("wait for a child", null, seconds),
    waitFor: (topic: string, seconds: number) => next<Message>(`wait for ${topic}`, topic, seconds),
  });
}

export function coordinationOf(
  database: ControlPlaneDatabase,
  durable: DurableClient,
  operationOf: OperationOf,
  { id, parent, requestedBy, reason }: OperationRequest,
): Coordination {
  const refused = (why: string) => new ShipshapeError("coordination-refused", { id, reason: why });
  /** It would hold the database and one of the worker's few places while it waits. */
  let own: Promise<string | undefined> | undefined;
  const requireNoDatabase = async () => {
    // Once: the plan of a run is not changed, and that of a sweep names thousands of databases.
    own ??= readRun(database, id).then(({ plan }) => ownDatabase(plan) && plan!.target);
    const target = await own.catch((error: unknown) => {
      own = undefined;
      throw error;
    });
    if (target !== undefined) throw refused(`it has the database ${target} to itself`);
  };
  return {
    child: async (key, name, given) => {
      if (parent !== undefined) throw refused("it is a child itself");
      await requireNoDatabase();
      const operation = await operationOf(name);
      const input = validInput(operation, given, reason);
      const child = { id: childRequestId(id, name, key), parent: id };
      await database.transaction(async (transaction) => {
        // A cancellation of the parent comes before this, or finds the child.
        if ((await lockRun(transaction, id)).finishedAt) throw new ShipshapeError("run-over", { id });
        const known = await findRequest(transaction, child.id);
        if (!known) return submitInto(transaction, durable, operation, { input, requestedBy, reason, child });
        if (known.parent !== id || known.operation !== name || form(known.input) !== form(input))
          throw refused(`${child.id} is requested with another input`);
      });
      return child.id;
    },
    next: async (wait, signal) => {
      if (!(wait.seconds > 0 && wait.seconds <= waitSecondsMax))
        throw refused(`it may wait for up to ${waitSecondsMax} s, and not for ${wait.seconds}`);
      await requireNoDatabase();
      return waitUntil(database, id, signal, () => lookForMessage(database, { requestId: id, ...wait }));
    },
  };
}

/** As it is read back. */
const form = (input: unknown): string => canonicalJson(JSON.parse(JSON.stringify(input)));
