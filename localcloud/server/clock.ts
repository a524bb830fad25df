import type { Collection, Store } from "./storage/store";

interface ClockRecord {
  offsetMs: number;
}

/**
 * The one clock of the cloud: maintenance windows, expiry and the times in records follow it. It is the machine's clock
 * plus an offset that can be set and survives a restart.
 */
export class Clock {
  private readonly records: Collection<ClockRecord>;
  private listeners: (() => void)[] = [];

  constructor(store: Store) {
    this.records = store.collection<ClockRecord>("clock");
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs());
  }

  /** @param offsetMs offset from the machine's clock; 0 follows it again. */
  setOffset(offsetMs: number): void {
    this.records.put("clock", { offsetMs });
    for (const listener of this.listeners) listener();
  }

  /** Called after each change of the clock, so that whatever waits for a time checks again. */
  onSet(listener: () => void): void {
    this.listeners.push(listener);
  }

  offsetMs(): number {
    return this.records.get("clock")?.offsetMs ?? 0;
  }
}
