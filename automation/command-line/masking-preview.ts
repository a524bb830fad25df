/** `shipshape masking preview <profile>`: rows of an isolated copy before and after masking. */
import { ShipshapeError } from "../errors";
import type { ControlPlaneRecords } from "../control-plane-records";
import { profileDigest, type MaskingProfile } from "../masking/profile";
import { showingsMax, valueCharactersMax } from "../operations/masking-preview/limits";
import type { MaskingPreviewPlan } from "../operations/masking-preview/plan";
import type { PreviewCopy, ShownTable } from "../operations/masking-preview/preview-copy";
import { readyStep, showingTopic, type Showing } from "../operations/masking-preview/showing";
import { printable, shortened } from "../printable";
import { readProfileFile } from "../profile-files";
import { areSamePerson } from "../principals";
import type { CommandContext } from "./command-context";
import { cut, padded, widthOf } from "./layout";
import { outputColumns, previewsReadMax } from "./limits";
import { principal, stackContext, withRecords } from "./open-records";
import { problemLines } from "./problem-lines";
import type { Terminal } from "./terminal";

const OPERATION = "masking-preview";

export interface PreviewOptions {
  request?: string;
  table?: string;
  rows: number;
  json?: boolean;
}

/**
 * Errors: those of `readProfileFile`, of `previewUnderWay`, `recordShowing` and `openPreviewCopy`; preview-missing,
 * preview-of-other-database, masking-profile-outgrown.
 */
export async function previewMasking(
  file: string,
  { request, table, rows: countMax, json }: PreviewOptions,
  context: CommandContext,
): Promise<void> {
  const { settings, terminal } = context;
  const profile = await readProfileFile(file, printable(file));
  await withRecords(settings, async (records) => {
    const by = await principal(records);
    const id = request ?? (await ownPreview(records, by, profile.source));
    const asked = { by, operation: OPERATION, readyStep };
    const plan = (await records.previewUnderWay(id, asked)) as MaskingPreviewPlan;
    if (plan.target !== profile.source)
      throw new ShipshapeError("preview-of-other-database", { id, database: plan.target, source: profile.source });
    const copy = await openCopy(context, records, id, plan);
    requireCovered(copy, profile, printable(file), terminal);
    const { tables, more } = copy.choose(profile, table);
    const digest = profileDigest(profile);
    const shown: Showing = { profileDigest: digest, tables: tables.map(({ name }) => name), rows: countMax };
    await records.recordShowing(id, { by, shown, topic: showingTopic, countMax: showingsMax });
    const found = await copy.show(profile, tables, countMax);
    if (json)
      return terminal.json("masking preview", {
        ...{ request: id, database: plan.target, profile: file, profileDigest: digest, tablesNotShown: more },
        tables: found.map((one) => ({
          ...one,
          rows: one.rows.map((row) =>
            row.map(({ column, before, after }) => ({ column, before: bounded(before), after: bounded(after) })),
          ),
        })),
      });
    for (const one of found) report(one, terminal);
    if (more > 0) terminal.say(`and ${more} more tables: \`--table\` shows one`);
    terminal.progress(`it is recorded that you were shown these rows, without their values: ${id}`);
  });
}

/** The newest of one's own that is under way. Errors: preview-missing. */
async function ownPreview(records: ControlPlaneRecords, by: string, database: string): Promise<string> {
  const runs = await records.runs(previewsReadMax, { operation: OPERATION });
  const own = runs.find((run) => !run.finishedAt && run.target === database && areSamePerson(run.requestedBy, by));
  if (!own) throw new ShipshapeError("preview-missing", { database });
  return own.requestId;
}

// Loaded here: the SDKs of AWS and Pulumi.
async function openCopy(
  { settings }: CommandContext,
  { database, standard }: ControlPlaneRecords,
  id: string,
  plan: MaskingPreviewPlan,
): Promise<PreviewCopy> {
  const [{ openPreviewCopy }, { readLocations }] = [
    await import("../operations/masking-preview/preview-copy"),
    await import("../configuration/configuration"),
  ];
  const { rootCertificateFile, configurationFile } = settings;
  const access = { rootCertificateFile, locations: () => readLocations(configurationFile) };
  return openPreviewCopy({ access, database, standard, stacks: stackContext(settings) }, id, plan);
}

/** Errors: masking-profile-outgrown. */
function requireCovered(copy: PreviewCopy, profile: MaskingProfile, file: string, terminal: Terminal): void {
  const problems = copy.problems(profile);
  if (problems.length === 0) return;
  for (const line of problemLines(problems, (text) => text)) terminal.complain(line);
  throw new ShipshapeError("masking-profile-outgrown", { file, database: profile.source, count: problems.length });
}

function report({ table, kept, rows }: ShownTable, terminal: Terminal): void {
  terminal.say(terminal.style("bold", printable(table)));
  if (kept.length > 0) terminal.say(terminal.style("dim", `  kept as they are: ${printable(kept.join(", "))}`));
  if (rows.length === 0) terminal.say("  it has no rows");
  const width = terminal.columns ?? outputColumns;
  const names = Math.min(nameColumnsMax, Math.max(0, ...(rows[0] ?? []).map(({ column }) => widthOf(column))));
  // Two blanks before the name, two after it, and an arrow with blanks around it.
  const each = Math.max(valueColumnsMin, Math.floor((width - names - 7) / 2));
  rows.forEach((row, at) => {
    terminal.say(terminal.style("dim", `  row ${at + 1}`));
    for (const { column, before, after } of row) {
      const [name, was, is] = [fitting(column, names), fitting(textOf(before), each), fitting(textOf(after), each)];
      terminal.say(`  ${padded(name, names)}  ${padded(was, each)} → ${is}`.trimEnd());
    }
  });
}
const nameColumnsMax = 20;
const valueColumnsMin = 12;

const textOf = (field: string | null): string => (field === null ? "NULL" : field === "" ? "''" : field);

/** Bounded first: to cut a value of megabytes by its width would take long. */
function fitting(text: string, columns: number): string {
  const line = printable(text.slice(0, 4 * columns));
  return widthOf(line) <= columns ? line : `${cut(line, columns - 1)}…`;
}

const bounded = (field: string | null): string | null => field && shortened(field, valueCharactersMax);
