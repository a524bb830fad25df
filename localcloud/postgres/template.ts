import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BinariesView, binariesView, hasLibrary, versionFolder } from "./binaries-view";
import { buildOnce } from "./build-once";
import { runAsServer } from "./child-process";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";
import { roleStatements } from "./rights";
import { createServerFolder, writeServerFile } from "./server-files";
import { type ServerUser, serverUser } from "./server-user";

/** A data folder with RDS's roles and rules in it, built once per minor; a new server starts as a copy of it. */
export interface Template {
  view: BinariesView;
  dataFolder: string;
}

/** A row of pg_settings, as the template's server returns it. */
export interface PostgresSetting {
  name: string;
  vartype: "bool" | "integer" | "real" | "string" | "enum";
  context: "internal" | "postmaster" | "sighup" | "superuser-backend" | "superuser" | "backend" | "user";
  category: string;
  short_desc: string;
  unit: string | null;
  min_val: string | null;
  max_val: string | null;
  enumvals: string[] | null;
  boot_val: string | null;
}

export async function template(version: string): Promise<Template> {
  const view = await binariesView(version);
  const folder = templateFolder(view);
  await buildOnce(folder, (partial) => buildTemplate(view, partial));
  return { view, dataFolder: join(folder, "data") };
}

export async function templateSettings(version: string): Promise<PostgresSetting[]> {
  const { dataFolder } = await template(version);
  const copied = await readFile(join(dataFolder, settingsFile), "utf8");
  return JSON.parse(copied.replaceAll("\\\\", "\\")) as PostgresSetting[]; // COPY doubles every backslash
}

const settingsFile = "shipshape-settings.json";

/**
 * 1 MB segments: an idle server can archive within 10–16 ms on demand, which recovery to a point in time depends on.
 */
const initdbArguments = [
  "--username=rdsadmin",
  "--auth=reject",
  "--data-checksums",
  "--wal-segsize=1",
  "--encoding=UTF8",
  // Sorts like RDS's en_US.UTF-8, with the ICU inside the binaries: this machine does not need that locale.
  "--locale-provider=icu",
  "--icu-locale=en-US",
  `--locale=${process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8"}`,
  "--no-sync",
  "--no-instructions",
];

function templateFolder(view: BinariesView): string {
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([view.fingerprint, serverUser().name, initdbArguments, roleStatements, settingsQuery]))
    .digest("hex")
    .slice(0, 10);
  return join(versionFolder(view.version), `template-${fingerprint}`);
}

async function buildTemplate(view: BinariesView, folder: string): Promise<void> {
  const user = serverUser();
  const dataFolder = join(folder, "data");
  await createServerFolder(dataFolder, user);
  await bootstrap(user, view.initdb, ["-D", dataFolder, ...initdbArguments]);

  // A server without network, socket or other clients: single-user mode runs statements from its input.
  await singleUser(user, view, dataFolder, "postgres", [...roleStatements, settingsQuery]);
  const main = "# Settings are in conf.d; the embedded cloud writes them before each start.\ninclude_dir 'conf.d'\n";
  await writeServerFile({ path: join(dataFolder, "postgresql.conf"), content: main }, user);
  await createServerFolder(join(dataFolder, "conf.d"), user);
}

/**
 * All parameters, including those of libraries: queried here, as a server is running anyway. Path relative to the data
 * folder.
 */
const settingsQuery = `copy (
    select json_agg(json_build_object('name', name, 'vartype', vartype, 'context', context, 'category', category, 'short_desc', short_desc,
      'unit', unit, 'min_val', min_val, 'max_val', max_val, 'enumvals', enumvals, 'boot_val', boot_val) order by name) from pg_settings
  ) to program 'cat > ${settingsFile}'`;

async function singleUser(
  user: ServerUser,
  view: BinariesView,
  dataFolder: string,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const libraries = ["pg_stat_statements", "auto_explain"].filter((library) => hasLibrary(view, library)).join(",");
  const args = [
    "--single",
    "-j",
    "-D",
    dataFolder,
    "-c",
    "exit_on_error=on",
    "-c",
    "fsync=off",
    "-c",
    `shared_preload_libraries=${libraries}`,
    database,
  ];
  // -j: a statement ends at a semicolon and an empty line, so that function bodies may span lines.
  await bootstrap(user, view.postgres, args, statements.map((statement) => `${statement};\n\n`).join(""));
}

async function bootstrap(user: ServerUser, program: string, args: string[], input?: string): Promise<void> {
  const { code, output } = await runAsServer(user, program, args, {
    input,
    milliseconds: limits.bootstrapMilliseconds,
  });
  if (code === 0 && !/^.*(ERROR|FATAL|PANIC): /m.test(output)) return;
  const lines = output.trim().split("\n").slice(-limits.quotedLogLines).join("\n");
  if (output.includes("No space left on device"))
    throw new PostgresError("disk-full", `no space left while preparing PostgreSQL:\n${lines}`);
  throw new PostgresError("start-failed", `preparing PostgreSQL failed (exit code ${code}):\n${lines}`);
}
