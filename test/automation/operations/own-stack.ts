// A database on a stack of our own, whose config a git repository has, and commands whose runs can be disturbed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBInstancesCommand, type DBInstance } from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../automation/control-plane";
import type { PlanBasis, Run } from "../../../automation/records";
import { readSettings } from "../../../automation/settings";
import { builtIn } from "../../../components/standards/built-in";
import { database } from "../../../stacks/database";
import { loggedIn, type Query } from "../../components/database-login";
import { request } from "../../components/declared";
import { startEngine, type Engine } from "../../components/engine";
import { until } from "../../until";
import { unused } from "../probe";
import { Commands } from "./disturbed-commands";

export const identifier = "orders-development";
export const stackName = `database.${identifier}`;
export const configFile = `Pulumi.${stackName}.yaml`;

/** Waits for the plan, which another person approves. */
export async function approved<Plan extends PlanBasis>(controlPlane: ControlPlane, id: string): Promise<Plan> {
  const { planDigest = "", plan } = await until(`${id} is planned`, async () => {
    const run = await controlPlane.run(id);
    if (run.finishedAt) throw new Error(JSON.stringify(run.error));
    return run.status === "waiting" ? run : undefined;
  });
  await controlPlane.approve(id, { principal: "ben", plan: planDigest, comment: "as agreed" });
  return plan as Plan;
}

export class OwnStack {
  private constructor(
    readonly engine: Engine,
    readonly stack: Stack,
    readonly commands: Commands,
    readonly controlPlane: ControlPlane,
    private readonly operation: string,
  ) {}

  /** Brings it up, and opens the control plane of its cloud. */
  static async start(operation: string, extensions: string[], more: object = {}): Promise<OwnStack> {
    const engine = await startEngine();
    const { cloud } = engine;
    const config = { ...request, environment: "development", tier: "bronze", extensions, ...more };
    const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries(config)
      .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
      .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
    const [repository, workDir] = ["repository", "program"].map((name) => join(cloud.dataFolder, name));
    for (const folder of [repository!, workDir!]) {
      mkdirSync(folder);
      writeFileSync(join(folder, configFile), text);
    }
    const program = () => Promise.resolve(database());
    const workspace = { workDir: workDir!, envVars: cloud.env };
    const stack = await LocalWorkspace.createOrSelectStack({ projectName: "shipshape", stackName, program }, workspace);
    await stack.up();
    const commands = Commands.in(cloud, repository!, operation);
    createFirstKey(readSettings(join(__dirname, "../../.."), cloud.dataFolder, commands.env));
    const controlPlane = await openControlPlane({
      standard: builtIn,
      databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
      signer: unused,
      toolVersions: {},
      operations: unused,
    });
    return new OwnStack(engine, stack, commands, controlPlane, operation);
  }

  async stop(): Promise<void> {
    await this.controlPlane.close();
    this.commands.stop();
    await this.engine.stop();
  }

  async instanceNow(): Promise<DBInstance> {
    const { DBInstances: [instance] = [] } = await this.engine.cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    return instance!;
  }

  /** The address with which a role logs in now. */
  async urlOf(role: string): Promise<string> {
    return (await this.secretOf(`shipshape/orders/development/orders/${role}`)).url;
  }

  async asMaster<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const url = new URL(await this.urlOf("owner"));
    const { username, password } = await this.secretOf((await this.instanceNow()).MasterUserSecret?.SecretArn);
    url.username = username;
    url.password = encodeURIComponent(password);
    return loggedIn(this.engine.cloud, url.href, work);
  }

  private async secretOf(SecretId: string | undefined) {
    const { SecretString = "" } = await this.engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
    return JSON.parse(SecretString) as Record<"url" | "username" | "password", string>;
  }

  /** Resolves to the id of the request. */
  async requested(...words: string[]): Promise<string> {
    const all = ["--database", identifier, "--reason", "a test", "--json", ...words];
    const { stdout, stderr } = await this.commands.shipshape("", "request", this.operation, ...all).ended;
    if (stdout === "") throw new Error(stderr);
    return (JSON.parse(stdout) as { id: string }).id;
  }

  /** Waits for the plan, which another person approves. */
  approve<Plan extends PlanBasis>(id: string): Promise<Plan> {
    return approved<Plan>(this.controlPlane, id);
  }

  over(id: string): Promise<Run> {
    return until(`${id} is over`, async () => {
      const run = await this.controlPlane.run(id);
      return run.finishedAt && run;
    });
  }
}
