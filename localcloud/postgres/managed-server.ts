import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { queryAsAdministrator } from "./administrator";
import { majorOf } from "./binaries";
import { type BinariesView, binariesView } from "./binaries-view";
import { ensureServerCertificate } from "./certificates";
import { runAsServer } from "./child-process";
import { authenticationFiles } from "./client-authentication";
import { type Configuration, configurationOf, rdsNameOf } from "./configuration";
import { removeEarlierRules } from "./earlier-rules";
import { writeFollowing } from "./following";
import { limits } from "./limits";
import { poll } from "./poll";
import { listLogFiles, removeOldLogs } from "./log-files";
import { type ParameterReport, parameterDefinitions } from "./parameters";
import { PostgresError } from "./postgres-errors";
import type { LogFile, PostgresServer, PostgresServerSettings } from "./server-types";
import { type PostmasterLocation, startPostmaster, stopPostmaster, waitUntilReady, wasShutDown } from "./postmaster";
import { livePostmaster, readPidFile, signalTo } from "./processes";
import { quoteIdentifier, quoteLiteral } from "./rights";
import { passwordVerifier } from "./scram";
import { createServerFolder, writeServerFile } from "./server-files";
import { serverFolders } from "./server-folders";
import { serverUser } from "./server-user";

/** One server and its folder. Starts, stops and changes run one at a time. */
export class ManagedServer implements PostgresServer {
  readonly port: number;
  readonly dataFolder: string;
  readonly socketFolder: string;
  readonly logFolder: string;
  readonly tlsFolder: string;
  readonly #settings: PostgresServerSettings;
  readonly #masterUsername: string;
  readonly #user = serverUser();
  #parameters: Record<string, string>;
  #archiveFolder: string | undefined;
  #report: ParameterReport = { leftOut: [], invalid: [], pendingReboot: [] };
  #logRetentionMinutes = 4320;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: PostgresServerSettings, fixed: { masterUsername: string; port: number }) {
    this.#settings = settings;
    this.#parameters = settings.parameters;
    this.#archiveFolder = settings.archiveFolder;
    this.#masterUsername = fixed.masterUsername;
    this.port = fixed.port;
    const folders = serverFolders(settings.folder);
    this.dataFolder = folders.dataFolder;
    this.socketFolder = folders.socketFolder;
    this.logFolder = folders.logFolder;
    this.tlsFolder = folders.tlsFolder;
  }

  get pid(): number | undefined {
    return livePostmaster(this.dataFolder)?.pid;
  }

  get parameterReport(): ParameterReport {
    return this.#report;
  }

  state(): "running" | "stopped" | "crashed" {
    if (livePostmaster(this.dataFolder) !== undefined) return "running";
    return readPidFile(this.dataFolder) === undefined && wasShutDown(this.dataFolder) ? "stopped" : "crashed";
  }

  start(): Promise<ParameterReport> {
    return this.#serialize(() => this.#noted(this.#start()));
  }

  stop(mode: "fast" | "immediate" = "fast"): Promise<void> {
    return this.#serialize(() => stopPostmaster(this.#location, mode));
  }

  restart(): Promise<ParameterReport> {
    return this.#serialize(async () => {
      await stopPostmaster(this.#location, "fast");
      return this.#noted(this.#start());
    });
  }

  applyParameters(parameters: Record<string, string>): Promise<ParameterReport> {
    return this.#serialize(() => this.#noted(this.#apply(parameters)));
  }

  async #apply(parameters: Record<string, string>): Promise<ParameterReport> {
    const report = await this.#configureChecked(parameters);
    if (this.state() === "running") report.pendingReboot.push(...(await this.#reload()));
    return report;
  }

  async #noted(report: Promise<ParameterReport>): Promise<ParameterReport> {
    this.#report = await report;
    return this.#report;
  }

  archiveTo(folder: string | undefined): Promise<void> {
    return this.#serialize(async () => {
      this.#archiveFolder = folder;
      await this.#configureChecked(this.#parameters);
      if (this.state() === "running") await this.#reload();
    });
  }

  async setMasterPassword(username: string, password: string): Promise<void> {
    const statement = `alter role ${quoteIdentifier(username)} password ${quoteLiteral(passwordVerifier(password))} valid until 'infinity'`;
    for (let attempt = 1; ; attempt++) {
      try {
        return void (await this.query(statement));
      } catch (error) {
        // The master is changing its own role at this moment, which it may.
        if (
          !/tuple concurrently (updated|deleted)/.test((error as Error).message) ||
          attempt === limits.passwordAttempts
        )
          throw error;
        await sleep(limits.passwordRetryMilliseconds);
      }
    }
  }

  query(sql: string, values?: unknown[], database?: string): Promise<Record<string, unknown>[]> {
    return queryAsAdministrator(this, sql, values, database);
  }

  async logFiles(): Promise<LogFile[]> {
    await removeOldLogs(this.logFolder, this.#logRetentionMinutes);
    return listLogFiles(this.logFolder);
  }

  async #start(): Promise<ParameterReport> {
    const running = livePostmaster(this.dataFolder);
    if (running?.status === "stopping") await stopPostmaster(this.#location, "fast");
    else if (running !== undefined) {
      await waitUntilReady(this.#location);
      await removeEarlierRules(this);
      const { report, logRetentionMinutes } = await this.#configurationOf(this.#parameters);
      this.#logRetentionMinutes = logRetentionMinutes;
      return report; // the caller applies what has changed meanwhile, with applyParameters
    }
    const { report } = await this.#configure(this.#parameters);
    await startPostmaster(this.#location, await this.#view());
    await this.#checkAuthenticationRules();
    await removeEarlierRules(this);
    return report;
  }

  get #location(): PostmasterLocation {
    return {
      dataFolder: this.dataFolder,
      socketFolder: this.socketFolder,
      logFolder: this.logFolder,
      user: this.#user,
    };
  }

  #view(): Promise<BinariesView> {
    return binariesView(this.#settings.engineVersion);
  }

  /** Writes everything the server reads at start or reload. */
  async #configure(parameters: Record<string, string>): Promise<Configuration> {
    for (const folder of [this.socketFolder, this.logFolder, join(this.logFolder, "error"), this.tlsFolder])
      await createServerFolder(folder, this.#user);
    const configuration = await this.#configurationOf(parameters);
    const authentication = authenticationFiles(this.dataFolder, {
      ...configuration,
      masterUsername: this.#masterUsername,
      publishes: this.#settings.publishes ?? false,
    });
    for (const file of [...configuration.files, ...authentication]) await writeServerFile(file, this.#user);
    await writeFollowing(this.#settings, { dataFolder: this.dataFolder, tlsFolder: this.tlsFolder }, this.#user);
    this.#logRetentionMinutes = configuration.logRetentionMinutes;
    return configuration;
  }

  async #configurationOf(parameters: Record<string, string>): Promise<Configuration> {
    const { identity, engineVersion, memoryBytes, maxConnectionsDefault } = this.#settings;
    return configurationOf({
      definitions: await parameterDefinitions(majorOf(engineVersion)),
      view: await this.#view(),
      tls: await ensureServerCertificate(this.tlsFolder, identity.caFolder, this.#user),
      dataFolder: this.dataFolder,
      socketFolder: this.socketFolder,
      logFolder: this.logFolder,
      archiveFolder: this.#archiveFolder,
      isReadOnly: this.#settings.isReadOnly ?? false,
      port: this.port,
      memoryBytes,
      maxConnectionsDefault,
      parameters,
    });
  }

  /**
   * Removes values that the table accepts but the server would not, such as a time zone that does not exist: one bad
   * value would prevent the next start. The server's own check reads the files without starting and reports one at a
   * time.
   */
  async #configureChecked(parameters: Record<string, string>): Promise<ParameterReport> {
    let accepted = { ...parameters };
    const refused: ParameterReport["invalid"] = [];
    for (;;) {
      const { report } = await this.#configure(accepted);
      const refusal = await this.#refusal();
      const name = Object.keys(accepted).find((candidate) => candidate.toLowerCase() === refusal?.parameter);
      if (refusal === undefined || name === undefined) {
        this.#parameters = accepted;
        return { ...report, invalid: [...report.invalid, ...refused] };
      }
      refused.push({ name, reason: refusal.reason });
      accepted = Object.fromEntries(Object.entries(accepted).filter(([candidate]) => candidate !== name));
    }
  }

  async #refusal(): Promise<{ parameter: string; reason: string } | undefined> {
    const { postgres } = await this.#view();
    const { code, output } = await runAsServer(this.#user, postgres, ["-D", this.dataFolder, "-C", "data_directory"], {
      milliseconds: limits.checkMilliseconds,
    });
    const line = output.split("\n").find((candidate) => candidate.includes('parameter "'));
    if (code === 0 || line === undefined) return undefined;
    return {
      parameter: (/parameter "([^"]+)"/.exec(line)?.[1] ?? "").toLowerCase(),
      reason: line.replace(/^.*?(FATAL|ERROR|LOG): +/, ""),
    };
  }

  /** Waits until the postmaster has reread its files, and returns the settings that need a restart. */
  async #reload(): Promise<string[]> {
    const requestedAt = Date.now();
    // A signal, not SQL: the settings being replaced may have made every login impossible.
    if (this.pid !== undefined) signalTo(this.pid, "SIGHUP");
    const endsAt = requestedAt + limits.reloadMilliseconds;
    if (!(await poll(limits.reloadMilliseconds, () => this.#hasLoadedSince(requestedAt, endsAt))))
      throw new PostgresError(
        "start-failed",
        `the server did not reload its settings within ${limits.reloadMilliseconds / 1000} s`,
      );
    await this.#checkAuthenticationRules();
    // A restored server still lists the settings of its recovery until its next start; they no longer have any effect.
    const pending = await this.query(
      "select name from pg_settings where pending_restart and name !~ '^(recovery_target.*|hot_standby)$' order by name",
    );
    return pending.map(({ name }) => rdsNameOf[String(name)] ?? String(name).toLowerCase());
  }

  async #hasLoadedSince(moment: number, until: number): Promise<boolean> {
    try {
      const [row] = await this.query("select pg_conf_load_time() >= to_timestamp($1::float8 / 1000) as loaded", [
        moment,
      ]);
      return row?.loaded === true;
    } catch (error) {
      if (this.state() !== "running" || Date.now() > until) throw error;
      return false;
    }
  }

  /** PostgreSQL keeps its old rules when the new ones are invalid, and reports that only here. */
  async #checkAuthenticationRules(): Promise<void> {
    const [broken] = await this.query(
      "select line_number, error from pg_hba_file_rules where error is not null limit 1",
    );
    if (broken !== undefined)
      throw new PostgresError(
        "start-failed",
        `line ${String(broken.line_number)} of pg_hba.conf: ${String(broken.error)}`,
      );
  }

  #serialize<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
