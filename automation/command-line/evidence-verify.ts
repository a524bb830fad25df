import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { verifyEvidence, type Verification } from "../evidence/verify";
import type { VerifiedStatement } from "../evidence/verified-folder";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { memoryOf } from "./evidence-log";
import { readGiven } from "./given-file";
import type { Terminal } from "./terminal";

/** Valid, but signed by an unknown key; valid, but expired. */
export const verifyExitCodes = { holds: 0, doesNotHold: 1, keyNotKnown: 4, expired: 5 } as const;

export interface VerifyOptions {
  key?: string;
  since?: string;
  json?: boolean;
}

export async function verify(
  folder: string,
  options: VerifyOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  if (isPublished(folder))
    return (await import("./evidence-publish")).verifyPublished(folder, options, { settings, terminal });
  const given = async (file?: string) => (file === undefined ? undefined : readGiven(file));
  const [olderNote, now, path] = [await given(options.since), new Date(), resolve(folder)];
  const memory = memoryOf(settings);
  let verification = await verifyEvidence({ folder: path, verifierKey: await given(options.key), olderNote, now });
  // The folder says which log it is of: a log under another name is an unknown log.
  const remembered = verification.origin === undefined ? undefined : memory.of(verification.origin);
  if (options.key === undefined && remembered)
    verification = await verifyEvidence({ folder: path, verifierKey: remembered.verifierKey, olderNote, now });
  const firstSeen = verification.valid && remembered === undefined && verification.origin !== undefined;
  if (firstSeen) memory.remember(verification.origin as string, { verifierKey: verification.verifierKey as string });
  process.exitCode = exitCodeOf(verification);
  if (options.json) terminal.json("evidence verify", { ...verification, exitCode: process.exitCode });
  else report(verification, terminal);
}

/** An export has no folders in it. */
const isPublished = (folder: string): boolean => folder.startsWith("s3://") || existsSync(join(folder, "checkpoints"));

function exitCodeOf(v: Verification): number {
  if (!v.valid) return verifyExitCodes.doesNotHold;
  if (!v.keyTrusted) return verifyExitCodes.keyNotKnown;
  return v.expired ? verifyExitCodes.expired : verifyExitCodes.holds;
}

function report(v: Verification, terminal: Terminal): void {
  for (const f of v.findings)
    terminal.say(
      f.holds
        ? `${terminal.style("green", "✓")} ${printable(f.what)}`
        : `${terminal.style("red", "✗")} ${printable(f.what)}: ${printable(f.reason)}`,
    );
  if (!v.valid) return terminal.say(terminal.style("red", "the evidence is not valid"));
  terminal.say(`log ${printable(v.origin ?? "")}, key ${printable(v.verifierKey ?? "")}`);
  for (const s of v.statements) terminal.say(`  ${statementLine(s, terminal)}`);
  if (!v.keyTrusted) {
    terminal.say(
      terminal.style(
        "yellow",
        "the evidence is valid by the key in the folder, which this machine sees for the first time",
      ),
    );
    return terminal.say(
      "it is remembered from now on: compare it with the key you were given, or pass that one with --key",
    );
  }
  terminal.say(
    v.expired
      ? terminal.style("yellow", "the evidence is valid but expired: it proves nothing about today")
      : terminal.style("green", "the evidence is valid"),
  );
}

function statementLine(s: VerifiedStatement, terminal: Terminal): string {
  if (s.kind === "population")
    return printable(`${s.id}: ${s.target}, requested by ${s.requestedBy}, issued ${s.issuedAt}`);
  const about = s.database ? `${s.target} (${s.database.resourceId}, ${s.database.arn})` : `${s.target} (not found)`;
  const followUp = s.followUpOf === undefined ? "" : ` as the follow-up of finding ${s.followUpOf}`;
  const what =
    s.kind === "verdict"
      ? `${s.operation} of ${about}: ${s.verdict}, requested by ${s.requestedBy}${followUp}`
      : `teardown of the ${s.operation} of ${about}`;
  return `${printable(`${s.id}: ${what}, issued ${s.issuedAt}`)}, ${s.expired ? terminal.style("red", `expired ${s.expiresOn}`) : `valid until ${s.expiresOn}`}`;
}
