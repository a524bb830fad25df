import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CloudTrailClient, paginateLookupEvents, type Event } from "@aws-sdk/client-cloudtrail";
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  type DBInstance,
} from "@aws-sdk/client-rds";
import { CreateSecretCommand, ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import * as ec2 from "@pulumi/aws/ec2";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../automation/command-line/evidence-log";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import type { Run } from "../../automation/records";
import { readRun } from "../../automation/runner/runs";
import { readSettings } from "../../automation/settings";
import { installPlugins } from "../../localcloud/plugins/bundle";
import { instanceIs, startCloud, type Cloud } from "../cloud";
import { until } from "../until";
import { drillFiles, pulumiProcesses } from "./drill-traces";
import { asMaster, connect, managedPassword, small } from "../localcloud/server/database-client";

/** One of our commands, after it has ended. */
export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface WorkerProcess {
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** The access key that workers and commands call the cloud with. */
export const workerKey = "AKIAWORKER0000000001";

/**
 * An embedded cloud with everything that a drill needs: an isolation group to restore into, and source databases. These
 * are created through the RDS API, which is faster than a stack, with the part of the standard that drills rely on.
 */
export class DrillCloud {
  protected constructor(
    readonly cloud: Cloud,
    readonly database: ControlPlaneDatabase,
    readonly env: Record<string, string>,
    readonly isolationSecurityGroupId: string,
  ) {}

  static async start(): Promise<DrillCloud> {
    const cloud = await startCloud();
    try {
      const { PULUMI_HOME = "", PULUMI_BACKEND_URL = "", SHIPSHAPE_DATABASE_URL = "" } = cloud.env;
      await installPlugins(PULUMI_HOME);
      mkdirSync(PULUMI_BACKEND_URL.replace("file://", ""), { recursive: true });
      // Workers have their own access key, so that the cloud's record distinguishes their calls from the test's.
      const { accessKeyId, secretAccessKey } = cloud.client(workerKey).credentials;
      const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      const env = {
        ...cloud.env,
        ...own,
        SHIPSHAPE_DATA_FOLDER: cloud.dataFolder,
        SHIPSHAPE_PLATFORM_STACK: "platform.test",
        SHIPSHAPE_ASSERTIONS: join(cloud.dataFolder, "assertions"),
        PATH: [noteEngines(cloud), process.env["PATH"]].join(delimiter),
      };
      createFirstKey(readSettings(join(__dirname, "../.."), cloud.dataFolder, env));
      const isolation = await makeIsolation(cloud);
      await cloud.rds.send(
        new CreateDBParameterGroupCommand({
          DBParameterGroupName: "drilled",
          DBParameterGroupFamily: "postgres17",
          Description: "keeps commit timestamps, as the standard does",
        }),
      );
      await cloud.rds.send(
        new ModifyDBParameterGroupCommand({
          DBParameterGroupName: "drilled",
          Parameters: [{ ParameterName: "track_commit_timestamp", ParameterValue: "1", ApplyMethod: "pending-reboot" }],
        }),
      );
      return new DrillCloud(cloud, await openDatabase(SHIPSHAPE_DATABASE_URL), env, isolation);
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.database.close();
    await this.cloud.stop();
  }

  /**
   * A database with this content in its first base backup; `afterwards` are statements that each need their own
   * transaction, and what else happens between them.
   */
  async makeSource(
    identifier: string,
    content: string,
    afterwards: (string | (() => Promise<void>))[] = [],
  ): Promise<DBInstance> {
    const { rds, secrets } = this.cloud;
    const { MasterUserPassword: _own, ...settings } = small;
    const tags = { service: identifier, environment: "development", tier: "bronze", owner: "team-test" };
    await rds.send(
      new CreateDBInstanceCommand({
        ...settings,
        DBInstanceIdentifier: identifier,
        EngineVersion: "17.10",
        DBName: "app",
        StorageEncrypted: true,
        ManageMasterUserPassword: true,
        DBParameterGroupName: "drilled",
        BackupRetentionPeriod: 0,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    const instance = await instanceIs(this.cloud, identifier, "available");
    const password = controlPassword;
    await secrets.send(
      new CreateSecretCommand({
        Name: `shipshape/${identifier}/development/app/shipshape`,
        SecretString: JSON.stringify({ username: "shipshape", password }),
      }),
    );
    await asMaster(
      this.cloud,
      instance,
      `create role shipshape login password '${password}'; grant shipshape to current_user; create schema shipshape authorization shipshape; ${content}`,
      await managedPassword(this.cloud, instance),
    );
    for (const next of afterwards) await (typeof next === "string" ? this.query(identifier, next) : next());
    await rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        BackupRetentionPeriod: 7,
        ApplyImmediately: true,
      }),
    );
    return until(`${identifier} has a backup`, async () => {
      const { DBInstances: [now] = [] } = await rds.send(
        new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
      );
      return now?.DBInstanceStatus === "available" && now.LatestRestorableTime ? now : undefined;
    });
  }

  /** Adds an assertion to those of a database. */
  assertion(identifier: string, name: string, sql: string): void {
    const folder = join(this.cloud.dataFolder, "assertions", identifier);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.sql`), sql);
  }

  async switchBackupsOff(identifier: string): Promise<void> {
    await this.cloud.rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        BackupRetentionPeriod: 0,
        ApplyImmediately: true,
      }),
    );
    await this.until("there are no backups", async () => (await this.describe(identifier)).BackupRetentionPeriod === 0);
    await instanceIs(this.cloud, identifier, "available");
  }

  /** An instance as any client creates one, without a login for the control plane. */
  async makePlainInstance(identifier: string): Promise<void> {
    await this.cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: identifier }));
    await instanceIs(this.cloud, identifier, "available");
  }

  /** Runs one statement as the master, in any database of this cloud. */
  async query(identifier: string, sql: string): Promise<Record<string, unknown>[]> {
    const instance = await instanceIs(this.cloud, identifier, "available");
    return (await asMaster(this.cloud, instance, sql, await managedPassword(this.cloud, instance))) as Record<
      string,
      unknown
    >[];
  }

  /** Runs one statement as the control plane's role; in a copy its password is still the source's. */
  async queryAsControl(identifier: string, sql: string): Promise<void> {
    const instance = await this.describe(identifier);
    const client = await connect(this.cloud, { ...instance, MasterUsername: "shipshape" }, controlPassword);
    await client.query(sql).finally(() => client.end());
  }

  shipshape(...words: string[]): Promise<Answer> {
    const child = this.spawn(words);
    const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
    return new Promise((resolve) =>
      child.once("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr() })),
    );
  }

  /** A worker process; the test ends it. If it has ended before, the error contains its output. */
  startWorker(): WorkerProcess {
    const child = this.spawn(["worker"]);
    const output = collected(child.stderr);
    child.stdout?.resume();
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    return {
      async end(signal) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the worker had ended already, with ${child.exitCode ?? child.signalCode}: ${output()}`);
        child.kill(signal);
        await exited;
      },
    };
  }

  /** Requests a drill, for a worker to run. */
  request = (identifier: string, ...more: string[]) => this.requestOf("restore-drill", identifier, ...more);

  async requestOf(operation: string, identifier: string, ...more: string[]): Promise<string> {
    const words = ["--database", identifier, "--reason", "a test", "--json", ...more];
    const { stdout, stderr } = await this.shipshape("request", operation, ...words);
    if (stdout === "") throw new Error(stderr);
    return (JSON.parse(stdout) as { id: string }).id;
  }

  until = until;

  run = (id: string): Promise<Run> => readRun(this.database, id);

  async over(id: string): Promise<Run> {
    await this.until(`run ${id} is over`, async () => isOver(await this.run(id)), 100);
    return this.run(id);
  }

  /** A request that workers can carry out, of which that step is to be disturbed. */
  trialOf(operation: string, identifier: string, _step?: string): Promise<string> {
    return this.requestOf(operation, identifier);
  }

  /** The identifier of the copy that a run restores. */
  restoredAs = (id: string): string => `drill-${id}`;

  async statements(id: string): Promise<string[]> {
    const rows = await this.database.query<{ kind: string }>(
      "select kind from evidence where request_id = $1 order by log_index",
      [id],
    );
    return rows.map(({ kind }) => kind);
  }

  async describe(identifier: string): Promise<DBInstance> {
    const { DBInstances = [] } = await this.cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    return DBInstances[0]!;
  }

  async statusOf(identifier: string): Promise<string | undefined> {
    const { DBInstances = [] } = await this.cloud.rds.send(new DescribeDBInstancesCommand({}));
    return DBInstances.find((i) => i.DBInstanceIdentifier === identifier)?.DBInstanceStatus;
  }

  /** How often the cloud accepted a call of that name for the resource. */
  async callsTaken(name: string, resource: string): Promise<number> {
    const trail = new CloudTrailClient(this.cloud.client("AKIAAUDITOR000000000"));
    const named = { LookupAttributes: [{ AttributeKey: "ResourceName" as const, AttributeValue: resource }] };
    const events: Event[] = [];
    // All pages: a run that waits for its database asks for it often, which pushes older calls off the first one.
    for await (const { Events = [] } of paginateLookupEvents({ client: trail }, named)) events.push(...Events);
    trail.destroy();
    return events.filter(
      (e) => e.EventName === name && !(JSON.parse(e.CloudTrailEvent ?? "{}") as { errorCode?: string }).errorCode,
    ).length;
  }

  /** Everything that drills could have left behind; each list should be empty. */
  async leftovers(): Promise<Record<"databases" | "secrets" | "files" | "rows" | "markers" | "processes", string[]>> {
    const { DBInstances = [] } = await this.cloud.rds.send(new DescribeDBInstancesCommand({}));
    const sources = DBInstances.filter((i) => !i.DBInstanceIdentifier?.startsWith("drill-"));
    const owned = new Set(sources.map((i) => i.MasterUserSecret?.SecretArn));
    const { SecretList = [] } = await this.cloud.secrets.send(
      new ListSecretsCommand({ MaxResults: 100, IncludePlannedDeletion: true }),
    );
    const markers = await this.markersIn(sources.map(({ DBInstanceIdentifier: name = "" }) => name));
    return {
      databases: DBInstances.filter((i) => !sources.includes(i)).map(
        (i) => `${i.DBInstanceIdentifier} ${i.DBInstanceStatus}`,
      ),
      secrets: SecretList.filter(({ Name, ARN }) => Name?.startsWith("rds!") && !owned.has(ARN)).map(
        ({ Name }) => Name ?? "",
      ),
      files: drillFiles(this.cloud.dataFolder),
      rows: (
        await this.database.query<{ identifier: string }>("select identifier from throwaway where status <> 'removed'")
      ).map((row) => row.identifier),
      markers,
      processes: this.processes(),
    };
  }

  protected async markersIn(sources: string[]): Promise<string[]> {
    const markers: string[] = [];
    for (const name of sources) {
      const [table] = await this.query(name, "select to_regclass('shipshape.recovery_marker') is not null as there");
      if (!table?.["there"]) continue;
      const rows = await this.query(name, "select run_id from shipshape.recovery_marker");
      markers.push(...rows.map((row) => `${name} ${String(row["run_id"])}`));
    }
    return markers;
  }

  /** What each engine was started for, since the last call. */
  enginesStarted(): string[] {
    const notes = notesOf(this.cloud);
    const started = readFileSync(notes, "utf8").split("\n").filter(Boolean);
    writeFileSync(notes, "");
    return started;
  }

  /** Running engines and plugins with this cloud's PULUMI_HOME. */
  processes = (): string[] => pulumiProcesses(this.cloud.dataFolder);

  /** Our command, or another program that is one. */
  spawn(words: string[], program = [join(__dirname, "../../automation/command-line/shipshape.cjs")]): ChildProcess {
    return spawn(process.execPath, [...program, ...words], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
  }
}

export const nothingLeft = { databases: [], secrets: [], files: [], rows: [], markers: [], processes: [] };

export const isOver = (run: Run) =>
  run.finishedAt !== undefined && run.cleanUp !== "pending" && run.sealedAt !== undefined;

const controlPassword = "a-password-for-the-control-plane";

/**
 * The part of the platform stack that drills read: an output that names the isolation's security group, which is not
 * that of the sources.
 */
async function makeIsolation(cloud: Cloud): Promise<string> {
  const workDir = join(cloud.dataFolder, "isolation");
  mkdirSync(workDir);
  const program = async () => ({
    isolationSecurityGroupId: new ec2.SecurityGroup("isolation", {
      vpcId: "vpc-0a1b2c3d4e5f60001",
      description: "restored copies",
      ingress: [],
      egress: [],
    }).id,
  });
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: "shipshape", stackName: "platform.test", program },
    { workDir, envVars: cloud.env },
  );
  const { outputs } = await stack.up();
  return String(outputs["isolationSecurityGroupId"]?.value);
}

const notesOf = (cloud: Cloud) => join(cloud.dataFolder, "engines-started");

/** A folder with a `pulumi` that notes its arguments that are not options, and then becomes the engine on this PATH. */
function noteEngines(cloud: Cloud): string {
  const engine = execFileSync("which", ["pulumi"], { encoding: "utf8" }).trim();
  const folder = join(cloud.dataFolder, "engine");
  mkdirSync(folder);
  writeFileSync(notesOf(cloud), "");
  const noting = `command=; for word do case "$word" in -*) break;; *) command="$command $word";; esac; done`;
  const script = `#!/bin/sh\n${noting}\necho $command >> '${notesOf(cloud)}'\nexec '${engine}' "$@"\n`;
  writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
  return folder;
}

function collected(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}
