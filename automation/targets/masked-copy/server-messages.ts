/** Pure: the frames of PostgreSQL's protocol 3.0, as far as a bridge has to know them. */

const QUERY = 0x51;
const SYNC = 0x53;
const READY = 0x5a;

/** What follows the startup packet, which has no type; undefined while it is incomplete. */
export function withoutStartup(bytes: Uint8Array): Uint8Array | undefined {
  const length = bytes.length < 4 ? Infinity : lengthAt(bytes, 0);
  return bytes.length < length ? undefined : bytes.subarray(length);
}

/** Whether these are whole messages of a client, and whether the server answers them. */
export function completeMessages(bytes: Uint8Array): { whole: boolean; asks: boolean } {
  let at = 0;
  let asks = false;
  while (at + 5 <= bytes.length) {
    const end = at + 1 + lengthAt(bytes, at + 1);
    if (end > bytes.length) break;
    asks ||= bytes[at] === QUERY || bytes[at] === SYNC;
    at = end;
  }
  return { whole: at === bytes.length, asks };
}

/** Collects what a server says until it is ready for the next query; each byte is looked at once. */
export class AnswerReader {
  private readonly pieces: Uint8Array[] = [];
  /** The header of a message that is split over two pieces. */
  private header = new Uint8Array(5);
  private headerBytes = 0;
  /** Bytes of the current message that are still to come. */
  private missing = 0;
  private last = 0;
  bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** The whole answer once it is complete. */
  add(piece: Uint8Array): Uint8Array | undefined {
    this.pieces.push(piece);
    this.bytes += piece.length;
    if (this.bytes > this.bytesMax) throw new RangeError(`an answer of more than ${this.bytesMax} bytes`);
    for (let at = 0; at < piece.length;) {
      const step = Math.min(this.missing, piece.length - at);
      this.missing -= step;
      at += step;
      while (this.missing === 0 && at < piece.length && this.headerBytes < 5)
        this.header[this.headerBytes++] = piece[at++] ?? 0;
      if (this.headerBytes < 5) continue;
      this.last = this.header[0] ?? 0;
      this.missing = lengthAt(this.header, 1) - 4;
      this.headerBytes = 0;
    }
    if (this.missing > 0 || this.headerBytes > 0 || this.last !== READY) return undefined;
    const whole = Buffer.concat(this.pieces, this.bytes);
    this.pieces.length = 0;
    this.bytes = 0;
    this.last = 0;
    return whole;
  }
}

/** What a server says after a login, with these settings of the session. */
export function greetingOf(settings: Record<string, string>): Uint8Array {
  const parameters = Object.entries(settings).map(([name, value]) => message("S", Buffer.from(`${name}\0${value}\0`)));
  return Buffer.concat([
    message("R", Buffer.alloc(4)),
    ...parameters,
    message("K", Buffer.alloc(8)),
    message("Z", Buffer.from("I")),
  ]);
}

function message(type: string, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const lengthAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
