/** How long a name or message out of a database may be in a record: enough for any of PostgreSQL's own. */
const CHARACTERS_MAX = 300;

/**
 * A name or message out of a database as records, reports and terminals may show it: in one line, without characters
 * that a terminal obeys. Names may hold anything but a zero byte, and messages whatever a function raises.
 */
export function shownText(text: string): string {
  const plain = text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return plain.length <= CHARACTERS_MAX ? plain : `${plain.slice(0, CHARACTERS_MAX)}…`;
}
