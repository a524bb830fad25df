/** What CloudWatch says of the alarms of a database. */

/** INSUFFICIENT_DATA: it has just begun, or its metric has no data points. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface FoundAlarm {
  name: string;
  state: AlarmState;
  /** CloudWatch's own words; empty if it has none. */
  reason: string;
}

/** By their names. */
export type AlarmStates = Readonly<Record<string, AlarmState>>;
