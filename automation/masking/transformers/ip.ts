import { z } from "zod";
import { writeNumber } from "../integer-mask";
import { hashedMask, unfitText } from "../mask-parts";
import type { Transformer } from "../transformer";
import { ByteWriter } from "../byte-writer";

const parameters = z.strictObject({});
const bytesMax = 43;

export const ip: Transformer<z.infer<typeof parameters>> = {
  name: "ip",
  title: "a private address: IPv4 becomes one of 10.0.0.0/8, IPv6 one of fd00::/8; a network keeps its length",
  parameters,
  fits: (column) => (/^(inet|cidr)$/.test(column.type) ? undefined : unfitText(column, 39)),
  uniqueness: () => "lossy",
  escapes: false,
  prepare(context) {
    const v4 = hashedMask(context, "exact", bytesMax, writeV4);
    const v6 = hashedMask(context, "exact", bytesMax, writeV6);
    const writer = new ByteWriter();
    return (values, batch) => {
      const { bytes, start, end, count } = values;
      // The address apart from the length of its network.
      const slashes = Int32Array.from({ length: count }, (_, i) => slashOf(bytes, start[i]!, end[i]!));
      const addresses = { bytes, start, end: slashes, count };
      const [short, long] = [v4(addresses, batch), v6(addresses, batch)];
      writer.reset(count, count * bytesMax);
      for (let i = 0; i < count; i++) {
        if (start[i]! < 0) {
          writer.null();
          continue;
        }
        const isLong = bytes.subarray(start[i], end[i]).includes(0x3a);
        const masked = isLong ? long : short;
        const from = writer.at;
        if (slashes[i]! < end[i]!) {
          const bits = Number(bytes.toString("latin1", slashes[i]! + 1, end[i]));
          const text = isLong
            ? networkV6(masked.bytes.toString("latin1", masked.start[i], masked.end[i]), bits)
            : networkV4(masked.bytes.toString("latin1", masked.start[i], masked.end[i]), bits);
          writer.ensure(bytesMax);
          writer.at += writer.bytes.write(`${text}/${bits}`, from, "latin1");
          writer.value(from);
        } else writer.copy(masked.bytes, masked.start[i]!, masked.end[i]!);
      }
      return writer;
    };
  },
};

function slashOf(bytes: Buffer, start: number, end: number): number {
  for (let at = end - 1; at >= start && at > end - 5; at--) if (bytes[at] === 0x2f) return at;
  return end;
}

/** Of a network only the bits of its length may be set. */
function networkV4(address: string, bits: number): string {
  const parts = address.split(".").map(Number);
  return parts.map((part, i) => part & maskOf(bits - i * 8, 8)).join(".");
}

function networkV6(address: string, bits: number): string {
  const parts = address.split(":").map((part) => Number.parseInt(part, 16));
  return parts.map((part, i) => (part & maskOf(bits - i * 16, 16)).toString(16)).join(":");
}

const maskOf = (set: number, width: number): number => {
  const bits = Math.max(0, Math.min(width, set));
  return (2 ** width - 1) ^ (2 ** (width - bits) - 1);
};

function writeV4(hashes: Buffer, from: number, out: Buffer, at: number): number {
  at = writeNumber(10, out, at);
  for (let i = 0; i < 3; i++) {
    out[at++] = 0x2e;
    at = writeNumber(hashes[from + i]!, out, at);
  }
  return at;
}

const hex = Buffer.from("0123456789abcdef");

function writeV6(hashes: Buffer, from: number, out: Buffer, at: number): number {
  for (let i = 0; i < 16; i++) {
    if (i > 0 && i % 2 === 0) out[at++] = 0x3a;
    const byte = i === 0 ? 0xfd : hashes[from + i]!;
    out[at++] = hex[byte >> 4]!;
    out[at++] = hex[byte & 15]!;
  }
  return at;
}
