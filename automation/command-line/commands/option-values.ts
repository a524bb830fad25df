/** Options that are more than a word: read, or refused, before the command begins. */
import { InvalidArgumentError } from "commander";
import { accountPattern, regionPattern } from "../../fleet-records";
import { todayOf } from "../../../policypacks/database-guardrails/settings";

/** Seconds of `90s`, `15m`, `6h`, `8d`. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 }[match?.[2] ?? ""];
  if (match === null || unitSeconds === undefined)
    throw new InvalidArgumentError(`"${text}" is not a duration such as 90s, 15m, 6h or 8d`);
  return Number(match[1]) * unitSeconds;
}

/** Whether the number is one that is allowed, the schema of its request says. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) throw new InvalidArgumentError(`"${text}" is not a number`);
  return number;
}

/** A whole number from 1 to `max`. */
export const parseCount =
  (max: number) =>
  (text: string): number => {
    const count = Number(text);
    if (!Number.isInteger(count) || count < 1 || count > max)
      throw new InvalidArgumentError(`"${text}" is not a whole number from 1 to ${max}`);
    return count;
  };

export function parseMoment(text: string): string {
  const moment = Date.parse(text);
  if (Number.isNaN(moment))
    throw new InvalidArgumentError(`"${text}" is not an ISO 8601 moment such as 2030-01-31T12:00:00Z`);
  return new Date(moment).toISOString();
}

export function parseUser(text: string): string {
  // Key ids are padded with zeros: with one at its end, it would be another user's.
  if (!/^[a-z0-9]{0,15}[a-z1-9]$/i.test(text))
    throw new InvalidArgumentError(`"${text}" is not a user name: give 1 to 16 letters and digits, the last not a 0`);
  return text;
}

export function parseAccount(text: string): string {
  if (!accountPattern.test(text)) throw new InvalidArgumentError(`"${text}" is not an account: give its 12 digits`);
  return text;
}

export function parseRegion(text: string): string {
  if (!regionPattern.test(text))
    throw new InvalidArgumentError(`"${text}" is not a Region: give one such as eu-west-1`);
  return text;
}

/** A day, today or later. */
export function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError("give a day as YYYY-MM-DD");
  if (todayOf(text) !== text)
    throw new InvalidArgumentError("an earlier day would revive expired waivers; give today or a later one");
  return text;
}

/** A day that is not in the future: its first moment, in UTC. */
export function pastDay(text: string): Date {
  const at = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError(`"${text}" is not a day such as 2030-01-31`);
  if (at.getTime() > Date.now())
    throw new InvalidArgumentError(`${text} is in the future; give today or an earlier day`);
  return at;
}

/** A whole number, at least 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number from 1 to 999999`);
  return Number(text);
}
