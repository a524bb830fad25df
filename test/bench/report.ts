import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { took, type Measured } from "./measure";

const page = join(__dirname, "../../docs/benchmarks.md");
const mark = "<!-- recorded: written by `npm run bench -- --record`, do not edit below -->";

export function reportLines(measured: Measured[]): string[] {
  return [
    "| what | ours | floor | ratio | runs |",
    "|---|---|---|---|---|",
    ...measured.map(
      (row) =>
        `| ${row.name} | ${took(row.oursTook, row.unit)}: ${row.ours} | ${took(row.floorTook, row.unit)}: ${row.floor} | **${row.ratio.toFixed(2)}×** | ${row.runs} |`,
    ),
  ];
}

/** Replaces the measured rows and keeps the others: each ratio is independent, as it was measured within one run. */
export function record(measured: Measured[]): void {
  const text = readFileSync(page, "utf8");
  const head = text.slice(0, text.indexOf(mark) + mark.length);
  const [heading = "", line = "", ...rows] = reportLines(measured);
  const nameOf = (row: string) => row.split("|")[1]?.trim() ?? "";
  const fresh = new Map(rows.map((row) => [nameOf(row), row]));
  const kept = text
    .slice(head.length)
    .split("\n")
    .filter((row) => row.startsWith("| ") && nameOf(row) !== nameOf(heading));
  const all = [
    ...kept.map((row) => fresh.get(nameOf(row)) ?? row),
    ...rows.filter((row) => !kept.some((old) => nameOf(old) === nameOf(row))),
  ];
  const where = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), Node.js ${process.versions.node}, ${process.platform}`;
  writeFileSync(page, `${head}\n\nLast recorded ${where}. Medians.\n\n${[heading, line, ...all].join("\n")}\n`);
}
