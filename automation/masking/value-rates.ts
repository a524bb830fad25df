/**
 * Pure: what the values of a column look like, as shares of its **distinct** values: one value that fills a column says
 * no more than once. Only the shares leave this file.
 */

export interface ValueRates {
  /** How many distinct values were looked at. */
  distinct: number;
  /** Share of them, 0 to 1, that looks like it. */
  shares: Record<Look, number>;
  averageCharacters: number;
}

const looks = {
  email: (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text),
  /** With a plus, or with the signs that people write numbers of telephones with. Digits alone are anything. */
  phone: (text: string) =>
    /^\+[\d\s()./-]{7,20}$/.test(text) ||
    (/^[(\d][\d\s()./-]{6,19}$/.test(text) && /[\s()]/.test(text) && !/^\d{4}-\d\d/.test(text)),
  card: (text: string) => /^(?:3[47]\d{2}|3[068]\d{2}|[4-6]\d{3})[ -]?(?:\d[ -]?){9,15}$/.test(text) && luhn(text),
  iban: (text: string) => /^[A-Z]{2}\d{2}[ A-Z\d]{11,38}$/.test(text) && mod97(text),
  ip: (text: string) => isAddress(text),
  url: (text: string) => /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text),
  uuid: (text: string) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text),
  digest: (text: string) =>
    /^(?:[0-9a-f]{32,}|\$2[aby]\$.+|\$argon2.+|[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}.*)$/.test(text),
  number: (text: string) => /^[-+]?\d+(?:[.,]\d+)?$/.test(text),
  date: (text: string) => /^\d{4}-\d{2}-\d{2}(?:[ T].*)?$/.test(text),
  /** Two to four words that each begin with a capital. */
  name: (text: string) => /^\p{Lu}[\p{L}'.-]*(?: \p{Lu}[\p{L}'.-]*){1,3}$/u.test(text),
  sentence: (text: string) => text.split(/\s+/).length >= 5,
  /** A word as programs write states: one of few, in one case. */
  label: (text: string) => /^(?:[a-z][a-z0-9_-]{0,30}|[A-Z][A-Z0-9_-]{0,30})$/.test(text),
  json: (text: string) => /^\s*[[{]/.test(text),
} satisfies Record<string, (text: string) => boolean>;
export type Look = keyof typeof looks;

export function valueRates(values: Iterable<string>): ValueRates {
  const distinct = new Set<string>();
  for (const value of values) if (value.trim() !== "") distinct.add(value.trim());
  const shares = Object.fromEntries(Object.keys(looks).map((look) => [look, 0])) as Record<Look, number>;
  let characters = 0;
  for (const value of distinct) {
    characters += value.length;
    for (const [look, test] of Object.entries(looks)) if (test(value)) shares[look as Look] += 1 / distinct.size;
  }
  return { distinct: distinct.size, shares, averageCharacters: characters / Math.max(1, distinct.size) };
}

/** Luhn's check digit, which one number in ten has by chance. */
export function luhn(text: string): boolean {
  const digits = text.replaceAll(/\D/g, "");
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return digits.length >= 12 && sum % 10 === 0;
}

/** The remainder that an IBAN has to have (ISO 7064). */
export function mod97(text: string): boolean {
  const compact = text.replaceAll(/\s/g, "");
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4))
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** Four numbers alone are a version, too: an address is counted, and the column's name decides. */
const isAddress = (text: string): boolean =>
  /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\/\d+)?$/.test(text) ||
  (/^[0-9a-f:]+$/i.test(text) && (text.match(/:/g) ?? []).length >= 2 && !/^\d\d:\d\d:\d\d$/.test(text));
