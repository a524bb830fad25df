import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import { earlierThan, statementsOf } from "../evidence/reading";
import { runPage } from "../evidence/run-page";
import { reportJson, runReportOf } from "../evidence/run-report";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { read } from "./evidence";
import type { Terminal } from "./terminal";

/** `shipshape evidence report`: one run for readers, as the page or the JSON that an export contains. */
export const report = (id: string, options: { json?: boolean; out?: string }, context: CommandContext): Promise<void> =>
  read(context, (log) => {
    const statements = statementsOf(log, id);
    if (!statements.some((s) => s.run.kind === "verdict"))
      throw new ShipshapeError("evidence-unknown", { id: printable(id) });
    const content = runReportOf(statements, earlierThan(log, statements));
    write(options.json ? reportJson(content) : runPage(content), options.out, context.terminal);
  });

/** Errors: evidence-out-unusable. */
function write(text: string, out: string | undefined, terminal: Terminal): void {
  if (out === undefined) return void process.stdout.write(text);
  const file = resolve(out);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new ShipshapeError("evidence-out-unusable", { folder: printable(file), reason: printable(reasonOf(error)) });
  }
  terminal.say(file);
}
