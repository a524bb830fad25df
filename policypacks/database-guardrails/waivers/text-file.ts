/**
 * A file's text, whatever tool wrote it: a shell of Windows redirects into UTF-16, editors put a byte order mark before
 * UTF-8.
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return bigEndian(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString("utf8", 3);
  // Without a mark the zero beside the first letter, which is of ASCII in every file we read, tells which half comes
  // first.
  if (bytes.length >= 2 && bytes[0] !== 0 && bytes[1] === 0) return bytes.toString("utf16le");
  if (bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0) return bigEndian(bytes);
  return bytes.toString("utf8");
}

function bigEndian(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
    .swap16()
    .toString("utf16le");
}
