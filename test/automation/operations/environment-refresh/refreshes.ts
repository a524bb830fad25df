/** What the engine tests of refreshes have: a source on a stack of ours, its control plane, and commands and workers. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import { operations } from "../../../../automation/operations/registry";
import type { Run } from "../../../../automation/records";
import type { AnyOperation } from "../../../../automation/runner/operation";
import { readSettings } from "../../../../automation/settings";
import { builtIn } from "../../../../components/standards/built-in";
import { queryAsAdministrator, type ServerLocation } from "../../../../localcloud/postgres/administrator";
import { database } from "../../../../stacks/database";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { until } from "../../../until";
import { unused } from "../../probe";
import { Commands } from "../disturbed-commands";
import { copyStackIn } from "./copy-stack";
import { idOf, inBrief } from "./ended-runs";
import { content, filesContaining, identifier, KEY, profile } from "./source-content";

const stackName = "database.orders-production";
export const copy = "orders-staging";
export const roles = ["owner", "readwrite", "readonly", "monitoring", "shipshape"];

export class Refreshes {
  private constructor(
    readonly engine: Engine,
    readonly commands: Commands,
    readonly controlPlane: ControlPlane,
    readonly masking: string,
  ) {}

  static async start(): Promise<Refreshes> {
    const engine = await startEngine();
    const { cloud } = engine;
    const config = { ...request, tier: "bronze", extensions: ["pg_stat_statements"] };
    const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries(config)
      .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
      .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
    const [repository, workDir] = ["repository", "program"].map((name) => join(cloud.dataFolder, name));
    const masking = join(cloud.dataFolder, "masking");
    for (const folder of [repository!, workDir!, masking]) mkdirSync(folder);
    for (const folder of [repository!, workDir!]) writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), text);
    const program = () => Promise.resolve(database());
    const workspace = { workDir: workDir!, envVars: cloud.env };
    await (await LocalWorkspace.createOrSelectStack({ projectName: "shipshape", stackName, program }, workspace)).up();
    await cloud.secrets.send(new CreateSecretCommand({ Name: "masking/orders", SecretString: KEY }));
    const commands = Commands.in(cloud, repository!, "environment-refresh");
    Object.assign(commands.env, { SHIPSHAPE_PLATFORM_STACK: "platform.test", SHIPSHAPE_MASKING: masking });
    createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, commands.env));
    const controlPlane = await openControlPlane({
      standard: builtIn,
      databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
      signer: unused,
      toolVersions: {},
      operations: () => Promise.resolve(operations as unknown as AnyOperation[]),
    });
    const refreshes = new Refreshes(engine, commands, controlPlane, masking);
    refreshes.write(profile);
    await refreshes.as("production", "owner", (query) => query(content));
    return refreshes;
  }

  async stop(): Promise<void> {
    await this.controlPlane.close();
    this.commands.stop();
    await this.engine.stop();
  }

  /** The masking profile. */
  write = (text: string): void => writeFileSync(join(this.masking, `${identifier}.masking.yaml`), text);

  async urlOf(environment: string, role: string): Promise<string> {
    const SecretId = `shipshape/orders/${environment}/orders/${role}`;
    const { SecretString = "" } = await this.engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
    return (JSON.parse(SecretString) as { url: string }).url;
  }

  as = async <T>(environment: string, role: string, work: (query: Query) => Promise<T>): Promise<T> =>
    loggedIn(this.engine.cloud, await this.urlOf(environment, role), work);

  requested(environment: string, retentionDays: number, ...words: string[]): Promise<string> {
    const all = ["--database", identifier, "--environment", environment, "--reason", "a test", "--json", ...words];
    return idOf(
      this.commands,
      "request",
      "environment-refresh",
      ...all,
      ...["--retention-days", String(retentionDays)],
    );
  }

  async withWorker<T>(work: () => Promise<T>, of = this.commands): Promise<T> {
    const worker = of.shipshape("", "worker");
    try {
      return await work();
    } finally {
      worker.kill("SIGTERM");
      await worker.ended;
    }
  }

  /** Once it waits for people, or is over without them. */
  planned(id: string, preparation = 1): Promise<Run> {
    return until(`${id} is planned`, async () => {
      const run = await this.controlPlane.run(id);
      return run.finishedAt || (run.status === "waiting" && run.preparation >= preparation) ? run : undefined;
    });
  }

  over(id: string): Promise<Run> {
    return until(`${id} is over`, async () => {
      const run = await this.controlPlane.run(id);
      return run.finishedAt && run.cleanUp !== "pending" ? run : undefined;
    });
  }

  async approve(id: string, preparation = 1): Promise<void> {
    const { planDigest: plan = "", error } = await this.planned(id, preparation);
    if (error) throw new Error(JSON.stringify(error));
    await this.controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
  }

  /** Requests it; people approve its plan; workers that are killed at these moments, and another one, carry it out. */
  refresh = async (...moments: string[]): Promise<Run> =>
    this.carriedOut(await this.requested("staging", 14), ...moments);

  async carriedOut(id: string, ...moments: string[]): Promise<Run> {
    // Not while a worker runs: it would begin at once, and may come past the first moment.
    await this.withWorker(() => this.planned(id));
    await this.approve(id);
    await this.killedAt(id, ...moments);
    return this.withWorker(() => this.over(id));
  }

  /** Workers carry out an approved run, one after the other, each until it is killed. */
  async killedAt(id: string, ...moments: string[]): Promise<void> {
    for (const moment of moments) {
      // A run that ends before would leave the worker waiting for others.
      const worker = this.commands.shipshape(moment, "worker");
      const ended = await Promise.race([worker.ended, this.over(id).then(inBrief)]);
      worker.kill("SIGKILL");
      expect(ended).toMatchObject({ signal: "SIGKILL" });
    }
  }

  async instances(): Promise<(string | undefined)[]> {
    return ((await this.engine.cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [])
      .map((one) => one.DBInstanceIdentifier)
      .sort();
  }

  databasesOf = async () => this.as("staging", "owner", (query) => query("select datname from pg_database order by 1"));

  customersOf = async (environment: string) =>
    (await this.as(environment, "readonly", (query) =>
      query("select id, name, email, born, state from orders.customer order by id"),
    )) as { id: number; name: string; email: string; state: string }[];

  /** What a preview of the copy's stack would change, with a refresh. */
  async changesOf({ plan }: Run): Promise<unknown> {
    const { copy: made } = plan as EnvironmentRefreshPlan;
    return (await (await copyStackIn(this.engine.cloud, made.stack, made.arguments)).preview({ refresh: true }))
      .changeSummary;
  }

  /** The server of the copy, as who runs it reaches it. */
  private async serverOf(environment: string): Promise<ServerLocation> {
    const [found] = (await this.as(environment, "monitoring", (query) =>
      query(
        `select current_setting('data_directory') as "dataFolder", current_setting('unix_socket_directories') as "socketFolder", inet_server_port() as port`,
      ),
    )) as ServerLocation[];
    return found!;
  }

  /** As the superuser that no customer of RDS has; in the template, what every new database will have. */
  async asAdministrator(environment: string, sql: string, database?: "template0"): Promise<Record<string, unknown>[]> {
    const server = await this.serverOf(environment);
    const allow = (word: boolean) => queryAsAdministrator(server, `alter database template0 allow_connections ${word}`);
    if (database) await allow(true);
    const rows = await queryAsAdministrator(server, sql, [], database);
    if (database) await allow(false);
    return rows;
  }

  /** The files of the copy's server that contain a text, its log of changes included. */
  async filesWith(value: string, environment = "staging"): Promise<string[]> {
    return filesContaining((await this.serverOf(environment)).dataFolder, value);
  }
}
