import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { ShipshapeError, reasonOf } from "../errors";
import { exportEvidence } from "../evidence/export";
import { latestCheckpoint, type EvidenceRow } from "../evidence/ledger";
import { reportOf, statementOf } from "../evidence/report";
import { verifyEvidence, type Verification } from "../evidence/verify";
import { evidenceListedMax } from "../limits";
import type { CommandContext } from "./command-context";
import { signerOf, withControlPlane } from "./control-plane";
import { table, type Terminal } from "./terminal";

/** `shipshape evidence …`: the append-only log of what was proven. */
export function addEvidence(shipshape: Command, context: CommandContext): void {
  const { terminal } = context;
  const evidence = shipshape
    .command("evidence")
    .description("signed, append-only statements of what runs have proven; they expire")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  npx shipshape evidence list\n  npx shipshape evidence export 261123093000-1a2b3c4d --out evidence-orders");
  evidence
    .command("list")
    .description("the statements, newest first")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence list")
    .action((options: { json?: boolean }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const rows = await database.query<EvidenceRow>("select * from evidence order by log_index desc limit $1", [evidenceListedMax]);
        if (options.json)
          return terminal.say(
            JSON.stringify(
              rows.map(({ envelope, ...row }) => ({ ...row, statement: statementOf(envelope) })),
              undefined,
              2,
            ),
          );
        if (rows.length === 0) return terminal.say("no evidence yet; `npx shipshape request restore-drill --help` shows how to make some");
        const state = (r: EvidenceRow) => (r.expires_on.getTime() < Date.now() ? terminal.style("red", "expired") : r.expires_on.toISOString().slice(0, 10));
        for (const line of table(
          ["#", "STATEMENT", "DATABASE", "VERDICT", "ISSUED", "EXPIRES"],
          rows.map((r) => [r.log_index, r.id, r.target, r.verdict ?? "-", r.issued_at.toISOString().slice(0, 19), state(r)]),
        ))
          terminal.say(line);
      }),
    );
  evidence
    .command("show <id>")
    .description("what the statements of a request say")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence show 261123093000-1a2b3c4d")
    .action((id: string, options: { json?: boolean }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const rows = await database.query<EvidenceRow>("select * from evidence where request_id = $1 order by log_index", [id]);
        if (rows.length === 0) throw new ShipshapeError("evidence-unknown", { id });
        terminal.say(
          options.json
            ? JSON.stringify(
                rows.map((r) => statementOf(r.envelope)),
                undefined,
                2,
              )
            : reportOf(rows),
        );
      }),
    );
  evidence
    .command("checkpoint")
    .description("the signed head of the log: publish it, or keep it, and later prove that nothing was rewritten since")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence checkpoint > checkpoint-$(date +%F)")
    .action(() => withControlPlane(context.settings, async ({ database }) => void process.stdout.write((await latestCheckpoint(database))?.note ?? "")));
  evidence
    .command("export <id>")
    .description("a folder that anybody can verify offline")
    .requiredOption("--out <folder>", "the folder to write")
    .option("--since <checkpoint>", "a file with an older checkpoint: the folder then proves that the log only grew since")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence export 261123093000-1a2b3c4d --out evidence-orders")
    .action((id: string, options: { out: string; since?: string }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const { folder, files } = await exportEvidence(
          database,
          signerOf(context.settings),
          id,
          resolve(options.out),
          options.since === undefined ? undefined : await readGiven(options.since),
        );
        terminal.say(`${folder}: ${files.join(", ")}`);
      }),
    );
  evidence
    .command("verify <folder>")
    .description("verify an exported folder, offline; exit code 1 when anything does not hold")
    .option("--key <file>", "the verifier key as you were given it; without it the folder's own is used")
    .option("--since <checkpoint>", "a file with a checkpoint that you kept from before")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence verify evidence-orders --key shipshape-verifier-key")
    .action(async (folder: string, options: { key?: string; since?: string; json?: boolean }) => {
      const given = async (file?: string) => (file === undefined ? undefined : readGiven(file));
      const verification = await verifyEvidence({
        folder: resolve(folder),
        verifierKey: await given(options.key),
        olderNote: await given(options.since),
        now: new Date(),
      });
      if (options.json) terminal.say(JSON.stringify(verification, undefined, 2));
      else tell(verification, terminal);
      if (!verification.valid) process.exitCode = 1;
    });
}

function tell(v: Verification, terminal: Terminal): void {
  for (const f of v.findings) terminal.say(f.holds ? `${terminal.style("green", "✓")} ${f.what}` : `${terminal.style("red", "✗")} ${f.what}: ${f.reason}`);
  for (const s of v.statements)
    terminal.say(
      `  ${s.id}: ${s.verdict ?? "teardown"}, issued ${s.issuedAt}, ${s.expired ? terminal.style("red", `expired ${s.expiresOn}`) : `counts until ${s.expiresOn}`}`,
    );
  terminal.say(v.valid ? terminal.style("green", "the evidence holds") : terminal.style("red", "the evidence does not hold"));
  if (!v.keyTrusted) terminal.say("the key was taken from the folder itself: give --key with the one you were given, or compare them");
}

const readGiven = (file: string) =>
  readFile(file, "utf8").catch((error: unknown) => {
    throw new ShipshapeError("usage", { problem: `cannot read ${file}: ${reasonOf(error)}`, command: "shipshape evidence" });
  });
