/** Pure: who made a difference, and when, as far as it is recorded. It is never guessed. */
import type { RecordedCall } from "../../targets/cloud-trail";
import type { Difference } from "./differences";
import { effectOf, type NamedDifference } from "./explaining-calls";

export interface ChangedBy {
  /** An ARN; null: not recorded. */
  principal: string | null;
  /** ISO; null: not recorded. */
  at: string | null;
  /** "CloudTrail: ModifyDBInstance", "RDS event: …"; else "not recorded", and why where it could not be read. */
  source: string;
  /** CloudTrail's id of the call. */
  eventId: string | null;
  /** Whether it was the principal that Shipshape itself works as. */
  isOurs: boolean;
}

/** An event of the database: when something happened, and not by whom. */
export interface DatabaseEvent {
  at: string;
  message: string;
}

export const notRecorded = (unread: string | null = null): ChangedBy => ({
  ...{ principal: null, at: null, eventId: null, isOurs: false },
  source: unread === null ? "not recorded" : `not recorded (${unread})`,
});

/** "arn:… on 2026-11-27T10:00:00Z (CloudTrail: ModifyDBInstance)", or "not recorded". */
export function changedByText({ principal, at, source, isOurs }: ChangedBy): string {
  if (at === null) return source;
  if (principal === null) return `${at} (${source}), by whom is not recorded`;
  return `${principal}${isOurs ? ", which Shipshape works as," : ""} on ${at} (${source})`;
}

/**
 * The newest call that had to do with it says it, if it made what is there. If it made something else, that was changed
 * again in a way that is not recorded: an older call with the same value explains nothing.
 */
export function changedBy(
  named: NamedDifference,
  calls: readonly RecordedCall[],
  events: readonly DatabaseEvent[],
  unread: string | null,
): Omit<ChangedBy, "isOurs"> {
  const newest = newestFirst(calls)
    .map((call) => ({ call, effect: effectOf(call, named) }))
    .find(({ effect }) => effect !== undefined);
  if (newest?.effect) {
    const { principal, at, name, id } = newest.call;
    return { principal, at, source: `CloudTrail: ${name}`, eventId: id };
  }
  const event = newestFirst(events).find(({ message }) => saysIt(message, named.difference));
  if (event) return { ...notRecorded(), at: event.at, source: `RDS event: ${event.message}` };
  return notRecorded(newest ? null : unread);
}

/** Whether no older call can change the answer. */
export const isDecided = (named: NamedDifference, calls: readonly RecordedCall[]): boolean =>
  calls.some((call) => effectOf(call, named) !== undefined);

/** Two sessions of one role are the same principal. */
export const isSamePrincipal = (one: string, other: string): boolean => roleOf(one) === roleOf(other);

const roleOf = (arn: string): string => {
  const [, account, role] = /^arn:[^:]+:sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `${account} ${role}`;
};

const newestFirst = <One extends { at: string }>(all: readonly One[]): One[] =>
  [...all].sort((one, other) => (one.at > other.at ? -1 : one.at < other.at ? 1 : 0));

/** The messages that say which value an instance has got (RDS User Guide, "Amazon RDS event categories and messages"). */
function saysIt(message: string, { property, actual }: Pick<Difference, "property" | "actual">): boolean {
  switch (property) {
    case "parameterGroupName":
      return message.startsWith("Updated to use DBParameterGroup ") && message.endsWith(` ${actual}`);
    case "backupRetentionPeriod":
      return actual === "0" && /automated backups?.*disabled|Disabled automated backups/i.test(message);
    case "multiAz":
      return new RegExp(`convert.*to a ${actual === "true" ? "Multi" : "Single"}-AZ`, "i").test(message);
    case "monitoringInterval":
      return message === `Monitoring Interval changed to ${actual}`;
    case "password":
      return /reset master credentials/i.test(message);
    default:
      return false;
  }
}
