/** The isolated copy of a masking preview, as the command of the person reads it who may look at its rows. */
import { ShipshapeError } from "../../errors";
import { checkProfile } from "../../masking/check";
import { rootOf } from "../../masking/key-classes";
import { planMasks } from "../../masking/mask-plan";
import { transformersWith } from "../../masking/own/own-transformers";
import type { MaskingProfile, ProfileProblem } from "../../masking/profile";
import type { SchemaFacts } from "../../masking/schema-facts";
import { readerOf } from "../../targets/copy-reader";
import { describeDatabase, type DatabaseLogin } from "../../targets/database-login";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { readCopiedTables, type CopiedTable } from "../../targets/masked-copy/copied-tables";
import { sampleRows, type Field } from "../../targets/masked-copy/row-samples";
import { preparedTables, tableMasks, type TableMasks } from "../../targets/masked-copy/table-masks";
import { readMaskingKey } from "../../targets/masking-key";
import { readSchemaFacts } from "../../targets/schema-facts";
import { stagingNames } from "../environment-refresh/plan";
import { isolatedCopySteps } from "../isolated-copy";
import { readingSeconds, tablesMax } from "./limits";
import type { MaskingPreviewPlan } from "./plan";

export interface ShownTable {
  table: string;
  /** Columns that are copied as they are: their values are not shown. */
  kept: string[];
  rows: { column: string; before: Field; after: Field }[][];
}

/** What is shown, and how many tables with masked columns there are besides. */
export interface ChosenTables {
  tables: CopiedTable[];
  more: number;
}

export type PreviewCopy = Awaited<ReturnType<typeof openPreviewCopy>>;

/**
 * Whatever the stored plan says, only what is named after the request is read, with the request's tag and isolated as
 * it has to be: never a database that applications use. Errors: throwaway-not-ours, throwaway-exposed,
 * database-unknown, copy-query-failed.
 */
export async function openPreviewCopy(
  s: Parameters<typeof isolatedCopySteps>[0],
  requestId: string,
  planned: MaskingPreviewPlan,
) {
  const { clientsOf, throwawayLogin, steps } = isolatedCopySteps(s, stagingNames);
  const tags = { ...planned.throwaway.tags, "shipshape:run": requestId };
  const plan = { ...planned, throwaway: { ...planned.throwaway, ...stagingNames(requestId), tags } };
  const clients = clientsOf(plan);
  const { DbiResourceId = "" } = await describeDatabase(clients, plan.throwaway.identifier);
  await steps.requireIsolation(plan, DbiResourceId);
  const reader = readerOf(await throwawayLogin(plan, DbiResourceId));
  const { facts, tables } = await reading(s, reader, "the look at the schema", async (client) => ({
    facts: await readSchemaFacts(client),
    tables: await readCopiedTables(client),
  }));
  return {
    facts,
    problems: (profile: MaskingProfile): ProfileProblem[] =>
      checkProfile(profile, facts, transformersWith(profile.own)),
    /** Errors: preview-table-unknown. */
    choose: (profile: MaskingProfile, table: string | undefined): ChosenTables =>
      chosenTables(tables, { facts, masks: masksOf(profile, facts, Buffer.alloc(0)), table }),
    /** Call it once it is recorded. Errors: copy-query-failed, masking-key-unusable, masking-value-unfit. */
    async show(profile: MaskingProfile, chosen: readonly CopiedTable[], countMax: number): Promise<ShownTable[]> {
      const masks = masksOf(profile, facts, await readMaskingKey(clients, profile.key.secret));
      const maskerOf = preparedTables(masks);
      return reading(s, reader, "the reading of rows", async (client) => {
        const shown: ShownTable[] = [];
        for (const table of chosen) {
          const { columns, masked } = masks.tables[table.name]!;
          const positions = new Set(masked.map(({ position }) => position));
          const rows = await sampleRows(client, table, maskerOf(table.name), countMax);
          shown.push({
            table: table.name,
            kept: columns.filter((_, at) => !positions.has(at)),
            rows: rows.map(({ before, after }) =>
              [...positions].map((at) => ({
                column: columns[at]!,
                before: before[at] ?? null,
                after: after[at] ?? null,
              })),
            ),
          });
        }
        return shown;
      });
    },
  };
}

const reading = <T>(
  { access: { rootCertificateFile } }: Parameters<typeof isolatedCopySteps>[0],
  reader: DatabaseLogin,
  what: string,
  work: Parameters<typeof inCopySession<T>>[3],
): Promise<T> =>
  inCopySession(reader, { rootCertificateFile, readOnly: true, statementSeconds: readingSeconds }, what, work);

/** Without the words of the whole source, which takes a while to read: a fake one may be another in a copy. */
const masksOf = (profile: MaskingProfile, facts: SchemaFacts, secret: Buffer): TableMasks =>
  tableMasks(planMasks(profile, facts), { secret, sourceWords: [], own: profile.own });

/** Those that are masked: all of them, or one by its name, a partitioned table's partitions by theirs or its own. */
export function chosenTables(
  tables: readonly CopiedTable[],
  { facts, masks, table }: { facts: SchemaFacts; masks: TableMasks; table?: string | undefined },
): ChosenTables {
  const root = rootOf(facts);
  const masked = tables
    .filter(({ name }) => (masks.tables[name]?.masked.length ?? 0) > 0)
    .filter(({ name }) => table === undefined || name === table || root(name) === table)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  if (table !== undefined && masked.length === 0) throw new ShipshapeError("preview-table-unknown", { table });
  return { tables: masked.slice(0, tablesMax), more: Math.max(0, masked.length - tablesMax) };
}
