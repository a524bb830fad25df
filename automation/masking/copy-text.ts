/** Pure: how COPY writes a value as text: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". */

/** What COPY writes after a backslash: byte → its escape. */
const escapes = new Uint8Array(256);
/** The other way round. */
const meanings = new Uint8Array(256).map((_, byte) => byte);
for (const [byte, letter] of [
  [0x08, "b"],
  [0x0c, "f"],
  [0x0a, "n"],
  [0x0d, "r"],
  [0x09, "t"],
  [0x0b, "v"],
  [0x5c, "\\"],
] as const) {
  escapes[byte] = letter.charCodeAt(0);
  meanings[letter.charCodeAt(0)] = byte;
}

const backslash = 0x5c;

/**
 * Unescapes the field at `start` to `end` where it lies; returns its new end. Octal and hexadecimal escapes are not
 * read: COPY TO never writes them.
 */
export function unescapeInPlace(bytes: Buffer, start: number, end: number): number {
  let read = start;
  while (read < end && bytes[read] !== backslash) read++;
  if (read === end) return end;
  let write = read;
  while (read < end) {
    const byte = bytes[read++]!;
    bytes[write++] = byte === backslash && read < end ? meanings[bytes[read++]!]! : byte;
  }
  return write;
}

/**
 * Appends a value to a chunk that is being written; returns where the next byte goes. The chunk needs room for twice
 * the value's bytes.
 */
export function appendEscaped(chunk: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    const escape = escapes[byte]!;
    if (escape !== 0) {
      chunk[at++] = backslash;
      chunk[at++] = escape;
    } else chunk[at++] = byte;
  }
  return at;
}
