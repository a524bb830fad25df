/**
 * Pure: in which form a value is searched for, and what else a text may say once it is decoded. The same form is made of
 * what is searched for and of what is searched: accents, case and runs of blanks make no difference.
 */
import { unescapeInPlace } from "./copy-text";

/** Fewer digits than these are met by chance, or are dates. */
export const digitsMin = 9;

/** Without accents, in lower case, one blank in place of several. */
export const canonical = (text: string): string =>
  text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/\s+/g, " ").trim();

/** Whether the bytes are in that form already, but for case, which a search does not see. */
export function isCanonical(bytes: Uint8Array, from: number, to: number): boolean {
  let before = 0x20;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte < 0x20 || (byte === 0x20 && before === 0x20)) return false;
    before = byte;
  }
  return before !== 0x20;
}

/** The part of an email address before the @, where it is long enough to be evidence. */
export const localPartOf = (text: string): string | undefined => /^([^@\s]{8,})@[^@\s]+$/.exec(text)?.[1];

/** What a field says besides what it shows: escaped, encoded or with accents. Empty for most. */
export function decodings(field: string): string[] {
  const found = new Set<string>();
  const add = (text: string | undefined) => text !== undefined && text !== field && found.add(text);
  if (/[^\x20-\x7e]| {2}/.test(field)) add(canonical(field));
  if (field.includes("\\")) {
    add(canonicalOf(jsonUnescaped(field)));
    for (const [, hex = ""] of field.matchAll(/\\x((?:[0-9a-f]{2}){8,})/gi)) add(decoded(Buffer.from(hex, "hex")));
  }
  if (/%[0-9a-f]{2}/i.test(field)) add(canonicalOf(percentDecoded(field)));
  if (/&(#\d+|#x[0-9a-f]+|[a-z]+);/i.test(field)) add(canonicalOf(entitiesDecoded(field)));
  for (const [token] of field.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)) add(decoded(Buffer.from(token, "base64")));
  return [...found];
}

/** A field of COPY text as it was stored. */
export function fieldText(bytes: Uint8Array, from: number, to: number): string {
  const own = Buffer.from(bytes.subarray(from, to));
  return own.toString("utf8", 0, unescapeInPlace(own, 0, own.length));
}

const canonicalOf = (text: string | undefined) => (text === undefined ? undefined : canonical(text));

const jsonUnescaped = (text: string): string =>
  text.replaceAll(/\\(u[0-9a-f]{4}|["\\/bfnrt])/gi, (_, escape: string) =>
    escape.length === 5 ? String.fromCharCode(Number.parseInt(escape.slice(1), 16)) : (controls[escape] ?? escape),
  );
const controls: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function percentDecoded(text: string): string {
  const bytes = text
    .replaceAll("+", " ")
    .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
  return bytes;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", commat: "@" };

const entitiesDecoded = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
    (whole, ten?: string, sixteen?: string, name?: string) => {
      const code = ten === undefined ? Number.parseInt(sixteen ?? "", 16) : Number(ten);
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );

/** What was encoded, if it is text at all. */
function decoded(bytes: Buffer): string | undefined {
  if (bytes.length < 8) return undefined;
  const text = bytes.toString("utf8");
  const odd = text.match(/[\u0000-\u0008\u000e-\u001f\ufffd]/g)?.length ?? 0;
  return odd * 8 > text.length ? undefined : canonical(text);
}
