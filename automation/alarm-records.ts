/** What CloudWatch says of the alarms of a database. */

/** INSUFFICIENT_DATA: it has just begun, or its metric has no data points. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface FoundAlarm {
  name: string;
  state: AlarmState;
  /** CloudWatch's own words; empty if it has none. */
  reason: string;
  /** Since when it has that state; null if CloudWatch does not say. */
  since: Date | null;
}

/** By their names. */
export type AlarmStates = Readonly<Record<string, AlarmState>>;

/** How the alarms of a database were before its patch. */
export interface NotedAlarms {
  states: AlarmStates;
  /** When it first took its turn, which may be days after they were noted; null if it has not. */
  patchedFrom: Date | null;
}
