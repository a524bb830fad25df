import { createEngineLog } from "./engine-log";
import type { Context } from "./resource";

/** An engine that uses this plugin: the one that started it, or one that has attached itself to it. */
export interface Engine {
  /** Of its calls: an engine that gives up ends no call of another. */
  readonly signal: AbortSignal;
  logFor(urn: string): Context<unknown>["log"];
  /** What it has configured the provider with. */
  config: unknown;
}

export interface Engines {
  /** By its connection. */
  of(peer: string): Engine;
  /** One that was not started by it says where it listens for log lines. */
  attach(peer: string, address: string): void;
  /** Aborts the calls of one, which makes no more. */
  cancel(peer: string): void;
  cancelAll(): void;
}

interface Known extends Engine {
  abort: AbortController;
}

/** `address` is that of the engine that started this process, if one did. */
export function createEngines(address: string | undefined): Engines {
  const known = new Map<string, Known>();
  const own = createEngineLog(address);
  const of = (peer: string): Known => {
    const found = known.get(peer);
    if (found) return found;
    const abort = new AbortController();
    const made = { abort, signal: abort.signal, logFor: own, config: undefined };
    known.set(peer, made);
    return made;
  };
  const cancel = (peer: string) => {
    known.get(peer)?.abort.abort(new Error("cancelled"));
    known.delete(peer);
  };
  return {
    of,
    attach: (peer, attached) => void (of(peer).logFor = createEngineLog(attached)),
    cancel,
    cancelAll: () => [...known.keys()].forEach(cancel),
  };
}
