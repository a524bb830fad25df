/** How long a name or message from a database may be in a record: enough for any of PostgreSQL's own. */
const CHARACTERS_MAX = 300;

/**
 * A name or message from a database, safe for records, reports and terminals: one line, without control characters.
 * Names may contain anything but a zero byte, and messages whatever a function raises.
 */
export function shownText(text: string): string {
  const plain = text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return plain.length <= CHARACTERS_MAX ? plain : `${plain.slice(0, CHARACTERS_MAX)}…`;
}
