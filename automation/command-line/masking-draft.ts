/** `shipshape masking draft <database>`: a first masking profile. */
import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { reasonOf, ShipshapeError } from "../errors";
import { draftProfile } from "../masking/draft";
import type { MaskingProfile } from "../masking/profile";
import { transformers } from "../masking/transformers";
import { printable } from "../printable";
import { sampleValues } from "../targets/value-samples";
import type { CommandContext } from "./command-context";
import { withSource, type SourceOptions } from "./masking-database";

export interface DraftOptions extends SourceOptions {
  output?: string;
  values: boolean;
  json?: boolean;
}

/** Errors: masking-output, and those of `withSource`. */
export async function draftMasking(
  database: string,
  { output, values, json, ...source }: DraftOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  if (output !== undefined && !/\.ya?ml$/.test(output)) throw unwritten(output, "its name does not end in .yaml");
  const { profile, unread } = await withSource(database, source, settings, async (facts, client) => {
    const sampled = values ? await sampleValues(client, facts) : { rates: new Map(), unread: ["all tables"] };
    return { profile: draftProfile(database, facts, sampled.rates, transformers), unread: sampled.unread };
  });
  const text = profileText(profile, database);
  if (output !== undefined) await write(output, text);
  const counts = countsOf(profile);
  if (json)
    return terminal.json("masking draft", { database, profile, counts, valuesUnread: unread, output: output ?? null });
  if (output === undefined) terminal.exact(text.trimEnd());
  if (unread.length > 0) terminal.progress(`values not looked at: ${unread.map(printable).join(", ")}`);
  const next = output ?? "the profile";
  terminal.progress(
    `${counts.masked} columns masked, ${counts.kept} kept, ${counts.unclassified} unclassified, ${counts.emptied} tables without rows: decide those in ${printable(next)}, read the others, then \`npx shipshape masking check ${output ?? "<file>"} --database ${database}\``,
  );
}

/** As people edit it: in lines of any length, since a reason is one. */
export const profileText = (profile: MaskingProfile, database: string): string =>
  `# yaml-language-server: $schema=./node_modules/shipshape/docs/masking-profile.schema.json
# A draft from the schema of ${database}: read every rule. What is unclassified refuses a refresh.
${stringify(withoutDefaults(profile), { lineWidth: 0, aliasDuplicateObjects: false })}`;

const withoutDefaults = ({ virtualKeys, disarm, ...profile }: MaskingProfile) => ({
  ...profile,
  ...(virtualKeys.length > 0 && { virtualKeys }),
  ...(disarm.length > 0 && { disarm }),
});

function countsOf({ tables, definitions }: MaskingProfile) {
  const rules = Object.values(tables).flatMap(({ columns = {} }) => Object.values(columns));
  const open = Object.values(definitions).filter((rule) => "unclassified" in rule).length;
  return {
    masked: rules.filter((rule) => "use" in rule).length,
    kept: rules.filter((rule) => "keep" in rule).length,
    unclassified: rules.filter((rule) => "unclassified" in rule).length + open,
    emptied: Object.values(tables).filter(({ empty }) => empty).length,
    definitions: Object.keys(definitions).length,
  };
}

/** Never over another file: it may be edited by now. */
async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    throw unwritten(
      file,
      (error as NodeJS.ErrnoException).code === "EEXIST" ? "it exists already" : reasonOf(error),
      error,
    );
  }
}

const unwritten = (file: string, reason: string, cause?: unknown) =>
  new ShipshapeError("masking-output", { file: printable(file), reason }, { cause });
