/** Pure: days of the calendar, as PostgreSQL writes dates in ISO style. */

/** Days since 1970-01-01 (Howard Hinnant's algorithm, for the Gregorian calendar at all times, as PostgreSQL has it). */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  // From here on nothing is negative, and whole numbers are faster.
  const yearOfEra = (y - era * 400) | 0;
  const dayOfYear = (((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function dateOf(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = (shifted - era * 146_097) | 0;
  const leaps = ((dayOfEra / 36_524) | 0) - ((dayOfEra / 1460) | 0) - ((dayOfEra / 146_096) | 0);
  const yearOfEra = ((dayOfEra + leaps) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0));
  const month = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * month + 2) / 5) | 0) + 1;
  return [yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day];
}

/** The days of a value that begins like 2024-02-29; undefined for others, such as a year BC or of five digits. */
export function daysAt(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start < 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || bytes[end - 1] === 0x43)
    return undefined;
  const year = 100 * twoDigits(bytes, start) + twoDigits(bytes, start + 2);
  return daysOf(year, twoDigits(bytes, start + 5), twoDigits(bytes, start + 8));
}

const twoDigits = (bytes: Buffer, at: number): number => 10 * bytes[at]! + bytes[at + 1]! - 11 * 0x30;

/** Ten bytes. */
export function writeDate(days: number, out: Buffer, at: number): number {
  const [year, month, day] = dateOf(days);
  at = writeTwoDigits((year / 100) | 0, out, at);
  at = writeTwoDigits(year % 100, out, at);
  out[at++] = 0x2d;
  at = writeTwoDigits(month, out, at);
  out[at++] = 0x2d;
  return writeTwoDigits(day, out, at);
}

function writeTwoDigits(number: number, out: Buffer, at: number): number {
  const tens = (number / 10) | 0;
  out[at] = 0x30 + tens;
  out[at + 1] = 0x30 + number - 10 * tens;
  return at + 2;
}

/** Years that four digits have; PostgreSQL writes others in other ways. */
export const firstDay = daysOf(1, 1, 1);
export const lastDay = daysOf(9999, 12, 31);

export const dateTypes: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);
