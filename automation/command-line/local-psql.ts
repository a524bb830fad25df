import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { ShipshapeError } from "../errors";
import type { Settings } from "../settings";
import { type AwsAccess, awsClients } from "../targets/aws-access";
import { connectToDatabase } from "../targets/database-connection";
import { type DatabaseLogin, findDatabaseLogin } from "../targets/database-login";
import type { CommandContext } from "./command-context";
import { accessKeyOf, requireLocalCloud } from "./local-cloud";
import { localAccess } from "./local-environment";
import { runPrompt } from "./sql-prompt";

export interface PsqlOptions {
  role: string;
  database?: string;
  command?: string;
  account?: string;
  region?: string;
  json?: boolean;
}

export async function psql(
  identifier: string,
  options: PsqlOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  const { url, dataFolder, accessKey: ownKey } = await requireLocalCloud(settings.dataFolder);
  const accessKey = options.account === undefined ? ownKey : accessKeyOf(dataFolder, { account: options.account });
  const access = localAccess({ url, dataFolder, accessKey, region: options.region });
  const { readStandard } = await import("../configuration/configuration");
  const standard = readStandard(settings.configurationFile);
  if (options.json && options.command === undefined)
    throw new ShipshapeError("usage", { problem: "--json needs --command", command: "shipshape local psql" });
  const login = await findDatabaseLogin(awsClients(access), standard, identifier, options.role, options.database);
  const program = options.json ? undefined : findOnPath("psql", settings);
  if (program !== undefined) process.exitCode = await runPsql(program, login, access, options, settings);
  else
    process.exitCode = await runPrompt(
      await connectToDatabase(login, access.rootCertificateFile),
      login,
      options,
      terminal,
    );
}

/** The password is passed in the environment: every user of the machine can read arguments. */
function runPsql(
  program: string,
  login: DatabaseLogin,
  access: AwsAccess,
  options: PsqlOptions,
  settings: Settings,
): Promise<number> {
  // The caller's own PG* variables are for other databases; some would override what is set here.
  const inherited = Object.entries(settings.inherited).filter(([name]) => !name.startsWith("PG"));
  const child = spawn(
    program,
    ["--no-psqlrc", ...(options.command === undefined ? [] : ["--command", options.command])],
    {
      stdio: "inherit",
      env: {
        ...Object.fromEntries(inherited),
        PGHOST: login.host,
        PGPORT: String(login.port),
        PGDATABASE: login.database,
        PGUSER: login.user,
        PGPASSWORD: login.password,
        PGSSLMODE: "verify-full",
        PGAPPNAME: "shipshape local psql",
        ...(access.rootCertificateFile && { PGSSLROOTCERT: access.rootCertificateFile }),
      },
    },
  );
  // Ctrl-C is for psql, which cancels a query on it; this process only waits.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("exit", (code) => {
      process.removeListener("SIGINT", ignore);
      resolve(code ?? 1);
    });
  });
}

function findOnPath(program: string, { inherited }: Settings): string | undefined {
  return (inherited["PATH"] ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
