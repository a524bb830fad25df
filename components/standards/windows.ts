/**
 * Backup and maintenance windows as RDS writes them, in UTC: `03:00-03:30`, `sun:04:00-sun:04:30`. Inside, minutes of a
 * week that starts on Monday.
 */
interface Window {
  start: number;
  length: number;
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;
const lengthMinutesMin = 30;

/** Undefined if the text is not a backup window, or is shorter than RDS accepts. */
export function backupWindowOf(text: string): Window | undefined {
  const [, from, to] = /^([01]\d:[0-5]\d|2[0-3]:[0-5]\d)-([01]\d:[0-5]\d|2[0-3]:[0-5]\d)$/.exec(text) ?? [];
  return from && to ? longEnough(minuteOf(from), (minuteOf(to) - minuteOf(from) + dayMinutes) % dayMinutes) : undefined;
}

/** Undefined if the text is not a maintenance window, or is shorter or longer than RDS accepts. */
export function maintenanceWindowOf(text: string): Window | undefined {
  const [, fromDay = "", from, toDay = "", to] =
    /^([a-z]{3}):([01]\d:[0-5]\d|2[0-3]:[0-5]\d)-([a-z]{3}):([01]\d:[0-5]\d|2[0-3]:[0-5]\d)$/.exec(
      text.toLowerCase(),
    ) ?? [];
  if (!from || !to || !days.includes(fromDay) || !days.includes(toDay)) return undefined;
  const start = days.indexOf(fromDay) * dayMinutes + minuteOf(from);
  const length = (days.indexOf(toDay) * dayMinutes + minuteOf(to) - start + weekMinutes) % weekMinutes;
  return length > dayMinutes ? undefined : longEnough(start, length);
}

/** RDS refuses the two if they overlap on any day: a backup window is daily. */
export function windowsMeet(backup: Window, maintenance: Window): boolean {
  return days.some((_, day) => {
    const start = day * dayMinutes + backup.start;
    const after = (from: number, to: number) => (to - from + weekMinutes) % weekMinutes;
    return after(start, maintenance.start) < backup.length || after(maintenance.start, start) < maintenance.length;
  });
}

/** Seconds since a window last opened. */
export const secondsSinceOpened = ({ start }: Pick<Window, "start">, now: Date): number =>
  (Math.floor(now.getTime() / 1000) + mondaySeconds - start * 60) % weekSeconds;

export const weekSeconds = weekMinutes * 60;
/** 1970 began on a Thursday. */
const mondaySeconds = 3 * dayMinutes * 60;

const longEnough = (start: number, length: number): Window | undefined =>
  length < lengthMinutesMin ? undefined : { start, length };
const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
