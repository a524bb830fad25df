/**
 * A file's text, in any encoding that common tools write: Windows shells redirect into UTF-16, and some editors start
 * UTF-8 with a byte order mark.
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return bigEndian(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString("utf8", 3);
  // Without a byte order mark, the zero byte before or after the first letter shows the byte order: that letter is ASCII
  // in every file we read.
  if (bytes.length >= 2 && bytes[0] !== 0 && bytes[1] === 0) return bytes.toString("utf16le");
  if (bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0) return bigEndian(bytes);
  return bytes.toString("utf8");
}

function bigEndian(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
    .swap16()
    .toString("utf16le");
}
