/** A person at a command line, in this process, with the embedded cloud that the first hint has them start. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { main } from "../../../automation/command-line/main";
import { timeouts } from "../../../automation/command-line/waiting";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { describeError, type ShipshapeError } from "../../../automation/errors";
import { operations } from "../../../automation/operations/registry";
import { readRun } from "../../../automation/runner/runs";
import { instanceIs } from "../../cloud";
import { small } from "../../localcloud/server/database-client";
import { until } from "../../until";
import { toyOperation } from "../operations/toy-operation";

export interface Said {
  code: number | null;
  /** Standard output and standard error. */
  text: string;
}

const checkout = join(__dirname, "../../..");

export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "hints-"));
  readonly dataFolder = join(this.folder, "data");
  /** What this person's shell has; the embedded cloud's is added once it runs. */
  env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    TMPDIR: tmpdir(),
    NO_COLOR: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    SHIPSHAPE_DATA_FOLDER: this.dataFolder,
    SHIPSHAPE_PLATFORM_STACK: "platform.test",
    SHIPSHAPE_ASSERTIONS: join(this.folder, "assertions"),
  };
  private database: ControlPlaneDatabase | undefined;
  private worker: { process: ChildProcess; ended: Promise<Said> } | undefined;
  private readonly others: Scene[] = [];

  path = (...names: string[]): string => join(this.folder, ...names);

  /** One command, with more in its environment; `undefined` takes a variable away. */
  async run(words: string[], more: Record<string, string | undefined> = {}): Promise<Said> {
    const before = { ...process.env };
    let text = "";
    const collect = ((chunk: string | Uint8Array) => ((text += String(chunk)), true)) as typeof process.stdout.write;
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, "write").mockImplementation(collect),
    );
    try {
      replaceEnvironment({ ...this.env, ...more });
      process.exitCode = undefined;
      return { code: await main(words, checkout, [...operations, toyOperation]), text };
    } finally {
      process.exitCode = undefined;
      replaceEnvironment(before);
      for (const spy of spies) spy.mockRestore();
      process.stdout.removeAllListeners("error");
    }
  }

  /** As `eval "$(npx shipshape local env)"`. */
  async takeEnvironment(): Promise<Said> {
    const said = await this.run(["local", "env", "--json"]);
    Object.assign(this.env, said.code === 0 ? (JSON.parse(said.text) as Record<string, string>) : {});
    return said;
  }

  /** The keys of a name that the embedded cloud issues. */
  async as(name: string): Promise<Record<string, string>> {
    const { text } = await this.run(["local", "env", "--as", name, "--json"]);
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = JSON.parse(text) as Record<string, string>;
    return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  }

  async records(): Promise<ControlPlaneDatabase> {
    return (this.database ??= await openDatabase(this.env["SHIPSHAPE_DATABASE_URL"]!));
  }

  /** `npx shipshape worker`, which works until the end of the test; one is enough. */
  ensureWorker(): Said {
    if (this.worker?.process.exitCode !== null) {
      const words = ["--import", "tsx", join(__dirname, "command.ts"), "worker"];
      const child = spawn(process.execPath, words, { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      let text = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += String(chunk)));
      const ended = new Promise<Said>((resolve) => child.once("close", (code) => resolve({ code, text })));
      this.worker = { process: child, ended };
    }
    return { code: 0, text: "" };
  }
  workerEnded = async (): Promise<Said> => (await this.worker?.ended) ?? { code: null, text: "no worker was started" };

  /** Someone's request for a change that waits for approval, by a member of the team whose database it is. */
  async waiting(name = "alice"): Promise<{ id: string; plan: string }> {
    this.ensureWorker();
    const id = await this.requested(await this.as(name));
    await until(
      "the plan waits for approval",
      async () => (await readRun(await this.records(), id)).status === "waiting",
    );
    return { id, plan: (await readRun(await this.records(), id)).planDigest! };
  }
  async requested(keys: Record<string, string> = {}): Promise<string> {
    const { text } = await this.run([...askForLabel, "--json"], keys);
    return (JSON.parse(text) as { id: string }).id;
  }
  approve = async (name: string, { id, plan }: { id: string; plan: string }): Promise<Said> =>
    this.run(["approve", id, "--plan", plan, "--comment", "fine"], await this.as(name));
  /** `show` of a request, once it is over. */
  async overAndShown(id: string): Promise<Said> {
    this.ensureWorker();
    await until("it is over", async () => (await readRun(await this.records(), id)).finishedAt !== undefined);
    return this.run(["show", id]);
  }

  /** `show` of a run that ended with this error: as the sweep records it, whatever ended the run. */
  async showRecorded(errorOf: (id: string) => ShipshapeError, cleanUpError?: ShipshapeError): Promise<Said> {
    const id = `2611230930${10 + Math.floor(Math.random() * 89)}-${Math.random().toString(16).slice(2, 10).padEnd(8, "0")}`;
    const records = await this.records();
    await records.query(
      "insert into request (id, operation, input, requested_by, reason) values ($1, 'label', '{}', 'ana', 'a test')",
      [id],
    );
    await records.query(
      "insert into run (request_id, status, error, clean_up_error, finished_at, verdict_sealed_at) values ($1, 'failed', $2, $3, now(), now())",
      [id, JSON.stringify(describeError(errorOf(id))), cleanUpError && JSON.stringify(describeError(cleanUpError))],
    );
    return this.run(["show", id]);
  }

  async withRds<T>(work: (rds: RDSClient) => Promise<T>): Promise<T> {
    const rds = new RDSClient(this.client());
    return work(rds).finally(() => rds.destroy());
  }
  client = () => ({
    endpoint: this.env["AWS_ENDPOINT_URL"]!,
    region: this.env["AWS_REGION"]!,
    credentials: {
      accessKeyId: this.env["AWS_ACCESS_KEY_ID"]!,
      secretAccessKey: this.env["AWS_SECRET_ACCESS_KEY"]!,
    },
  });

  /** A database whose backups reach back to now. */
  makeDatabase = (): Promise<void> =>
    this.withRds(async (rds) => {
      const tags = { service: "orders", environment: "development", tier: "bronze", owner: "team-orders" };
      await rds.send(
        new CreateDBInstanceCommand({
          ...small,
          DBInstanceIdentifier: "orders",
          DBName: "app",
          StorageEncrypted: true,
          BackupRetentionPeriod: 1,
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        }),
      );
      await until("it has a backup", async () => {
        const { DBInstances: [now] = [] } = await rds.send(new DescribeDBInstancesCommand({}));
        return now?.DBInstanceStatus === "available" && now.LatestRestorableTime;
      });
    });
  databaseIs = (status: string) => this.withRds((rds) => instanceIs({ rds }, "orders", status));

  /** What `pulumi up` of the database's stack does about the role of the control plane. */
  async upDatabase(): Promise<void> {
    const secrets = new SecretsManagerClient(this.client());
    await secrets.send(
      new CreateSecretCommand({
        Name: "shipshape/orders/development/app/shipshape",
        SecretString: JSON.stringify({ username: "shipshape", password: "a-password-of-tests" }),
      }),
    );
    secrets.destroy();
  }
  /** What `pulumi up` of the platform's stack leaves in the backend, as far as drills read it. */
  upPlatform(): void {
    const type = "pulumi:pulumi:Stack";
    this.writeState("platform.test", [{ type, outputs: { isolationSecurityGroupId: "sg-0a1b2c3d4e5f60001" } }]);
  }
  /** What `pulumi up` of a database's stack leaves there, as far as it is handed over. */
  upCarts(): void {
    const known = {
      identifier: "carts",
      arn: "arn:aws:rds:eu-central-1:123456789012:db:carts",
      resourceId: "db-CARTS",
    };
    const place = { address: "127.0.0.1", port: 5432, databaseName: "carts", keyArn: "arn:aws:kms:…:key/1" };
    const handOver = { ...known, ...place, logins: { readonly: { username: "readonly" } } };
    const type = "shipshape:index:StandardDatabase";
    const instance = {
      type: "aws:rds/instance:Instance",
      parent: `${type}::0`,
      outputs: { engine: "postgres", ...known },
    };
    this.writeState("database.carts", [{ type, outputs: { handOver } }, instance]);
  }
  private writeState(stack: string, declared: { type: string; parent?: string; outputs: object }[]): void {
    const folder = join(this.dataFolder, "pulumi-state", ".pulumi", "stacks", "shipshape");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "..", "..", "meta.yaml"), "version: 1\n");
    const urnOf = (name: string) => `urn:pulumi:${stack}::shipshape::${name}`;
    const resources = declared.map(({ parent, ...one }, at) => ({
      urn: urnOf(`${one.type}::${at}`),
      custom: false,
      ...(parent && { parent: urnOf(parent) }),
      ...one,
    }));
    const latest = { manifest: { time: "2026-11-01T00:00:00Z", magic: "", version: "" }, resources };
    const checkpoint = { stack: `organization/shipshape/${stack}`, latest };
    writeFileSync(join(folder, `${stack}.json`), JSON.stringify({ version: 3, checkpoint }));
  }

  /** Another machine: without anything that this one remembers, and with its own control plane. */
  elsewhere(env: Record<string, string> = {}): Scene {
    const other = new Scene();
    other.env = { ...this.env, SHIPSHAPE_DATA_FOLDER: other.dataFolder, ...env };
    this.others.push(other);
    return other;
  }

  async end(): Promise<void> {
    this.worker?.process.kill("SIGTERM");
    await this.worker?.ended;
    for (const one of [this, ...this.others]) await one.database?.close();
    await this.run(["local", "stop"]);
  }
}

/** A request for an operation that changes something, of a database that the cloud need not have. */
export const askForLabel = ["request", "label", "--database", "shop", "--label-text", "paid", "--reason", "as agreed"];

/** How long `--wait` waits for a worker, as long as `work` takes. */
export async function waitingAtMost<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const { worker } = timeouts;
  timeouts.worker = seconds;
  return work().finally(() => (timeouts.worker = worker));
}

function replaceEnvironment(next: Record<string, string | undefined>): void {
  for (const name of Object.keys(process.env)) if (next[name] === undefined) Reflect.deleteProperty(process.env, name);
  for (const [name, value] of Object.entries(next)) if (value !== undefined) process.env[name] = value;
}
