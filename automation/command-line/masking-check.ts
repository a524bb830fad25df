/** `shipshape masking check <profile> --database <identifier>`: does the profile cover the schema as it is? */
import { readFile, stat } from "node:fs/promises";
import { reasonOf, ShipshapeError } from "../errors";
import { checkProfile } from "../masking/check";
import { problemsShownMax, profileBytesMax } from "../masking/limits";
import { profileDigest, type MaskingProfile } from "../masking/profile";
import { parseProfile } from "../masking/profile-file";
import { schemaDigest } from "../masking/schema-facts";
import { transformers } from "../masking/transformers";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { withSource, type SourceOptions } from "./masking-database";

export interface CheckOptions extends SourceOptions {
  database: string;
  json?: boolean;
}

/** Errors: masking-profile-unreadable, masking-profile-invalid, masking-profile-outgrown, and those of `withSource`. */
export async function checkMasking(
  file: string,
  { database, json, ...source }: CheckOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  const profile = await readProfile(file);
  const { problems, digest } = await withSource(database, source, settings, async (facts) => ({
    problems: checkProfile(profile, facts, transformers),
    digest: schemaDigest(facts),
  }));
  if (json) {
    const digests = { profileDigest: profileDigest(profile), schemaDigest: digest };
    terminal.json("masking check", { profile: file, database, ...digests, covers: problems.length === 0, problems });
    process.exitCode = problems.length === 0 ? 0 : 1;
    return;
  }
  for (const { place, reason } of problems.slice(0, problemsShownMax))
    terminal.say(`${terminal.style("bold", printable(place))}: ${printable(reason)}`);
  if (problems.length > problemsShownMax) terminal.say(`and ${problems.length - problemsShownMax} more`);
  if (problems.length > 0)
    throw new ShipshapeError("masking-profile-outgrown", {
      file: printable(file),
      database,
      count: problems.length,
    });
  terminal.say(
    `${printable(file)} covers the schema of ${database}: schema ${digest.slice(0, 12)}, profile ${profileDigest(profile).slice(0, 12)}`,
  );
}

async function readProfile(file: string): Promise<MaskingProfile> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > profileBytesMax) throw new Error(`it has ${size} bytes; the limit is ${profileBytesMax}`);
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw new ShipshapeError(
      "masking-profile-unreadable",
      { file: printable(file), reason: reasonOf(error) },
      { cause: error },
    );
  }
  return parseProfile(text, printable(file), transformers);
}
