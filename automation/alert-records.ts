/** What an alert is, for the stage that writes and sends it and for the destinations in `targets/`. */

/** A message to people about one fact. */
export interface Alert {
  /** The same whenever this fact is told: receivers can drop what they have seen. */
  key: string;
  kind: string;
  title: string;
  /** Null if it is not about one database. */
  database: string | null;
  /** Null if it is unknown. */
  owner: string | null;
  what: string;
  /** What to do about it. */
  command: string;
  requestId: string | null;
}

/** What a destination of alerts answered. */
export interface AlertAnswer {
  accepted: boolean;
  /** In a few words, without secrets. */
  said: string;
  /** The endpoint works, and refused this one message. */
  isRefusal?: boolean;
  /** The endpoint asks for this pause before the next message. */
  waitSeconds?: number | undefined;
}

export interface AlertDestination {
  name: string;
  /** Never throws; ends in bounded time. */
  send(alert: Alert): Promise<AlertAnswer>;
}
