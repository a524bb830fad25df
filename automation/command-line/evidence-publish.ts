import { resolve } from "node:path";
import { reasonOf, ShipshapeError } from "../errors";
import type { KnownLog } from "../evidence/log-head";
import { parseVerifierKey } from "../evidence/public-key";
import { publishedFolder } from "../evidence/published-folder";
import { readPublishedLog } from "../evidence/published-log";
import { Publisher } from "../evidence/publisher";
import { restoreLog } from "../evidence/restoring";
import { printable } from "../printable";
import type { PublicationTarget } from "../publication-records";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { knownLog, memoryOf, ownKey, signerOf } from "./evidence-log";
import { readGiven } from "./given-file";
import { withRecords } from "./open-records";

/** The place that a setting or an option names. */
export async function publicationIn(place: string): Promise<PublicationTarget> {
  if (!place.startsWith("s3://")) return publishedFolder(resolve(place));
  return (await import("../targets/evidence-bucket")).publishedBucket(place); // loads the AWS SDK
}

/** `shipshape evidence publish`. */
export async function publish(
  options: { to?: string; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const place = options.to ?? settings.controlPlane.publishTo;
  if (place === undefined) throw new ShipshapeError("evidence-publication-missing", {});
  await withRecords(settings, async ({ database }) => {
    const target = await publicationIn(place);
    const log = await knownLog(settings, database, terminal);
    const publisher = log && new Publisher(database, log, target);
    while (await publisher?.publishMore());
    const statements = publisher?.published ?? 0;
    if (options.json) terminal.json("evidence publish", { target: target.name, statements });
    else terminal.say(`${printable(target.name)} has ${statements} statements of the log`);
  });
}

export interface RestoreOptions {
  from: string;
  key?: string;
  since?: string;
  json?: boolean;
}

/** `shipshape evidence restore`. */
export async function restore(options: RestoreOptions, { settings, terminal }: CommandContext): Promise<void> {
  await withRecords(settings, async ({ database }) => {
    const log = await pinnedLog(options.key, settings);
    const older = options.since === undefined ? undefined : await readGiven(options.since);
    const target = await publicationIn(options.from);
    const { size, restored } = await restoreLog(database, log, target, () => signerOf(settings), older);
    if (options.json) return terminal.json("evidence restore", { size, restored });
    terminal.say(
      restored === 0
        ? `the log has all ${size} statements that were published`
        : `${restored} of ${size} statements were restored; each is signed, and the log is whole`,
    );
  });
}

/** `shipshape evidence verify` of a published log. */
export async function verifyPublished(
  folder: string,
  options: { key?: string; since?: string; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const log = await pinnedLog(options.key, settings);
  const older = options.since === undefined ? undefined : await readGiven(options.since);
  const { head, statements } = await readPublishedLog(await publicationIn(folder), log, older);
  const { size } = head.checkpoint;
  const found = { origin: log.origin, treeSize: size, beyondTheHead: statements.length - size };
  if (options.json) return terminal.json("evidence verify", { valid: true, ...found, exitCode: 0 });
  terminal.say(`log ${printable(log.origin)}: all ${size} statements are there, unaltered, under a signed head`);
  if (found.beyondTheHead > 0) terminal.say(`${found.beyondTheHead} more are signed and wait for the next head`);
}

/** By a key that was given, or that this machine trusts. Errors: evidence-key-untrusted. */
async function pinnedLog(file: string | undefined, settings: Settings): Promise<KnownLog> {
  const memory = memoryOf(settings);
  if (file === undefined) {
    const known = await ownKey(settings);
    if (known) return known;
    throw new ShipshapeError("evidence-key-untrusted", { origin: settings.controlPlane.evidenceOrigin });
  }
  const text = await readGiven(file);
  try {
    const { name, key } = parseVerifierKey(text);
    return { origin: name, key, memory };
  } catch (error) {
    throw new ShipshapeError("usage", {
      problem: `${printable(file)} has no verifier key: ${printable(reasonOf(error))}`,
      command: "shipshape evidence",
    });
  }
}
