import { resolve } from "node:path";
import { ShipshapeError } from "../errors";
import { exportEvidence } from "../evidence/export";
import { statementsOf, type LogContent } from "../evidence/reading";
import { reportOf } from "../evidence/report";
import { evidenceListedMax } from "./limits";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { withRecords } from "./open-records";
import { knownLog, readEvidence } from "./evidence-log";
import { readGiven } from "./given-file";
import { entries } from "./layout";
import type { Terminal } from "./terminal";

/** Reads the log, names what is wrong with it, and hands it to `work`. */
export async function read({ settings, terminal }: CommandContext, work: (log: LogContent) => void): Promise<void> {
  await withRecords(settings, async ({ database }) => {
    const log = await readEvidence(settings, database, terminal);
    for (const { what } of log.problems) terminal.complain(`${terminal.style("red", "problem:")} ${printable(what)}`);
    work(log);
  });
}

export const list = (options: { json?: boolean }, context: CommandContext): Promise<void> =>
  read(context, (log) => listStatements(log, options.json === true, context.terminal));

export const show = (id: string, options: { json?: boolean }, context: CommandContext): Promise<void> =>
  read(context, (log) => {
    const statements = statementsOf(log, id);
    if (statements.length === 0) throw new ShipshapeError("evidence-unknown", { id: printable(id) });
    if (options.json)
      context.terminal.json(
        "evidence show",
        statements.map((s) => s.statement),
      );
    else context.terminal.say(reportOf(statements));
  });

export const checkpoint = (options: { json?: boolean }, context: CommandContext): Promise<void> =>
  read(context, ({ head }) => {
    if (!options.json) return void process.stdout.write(head?.note ?? "");
    if (!head) return context.terminal.json("evidence checkpoint", null);
    const { origin, size, root } = head.checkpoint;
    context.terminal.json("evidence checkpoint", { origin, size, rootHash: root.toString("base64"), note: head.note });
  });

export async function exportFolder(
  id: string,
  options: { out: string; since?: string; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  await withRecords(settings, async ({ database }) => {
    const known = await knownLog(settings, database, terminal);
    if (!known) throw new ShipshapeError("evidence-unknown", { id: printable(id) });
    const older = options.since === undefined ? undefined : await readGiven(options.since);
    const { folder, files } = await exportEvidence(database, known, id, resolve(options.out), older);
    if (options.json) terminal.json("evidence export", { folder, files });
    else terminal.say(`${folder}: ${files.join(", ")}`);
  });
}

function listStatements(log: LogContent, json: boolean, terminal: Terminal): void {
  const newest = log.entries.slice(-evidenceListedMax).reverse();
  if (json)
    return terminal.json(
      "evidence list",
      newest.map(({ position, run, statement }) => ({
        position,
        id: run?.id ?? null,
        kind: run?.kind ?? "other",
        statement,
      })),
    );
  if (newest.length === 0)
    return terminal.say("no evidence yet; `npx shipshape request restore-drill --help` shows how to produce some");
  const expiry = (date: string | null) =>
    date === null ? "-" : Date.parse(date) <= Date.now() ? terminal.style("red", "expired") : date.slice(0, 10);
  const lines = entries(
    ["#   ", "VERDICT     ", "ISSUED (UTC)    ", "EXPIRES   ", "STATEMENT"],
    newest.map(({ position, run, statement: { predicate, predicateType } }) => ({
      cells: [
        String(position),
        run?.kind === "verdict" ? run.predicate.verdict : "-",
        predicate.issuedAt.slice(0, 16).replace("T", " "),
        expiry(predicate.expiresOn),
      ],
      name: run?.id ?? predicateType.split(":").at(-2) ?? "",
      text: printable(
        run ? `${run.predicate.target ?? "?"} (${run.predicate.database?.resourceId ?? "not found"})` : "-",
      ),
    })),
    terminal.columns,
  );
  for (const line of lines) terminal.say(line);
}
