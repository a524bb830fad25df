import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Measured } from "./measure";

const page = join(__dirname, "../../docs/benchmarks.md");
const mark = "<!-- recorded: written by `npm run bench -- --record`, do not edit below -->";

export function reportLines(measured: Measured[]): string[] {
  return [
    "| what | ours | floor | ratio | runs |",
    "|---|---|---|---|---|",
    ...measured.map(
      (row) =>
        `| ${row.name} | ${seconds(row.oursSeconds)}: ${row.ours} | ${seconds(row.floorSeconds)}: ${row.floor} | **${row.ratio.toFixed(2)}×** | ${row.runs} |`,
    ),
  ];
}

/** Replaces what stands below the mark; measures not taken this time are not kept, so that the table is of one machine and one day. */
export function record(measured: Measured[]): void {
  const text = readFileSync(page, "utf8");
  const head = text.slice(0, text.indexOf(mark) + mark.length);
  const where = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), Node.js ${process.versions.node}, ${process.platform}`;
  writeFileSync(page, `${head}\n\nRecorded ${where}. Medians.\n\n${reportLines(measured).join("\n")}\n`);
}

const seconds = (value: number): string => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`);
