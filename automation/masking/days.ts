/** Pure: days of the calendar, as PostgreSQL writes dates in ISO style. */

/** Days since 1970-01-01 (Howard Hinnant's algorithm, for the Gregorian calendar at all times, as PostgreSQL has it). */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function dateOf(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  return [yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day];
}

/** The days of a value that begins like 2024-02-29; undefined for others, such as a year BC or of five digits. */
export function daysAt(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start < 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || bytes[end - 1] === 0x43)
    return undefined;
  const number = (from: number, to: number) => {
    let found = 0;
    for (let at = from; at < to; at++) found = found * 10 + bytes[at]! - 0x30;
    return found;
  };
  return daysOf(number(start, start + 4), number(start + 5, start + 7), number(start + 8, start + 10));
}

/** Ten bytes. */
export function writeDate(days: number, out: Buffer, at: number): number {
  const [year, month, day] = dateOf(days);
  const write = (value: number, places: number) => {
    for (let i = places - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 10)) out[at + i] = 0x30 + (rest % 10);
    at += places;
  };
  write(year, 4);
  out[at++] = 0x2d;
  write(month, 2);
  out[at++] = 0x2d;
  write(day, 2);
  return at;
}

/** Years that four digits have; PostgreSQL writes others in other ways. */
export const firstDay = daysOf(1, 1, 1);
export const lastDay = daysOf(9999, 12, 31);

export const dateTypes: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);
