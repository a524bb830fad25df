/** Canonical base64 only; Node's own decoder accepts anything and skips what it does not know. Throws a plain Error. */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Error("not base64");
  return bytes;
}
