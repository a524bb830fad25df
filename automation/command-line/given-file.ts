import { readFile, stat } from "node:fs/promises";
import { reasonOf, ShipshapeError } from "../errors";
import { evidenceFileBytesMax } from "../limits";
import { printable } from "../printable";

/**
 * A file that a person kept or was given, as everyday tools write it: with a byte order mark, in UTF-16, with other
 * line endings.
 */
export async function readGiven(file: string): Promise<string> {
  try {
    const stats = await stat(file);
    // `--key <(…)` passes a pipe. A device may be endless.
    if (!stats.isFile() && !stats.isFIFO()) throw new Error("it is not a file");
    if (stats.size > evidenceFileBytesMax)
      throw new Error(`it has ${stats.size} bytes, more than the limit of ${evidenceFileBytesMax}`);
    const bytes = await readFile(file);
    const encoding =
      bytes[0] === 0xff && bytes[1] === 0xfe
        ? "utf-16le"
        : bytes[0] === 0xfe && bytes[1] === 0xff
          ? "utf-16be"
          : "utf-8";
    return new TextDecoder(encoding).decode(bytes).replaceAll("\r\n", "\n");
  } catch (error) {
    throw new ShipshapeError("usage", {
      problem: `cannot read ${printable(file)}: ${reasonOf(error)}`,
      command: "shipshape evidence",
    });
  }
}
