/**
 * Makes text from states, tags, files and clouds safe to print: a control character shows as its code, so that nothing
 * from outside moves a cursor, hides a line or begins a new one. So do invisible characters and those that change the
 * direction of text.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu;

/**
 * A whole line that begins with foreign text: a build server interprets a line that begins with `::` or contains `##[`
 * as a command.
 */
export function printableLine(text: string): string {
  return printable(text)
    .replace(/^(\s*):(?=:)/, "$1\\:")
    .replaceAll("##[", "#\\#[");
}

/** JSON that also escapes what JSON itself does not. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    beyondJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const beyondJson = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu;
