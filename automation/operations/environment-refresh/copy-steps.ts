/**
 * The steps that read staging and write the copy. What they record is names and figures: no value of a row, and no
 * message of PostgreSQL, which may quote one.
 */
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { ShipshapeError } from "../../errors";
import { scopedProfile } from "../../masking/copy-scope";
import { planMasks } from "../../masking/mask-plan";
import { profileDigest, type MaskingProfile } from "../../masking/profile";
import { schemaDigest, type SchemaFacts } from "../../masking/schema-facts";
import { keysOf, type SubsetBasis } from "../../masking/subset";
import { subsetDigest } from "../../masking/subset-file";
import type { AwsClients } from "../../targets/aws-access";
import { createReader, readerOf } from "../../targets/copy-reader";
import type { DatabaseLogin } from "../../targets/database-login";
import { schemaFactsSeconds } from "../../targets/limits";
import { readCopiedTables } from "../../targets/masked-copy/copied-tables";
import { copyDatabase } from "../../targets/masked-copy/copy-database";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { readCopyState } from "../../targets/masked-copy/copy-state";
import { disarmCopy, followColumns, writeComments } from "../../targets/masked-copy/copy-settings";
import { validateCopy, type CopyValidation } from "../../targets/masked-copy/copy-validation";
import { searchForLeaks } from "../../targets/masked-copy/leak-search";
import { schemaStatementSeconds, tableCopySeconds, tablesAtOnceMax } from "../../targets/masked-copy/limits";
import { loadAtOnce } from "../../targets/masked-copy/schema-load";
import { readSourceWords } from "../../targets/masked-copy/source-words";
import { dropSubset, type SubsetOrder } from "../../targets/masked-copy/subset-rows";
import { tableMasks } from "../../targets/masked-copy/table-masks";
import {
  copyMark,
  isHandedOver,
  leaveRoles,
  makeHiddenDatabase,
  markLeaking,
  swapDatabases,
} from "../../targets/masked-copy/target-database";
import { readMaskingKey } from "../../targets/masking-key";
import { readSchemaFacts } from "../../targets/schema-facts";
import type { OperationContext } from "../operation-context";
import { stackChangeSteps } from "../stack-changes";
import { throughRoot } from "./coverage";
import { maskingThreadsMax } from "./limits";
import type { CopyFigures, CopyRecord, SearchedCopy } from "./outcome";
import type { EnvironmentRefreshPlan } from "./plan";
import { readProfile, readSubset } from "./profile";
import { requireChange } from "./team-target";
import { isClean } from "./verify";

/** By resource ids: a name may be another instance's by now. */
export interface Both {
  staging: string;
  target: string;
  record: CopyRecord;
}

interface CopyAccess {
  clientsOf(plan: EnvironmentRefreshPlan): AwsClients;
  throwawayLogin(plan: EnvironmentRefreshPlan, resourceId: string): Promise<DatabaseLogin>;
  targetLogin(plan: EnvironmentRefreshPlan, resourceId: string, databaseName: string): Promise<DatabaseLogin>;
}

export function copySteps(s: OperationContext, { clientsOf, throwawayLogin, targetLogin }: CopyAccess) {
  const { rootCertificateFile } = s.access;
  const threads = Math.min(maskingThreadsMax, availableParallelism());
  const looking = { rootCertificateFile, readOnly: true, statementSeconds: schemaFactsSeconds };
  const working = { rootCertificateFile, statementSeconds: schemaStatementSeconds };
  const reading = { rootCertificateFile, readOnly: true, statementSeconds: tableCopySeconds };
  const hiddenLogin = (plan: EnvironmentRefreshPlan, { target }: Pick<Both, "target">) =>
    targetLogin(plan, target, plan.copy.names.hidden);
  const besideLogin = (plan: EnvironmentRefreshPlan, { target }: Pick<Both, "target">) =>
    targetLogin(plan, target, "postgres");

  /** As it was approved. Errors: refresh-moved, and those of `readProfile`. */
  async function approvedProfile({ profile: approved, source }: EnvironmentRefreshPlan): Promise<MaskingProfile> {
    const profile = await readProfile(s.maskingFolder, approved.name);
    requireSame("the masking profile", source.identifier, profileDigest(profile), approved.digest);
    return profile;
  }

  /** As it was approved; undefined: the copy is of no subset. Errors: refresh-moved, and those of `readSubset`. */
  async function approvedSubset(plan: EnvironmentRefreshPlan, basis: SubsetBasis): Promise<SubsetOrder | undefined> {
    const { scope, source } = plan;
    if (scope?.kind !== "subset") return undefined;
    const subset = await readSubset(s.maskingFolder, scope.name);
    requireSame("the subset", source.identifier, subsetDigest(subset), scope.digest);
    const { root, down, whole, rowsMax } = scope;
    return { schema: subsetSchemaOf(plan), where: subset.where, keys: keysOf(basis), root, down, whole, rowsMax };
  }

  /** Afterwards its stack has to say until when the copy stays: what it says now is what was approved. */
  async function requireChangeable({ copy: { existing, team } }: EnvironmentRefreshPlan): Promise<void> {
    if (existing && team) requireChange(team, await stackChangeSteps(s).observe(existing));
  }

  async function masksOf(
    plan: EnvironmentRefreshPlan,
    profile: MaskingProfile,
    facts: SchemaFacts,
    reader: DatabaseLogin,
  ) {
    const secret = await readMaskingKey(clientsOf(plan), plan.profile.keySecret);
    // Words of tables that stay empty, too: the search looks for their values as well.
    const planned = planMasks(profile, facts);
    const { own } = profile;
    const sourceWords = await inCopySession(reader, reading, "the reading of the source's words", async (client) =>
      readSourceWords(client, await readCopiedTables(client), tableMasks(planned, { secret, sourceWords: [], own })),
    );
    return tableMasks(planMasks(scopedProfile(profile, plan.scope), facts), { secret, sourceWords, own });
  }

  return {
    async createReader(plan: EnvironmentRefreshPlan, staging: string): Promise<void> {
      const master = await throwawayLogin(plan, staging);
      await inCopySession(master, { rootCertificateFile }, "the creation of the reader", (client) =>
        createReader(client, readerOf(master)),
      );
    },

    /** Resolves to the tables whose policies hide rows. Errors: refresh-moved. */
    async requireApprovedSchema(plan: EnvironmentRefreshPlan, staging: string): Promise<string[]> {
      const reader = readerOf(await throwawayLogin(plan, staging));
      const facts = await inCopySession(reader, looking, "the look at the schema", readSchemaFacts);
      await approvedProfile(plan);
      requireSame("the schema", plan.source.identifier, schemaDigest(facts), plan.source.schemaDigest);
      return facts.tables.filter(({ rowSecurity }) => rowSecurity).map(({ name }) => name);
    },

    /** Into an empty database each time: what an attempt before has copied is dropped. */
    async copy(
      plan: EnvironmentRefreshPlan,
      { staging, target, hiding }: Omit<Both, "record"> & { hiding: string[] },
      signal: AbortSignal,
    ): Promise<{ record: CopyRecord; figures: CopyFigures }> {
      const profile = await approvedProfile(plan);
      const { names } = plan.copy;
      await inCopySession(await besideLogin(plan, { target }), working, "the creation of the copy", (client) =>
        makeHiddenDatabase(client, names),
      );
      const sourceMaster = await throwawayLogin(plan, staging);
      const source = readerOf(sourceMaster);
      // An attempt before has switched them off in staging, and the copy is to have them.
      await inCopySession(sourceMaster, working, "the look at policies", async (client) => {
        if (plan.scope?.kind === "subset") await dropSubset(client, subsetSchemaOf(plan));
        const { rows } = await client.query<{ name: string }>(
          "select n.name from unnest($1::text[]) as n (name) join pg_class c on c.oid = n.name::regclass where not c.relrowsecurity",
          [hiding],
        );
        for (const { name } of rows) await client.query(`alter table ${name} enable row level security`);
      });
      const facts = await inCopySession(source, looking, "the look at the schema", readSchemaFacts);
      const masks = await masksOf(plan, profile, facts, source);
      const beganAt = performance.now();
      const hidden = await hiddenLogin(plan, { target });
      const { sequences: _, ...record } = await copyDatabase({
        ...{ source, sourceMaster, target: hidden, masks },
        throughRoot: throughRoot(profile, facts),
        definitions: profile.definitions,
        subset: await approvedSubset(plan, { profile, facts }),
        ...{ rootCertificateFile, packageFolder: s.packageFolder, signal },
        threads,
        tablesAtOnce: tablesAtOnceMax,
      });
      const seconds = Math.round((performance.now() - beganAt) / 100) / 10;
      await inCopySession(hidden, working, "the end of the copying", async (client) => {
        await inCopySession(source, looking, "the end of the copying", (from) =>
          writeComments(from, client, hidden.identifier, profile.definitions),
        );
        if (profile.sequences === "column") await followColumns(client);
      });
      return { record, figures: { ...figuresOf(record), seconds } };
    },

    async validate(plan: EnvironmentRefreshPlan, both: Both): Promise<CopyValidation> {
      const reader = readerOf(await throwawayLogin(plan, both.staging));
      const hidden = await hiddenLogin(plan, both);
      const facts = await inCopySession(reader, looking, "the look at the schema", readSchemaFacts);
      const { left, chosen } = both.record;
      const moved = throughRoot(await approvedProfile(plan), facts);
      return inCopySession(reader, reading, "the validation", (source) =>
        inCopySession(hidden, reading, "the validation", (copy) =>
          validateCopy(source, copy, both.record.found, { throughRoot: moved, left, chosen }),
        ),
      );
    },

    /** Resolves to how many statements. */
    async disarm(plan: EnvironmentRefreshPlan, both: Both): Promise<number> {
      const { disarm } = await approvedProfile(plan);
      await inCopySession(await hiddenLogin(plan, both), working, "the disarming", (client) =>
        disarmCopy(client, disarm),
      );
      return disarm.length;
    },

    async searchForLeaks(plan: EnvironmentRefreshPlan, both: Both, signal: AbortSignal): Promise<SearchedCopy> {
      const profile = await approvedProfile(plan);
      const reader = readerOf(await throwawayLogin(plan, both.staging));
      const facts = await inCopySession(reader, looking, "the look at the schema", readSchemaFacts);
      // Only which columns are masked: no key is needed to search.
      const masks = tableMasks(planMasks(profile, withoutSubset(facts, plan)), {
        secret: Buffer.alloc(0),
        sourceWords: [],
      });
      const { found: tables, left = [], chosen, tables: copied } = both.record;
      const hidden = await hiddenLogin(plan, both);
      const report = await searchForLeaks(reader, hidden, {
        ...{ tables, left, masks, chosen, copied, rootCertificateFile, signal },
        ...{ threads, packageFolder: s.packageFolder },
      });
      // Clean-up knows by it that the target goes whole.
      if (!isClean(report)) {
        await inCopySession(await besideLogin(plan, both), working, "the marking of a leak", (client) =>
          markLeaking(client, plan.copy.names),
        );
        return report;
      }
      // Nobody else has been in it: what is made of it later is compared with this.
      return { ...report, state: await inCopySession(hidden, reading, "the end of the search", readCopyState) };
    },

    /** The copy takes the name that applications know; who was connected connects again. */
    async handOver(
      plan: EnvironmentRefreshPlan,
      both: Both,
      requestId: string,
      signal: AbortSignal,
    ): Promise<{ at: string }> {
      const { names } = plan.copy;
      const mark = copyMark(requestId);
      const beside = await besideLogin(plan, both);
      const { record } = both;
      const isDone = await inCopySession(beside, working, "the handing over", (client) =>
        isHandedOver(client, names, mark),
      );
      if (!isDone) {
        await requireChangeable(plan);
        const hidden = await hiddenLogin(plan, both);
        await inCopySession(hidden, working, "the handing over", (client) =>
          loadAtOnce(client, hidden.identifier, record.rowSecurity, signal),
        );
      }
      await inCopySession(beside, working, "the handing over", async (client) => {
        // Of a run that was cancelled meanwhile, the older copy stays.
        signal.throwIfAborted();
        await swapDatabases(client, names, mark);
        await leaveRoles(client, record.roles);
      });
      return { at: new Date().toISOString() };
    },
  };
}

/** Named after the run, so no source has it. */
const subsetSchemaOf = ({ copy: { names } }: EnvironmentRefreshPlan): string =>
  names.hidden.replace("shipshape_copy_", "shipshape_subset_");

/** Without what notes in staging which rows a subset has. */
const withoutSubset = (facts: SchemaFacts, plan: EnvironmentRefreshPlan): SchemaFacts => ({
  ...facts,
  tables: facts.tables.filter(({ name }) => !name.startsWith(`${subsetSchemaOf(plan)}.`)),
});

function requireSame(what: string, identifier: string, found: string, approved: string): void {
  const shown = (digest: string) => digest.slice(0, 12);
  if (found !== approved)
    throw new ShipshapeError("refresh-moved", { what, identifier, found: shown(found), approved: shown(approved) });
}

function figuresOf({ tables }: CopyRecord): Omit<CopyFigures, "seconds"> {
  const all = Object.values(tables);
  const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    tables: all.length,
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    unchanged: sum(({ unchanged }) => Object.values(unchanged).reduce((total, one) => total + one, 0)),
  };
}
