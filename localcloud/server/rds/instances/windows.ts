import { createHash } from "node:crypto";

/**
 * Backup and maintenance windows, in UTC, as RDS writes them: `03:00-03:30` and `sun:04:00-sun:04:30`. Internally, a
 * window is a start and a length in minutes; the week starts on Monday 00:00.
 */
export interface Window {
  startMinute: number;
  lengthMinutes: number;
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;
const lengthMinutesMin = 30;

/** The window, or the reason why the text is not one. */
export function parseBackupWindow(text: string): Window | string {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!match) return `the backup window '${text}' is not of the form hh24:mi-hh24:mi, e.g. 03:00-03:30`;
  const start = Number(match[1]) * 60 + Number(match[2]);
  const end = Number(match[3]) * 60 + Number(match[4]);
  return checked(text, start, (end - start + dayMinutes) % dayMinutes);
}

export function parseMaintenanceWindow(text: string): Window | string {
  const match = /^([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)-([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)$/.exec(text.toLowerCase());
  const startDay = days.indexOf(match?.[1] ?? "");
  const endDay = days.indexOf(match?.[4] ?? "");
  if (!match || startDay < 0 || endDay < 0)
    return `the maintenance window '${text}' is not of the form ddd:hh24:mi-ddd:hh24:mi, e.g. sun:04:00-sun:04:30`;
  const start = startDay * dayMinutes + Number(match[2]) * 60 + Number(match[3]);
  const end = endDay * dayMinutes + Number(match[5]) * 60 + Number(match[6]);
  const length = (end - start + weekMinutes) % weekMinutes;
  if (length > dayMinutes) return `the maintenance window '${text}' is longer than 24 hours`;
  return checked(text, start, length);
}

function checked(text: string, startMinute: number, lengthMinutes: number): Window | string {
  return lengthMinutes < lengthMinutesMin
    ? `the window '${text}' is shorter than ${lengthMinutesMin} minutes`
    : { startMinute, lengthMinutes };
}

/** A backup window recurs daily, so it overlaps the maintenance window if it does on any day. */
export function windowsOverlap(backup: Window, maintenance: Window): boolean {
  return days.some((_day, index) =>
    overlap({ ...backup, startMinute: index * dayMinutes + backup.startMinute }, maintenance),
  );
}

function overlap(a: Window, b: Window): boolean {
  const distance = (from: Window, to: Window) => (to.startMinute - from.startMinute + weekMinutes) % weekMinutes;
  return distance(a, b) < a.lengthMinutes || distance(b, a) < b.lengthMinutes;
}

/** The first time at or after `from` that is in the maintenance window. */
export function nextMaintenance(text: string, from: Date): Date {
  const window = parseMaintenanceWindow(text);
  if (typeof window === "string") throw new Error(window);
  const weekDay = (from.getUTCDay() + 6) % 7;
  const minute = weekDay * dayMinutes + from.getUTCHours() * 60 + from.getUTCMinutes();
  const sinceStart = (minute - window.startMinute + weekMinutes) % weekMinutes;
  if (sinceStart < window.lengthMinutes) return from;
  const startOfMinute = Math.floor(from.getTime() / 60_000) * 60_000;
  return new Date(startOfMinute + (weekMinutes - sinceStart) * 60_000);
}

/** When the backup window that contains `now` began; undefined outside of it. */
export function currentBackupWindow(text: string, now: Date): Date | undefined {
  const window = parseBackupWindow(text);
  if (typeof window === "string") throw new Error(window);
  const sinceStart = (now.getUTCHours() * 60 + now.getUTCMinutes() - window.startMinute + dayMinutes) % dayMinutes;
  return sinceStart < window.lengthMinutes
    ? new Date(Math.floor(now.getTime() / 60_000) * 60_000 - sinceStart * 60_000)
    : undefined;
}

/**
 * RDS chooses a window at random from an 8-hour block of the Region; here the name determines it, so that it stays the
 * same.
 */
export function defaultBackupWindow(identifier: string, maintenance: string | undefined): string {
  return choose(
    identifier,
    20 * 60,
    (start) => `${clock(start)}-${clock(start + 30)}`,
    (text) => {
      const other = maintenance === undefined ? undefined : parseMaintenanceWindow(maintenance);
      const window = parseBackupWindow(text);
      return typeof other !== "object" || typeof window !== "object" || !windowsOverlap(window, other);
    },
  );
}

export function defaultMaintenanceWindow(identifier: string, backup: string): string {
  const day = days[hash(`day ${identifier}`) % 7]!;
  return choose(
    identifier,
    22 * 60,
    (start) =>
      `${start >= dayMinutes ? dayAfter(day) : day}:${clock(start)}-${start + 30 >= dayMinutes ? dayAfter(day) : day}:${clock(start + 30)}`,
    (text) => {
      const window = parseMaintenanceWindow(text);
      const other = parseBackupWindow(backup);
      return typeof window !== "object" || typeof other !== "object" || !windowsOverlap(other, window);
    },
  );
}

function choose(
  identifier: string,
  blockStart: number,
  write: (start: number) => string,
  fits: (text: string) => boolean,
): string {
  const first = hash(identifier) % 16;
  const candidates = Array.from({ length: 16 }, (_value, index) => write(blockStart + ((first + index) % 16) * 30));
  return candidates.find(fits) ?? candidates[0]!;
}

const dayAfter = (day: string): string => days[(days.indexOf(day) + 1) % 7]!;
const clock = (minute: number): string => `${two(Math.floor((minute % dayMinutes) / 60))}:${two(minute % 60)}`;
const two = (number: number): string => String(number).padStart(2, "0");
const hash = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE();
