/**
 * `shipshape masking check <profile> --database <identifier>`: do the profile and the subsets beside it fit the
 * schema as it is?
 */
import { ShipshapeError } from "../errors";
import { checkProfile } from "../masking/check";
import { transformersWith } from "../masking/own/own-transformers";
import { profileDigest, type ProfileProblem } from "../masking/profile";
import { schemaDigest } from "../masking/schema-facts";
import { subsetProblems, type SubsetBasis } from "../masking/subset";
import { printable } from "../printable";
import { readProfileFile, subsetsBeside } from "../profile-files";
import type { CommandContext } from "./command-context";
import { withSource, type SourceOptions } from "./masking-database";
import { problemLines } from "./problem-lines";

export interface CheckOptions extends SourceOptions {
  database: string;
  json?: boolean;
}

/**
 * Errors: masking-profile-unreadable, masking-profile-invalid, masking-profile-outgrown, subset-unreadable,
 * subset-invalid, and those of `withSource`.
 */
export async function checkMasking(
  file: string,
  { database, json, ...source }: CheckOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  const profile = await readProfileFile(file, printable(file));
  const subsets = await subsetsBeside(file, profile.source);
  const { problems, digest } = await withSource(database, source, settings, async (facts) => ({
    problems: [
      ...checkProfile(profile, facts, transformersWith(profile.own)),
      ...problemsOf(subsets, { profile, facts }),
    ],
    digest: schemaDigest(facts),
  }));
  if (json) {
    const digests = { profileDigest: profileDigest(profile), schemaDigest: digest };
    const names = subsets.map((one) => one.file);
    const covers = problems.length === 0;
    terminal.json("masking check", { profile: file, database, ...digests, subsets: names, covers, problems });
    process.exitCode = problems.length === 0 ? 0 : 1;
    return;
  }
  for (const line of problemLines(problems, (text) => terminal.style("bold", text))) terminal.say(line);
  if (problems.length > 0)
    throw new ShipshapeError("masking-profile-outgrown", {
      file: printable(file),
      database,
      count: problems.length,
    });
  const fitting = subsets.length > 0 ? `; subsets that fit it: ${subsets.map((one) => one.file).join(", ")}` : "";
  terminal.say(
    `${printable(file)} covers the schema of ${database}: schema ${digest.slice(0, 12)}, profile ${profileDigest(profile).slice(0, 12)}${printable(fitting)}`,
  );
}

/** The condition of a subset is not tried: PostgreSQL parses it on staging, before anything is copied. */
const problemsOf = (subsets: Awaited<ReturnType<typeof subsetsBeside>>, basis: SubsetBasis): ProfileProblem[] =>
  subsets.flatMap(({ file, subset }) => subsetProblems(subset, basis).map((reason) => ({ place: file, reason })));
