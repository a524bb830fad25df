/**
 * How fast a masked copy of the customers is, beside a copy of the same rows in which nothing is masked. Both are made
 * by what a refresh copies with, alternately. They go to a database of production's own server, and are dropped: rows
 * that are not masked must not reach another.
 */
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { planMasks } from "../automation/masking/mask-plan";
import { parseProfile } from "../automation/masking/profile-file";
import { transformers } from "../automation/masking/transformers";
import { inControlSession } from "../automation/targets/control-session";
import { findDatabaseLogin, masterRole } from "../automation/targets/database-login";
import { readCopiedTables } from "../automation/targets/masked-copy/copied-tables";
import { copyTables } from "../automation/targets/masked-copy/copy-tables";
import { tableMasks, type TableMasks } from "../automation/targets/masked-copy/table-masks";
import { readSchemaFacts } from "../automation/targets/schema-facts";
import { builtIn } from "../components/standards/built-in";
import { databaseIdentifier, type Scene } from "./chapter";

const scratch = "demo_copies";
const rounds = 3;
/** So often the rows are copied in one go, so that the start of the threads that mask is a small part of it. */
const times = 5;

export interface CopyRatio {
  rows: number;
  /** Rows a second, by the median of the rounds. */
  masked: number;
  unmasked: number;
  /** The median of the rounds' own ratios. */
  ratio: number;
  lowest: number;
  highest: number;
}

/** `profile` is the text of a profile that masks `table`. */
export async function measureCopies(scene: Scene, table: string, profile: string): Promise<CopyRatio> {
  const { clients, rootCertificateFile, settings } = scene;
  const login = (role: string) => findDatabaseLogin(clients, builtIn, databaseIdentifier, role);
  const [source, master] = [await login("owner"), await login(masterRole)];
  const options = { rootCertificateFile };
  const { found, facts } = await inControlSession(source, options, async (client) => {
    await client.query(`analyze ${table}`);
    return { found: await readCopiedTables(client), facts: await readSchemaFacts(client) };
  });
  const planned = planMasks(parseProfile(profile, "the demo's profile", transformers), facts);
  const masks = tableMasks(planned, { secret: randomBytes(32), sourceWords: [] });
  const tables = found.filter(({ name }) => name === table);
  const same = masks.tables[table]!;
  const unmasked: TableMasks = { ...masks, tables: { [table]: { ...same, masked: [] } } };
  const target = { ...master, database: scratch };
  const drop = `drop database if exists ${scratch}`;
  await inControlSession(master, options, (client) => client.query(drop));
  await inControlSession(master, options, (client) => client.query(`create database ${scratch}`));
  try {
    const columns = facts.tables.find(({ name }) => name === table)!.columns;
    const definition = columns.map(({ name, declared }) => `"${name}" ${declared}`).join(", ");
    await inControlSession(target, options, async (client) => {
      await client.query(`create schema ${table.split(".")[0]}`);
      await client.query(`create table ${table} (${definition})`);
    });
    const copy = async (how: TableMasks): Promise<number> => {
      await inControlSession(target, options, (client) => client.query(`truncate ${table}`));
      const began = performance.now();
      const all = Array.from({ length: times }, () => tables).flat();
      const one = { source, target, tables: all, masks: how, throughRoot: [], ...options };
      const copied = await copyTables({ ...one, packageFolder: settings.packageFolder, threads: 2, tablesAtOnce: 1 });
      return (1000 * times * copied[table]!.rows) / (performance.now() - began);
    };
    const pairs: { unmasked: number; masked: number }[] = [];
    for (let round = 0; round < rounds; round++)
      pairs.push({ unmasked: await copy(unmasked), masked: await copy(masks) });
    const ratios = pairs.map((pair) => pair.masked / pair.unmasked).sort((one, other) => one - other);
    return {
      rows: (
        await inControlSession(target, options, (client) => client.query(`select count(*)::int as n from ${table}`))
      ).rows[0].n as number,
      masked: median(pairs.map((pair) => pair.masked)),
      unmasked: median(pairs.map((pair) => pair.unmasked)),
      ratio: median(ratios),
      lowest: ratios[0]!,
      highest: ratios.at(-1)!,
    };
  } finally {
    await inControlSession(master, options, (client) => client.query(drop));
  }
}

const median = (values: number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1]!;
