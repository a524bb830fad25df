/**
 * Databases that a train can patch: each on a stack of our own, whose config a git repository has, with clients that
 * write to it, and commands whose runs can be disturbed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  type DBInstance,
} from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { atOnce } from "../../../../automation/at-once";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import type { PlanBasis, Run } from "../../../../automation/records";
import { readSettings } from "../../../../automation/settings";
import type { RingState } from "../../../../automation/train-records";
import { builtIn } from "../../../../components/standards/built-in";
import { database } from "../../../../stacks/database";
import { loggedIn } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { until, waitSecondsMax } from "../../../until";
import { unused } from "../../probe";
import { Commands } from "../disturbed-commands";
import { approved } from "../own-stack";
import { Writer, type WriterOptions } from "./writer";

/** Of tier bronze; its name is `<service>-<environment>`. */
export interface FleetDatabase {
  identifier: string;
  replicas?: number;
  extensions?: string[];
  /** A train patches it so: a copy gets the minor, and the name. @default in place */
  patchMethod?: "blue-green";
}

const before = "17.9";

export class TrainFleet {
  readonly stacks = new Map<string, Stack>();

  private constructor(
    readonly engine: Engine,
    readonly databases: readonly FleetDatabase[],
    private readonly repository: string,
  ) {}
  commands!: Commands;
  controlPlane!: ControlPlane;
  /** How long it waits for a ring: five databases take ten minutes of a busy machine. */
  waitSeconds = waitSecondsMax;

  /** Brings all of them up, on an older minor. */
  static async start(databases: readonly FleetDatabase[], stacksAtOnce = 1): Promise<TrainFleet> {
    const engine = await startEngine();
    const { cloud } = engine;
    const repository = join(cloud.dataFolder, "repository");
    mkdirSync(repository);
    const fleet = new TrainFleet(engine, databases, repository);
    try {
      await atOnce([...databases], stacksAtOnce, (one) => fleet.bringUp(one));
      fleet.commands = Commands.in(cloud, repository, "database-patch");
      createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, fleet.commands.env));
      fleet.controlPlane = await openControlPlane({
        standard: builtIn,
        databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
        signer: unused,
        toolVersions: {},
        operations: unused,
      });
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.controlPlane?.close();
    this.commands?.stop();
    await this.engine.stop();
  }

  private async bringUp({ identifier, replicas, extensions = [], patchMethod }: FleetDatabase): Promise<void> {
    const { cloud } = this.engine;
    const [service = "", environment = ""] = identifier.split("-");
    const readers = replicas === undefined ? {} : { masterPassword: "own", replicas };
    const method = patchMethod === undefined ? {} : { masterPassword: "own", patchMethod };
    const own = { service, environment, tier: "bronze", engineVersion: before, extensions };
    const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries({
      ...request,
      ...readers,
      ...method,
      ...own,
    })
      .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
      .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
    const stackName = `database.${identifier}`;
    const workDir = this.programFolder(identifier);
    mkdirSync(workDir);
    for (const folder of [this.repository, workDir]) writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), text);
    const program = () => Promise.resolve(database());
    const made = await LocalWorkspace.createOrSelectStack(
      { projectName: "shipshape", stackName, program },
      { workDir, envVars: cloud.env },
    );
    await made.up();
    this.stacks.set(identifier, made);
  }

  private readonly programFolder = (identifier: string) => join(this.engine.cloud.dataFolder, `program-${identifier}`);

  /** The owner's next `up`: with the config as the repository has it now. Resolves to what it would do. */
  async ownersPreview(identifier: string): Promise<string[]> {
    const file = `Pulumi.database.${identifier}.yaml`;
    writeFileSync(join(this.programFolder(identifier), file), this.commands.git("show", `HEAD:${file}`));
    const { changeSummary } = await this.stacks.get(identifier)!.preview({ refresh: true });
    return Object.keys(changeSummary).filter((op) => op !== "same");
  }

  async asOwner(identifier: string, sql: string): Promise<void> {
    const { cloud } = this.engine;
    const { SecretString = "" } = await cloud.secrets.send(
      new GetSecretValueCommand({ SecretId: ownerOf(identifier) }),
    );
    await loggedIn(cloud, (JSON.parse(SecretString) as { url: string }).url, (query) => query(sql));
  }

  /** As its role `owner`. */
  writerOn(identifier: string, options?: WriterOptions): Promise<Writer> {
    return Writer.to(this.engine.cloud, ownerOf(identifier), options);
  }

  async instanceNow(identifier: string): Promise<DBInstance> {
    const asked = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
    return (await this.engine.cloud.rds.send(asked)).DBInstances![0]!;
  }

  async versions(): Promise<Record<string, string>> {
    const names = this.databases.map(({ identifier }) => identifier);
    const found = await Promise.all(names.map((name) => this.instanceNow(name)));
    return Object.fromEntries(names.map((name, at) => [name, found[at]!.EngineVersion ?? ""]));
  }

  /** When RDS says that it was patched, or that another has got its name; twice, if it was patched twice. */
  async patchedAt(identifier: string): Promise<Date[]> {
    const asked = { SourceIdentifier: identifier, SourceType: "db-instance", Duration: 24 * 60 } as const;
    const { Events = [] } = await this.engine.cloud.rds.send(new DescribeEventsCommand(asked));
    const isPatch = (said = "") => said.includes("patched to") || said === `Renamed instance to ${identifier}`;
    return Events.filter(({ Message }) => isPatch(Message)).map(({ Date: at }) => at!);
  }

  /** Of which databases people or trains have taken a snapshot that is still there. */
  async snapshots(): Promise<string[]> {
    const asked = new DescribeDBSnapshotsCommand({ SnapshotType: "manual" });
    const { DBSnapshots = [] } = await this.engine.cloud.rds.send(asked);
    return DBSnapshots.map(({ DBInstanceIdentifier = "" }) => DBInstanceIdentifier).sort();
  }

  /** Once what it leaves behind is removed. */
  cleanedUp(id: string): Promise<boolean> {
    return this.until(`${id} is cleaned up`, async () => (await this.controlPlane.run(id)).cleanUp === "done");
  }

  /** What a command printed, which must end well. */
  async said(...words: string[]): Promise<string> {
    const { stdout, stderr, code } = await this.commands.shipshape("", ...words).ended;
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${stderr}`);
    return stdout;
  }

  async requested(...words: string[]): Promise<string> {
    const said = await this.said("request", "ringed-patch", ...words, "--json");
    return (JSON.parse(said) as { id: string }).id;
  }

  /** Once it is planned. */
  approve<Plan extends PlanBasis>(id: string): Promise<Plan> {
    return approved<Plan>(this.controlPlane, id);
  }

  async statesOf(id: string): Promise<RingState[]> {
    return (await this.controlPlane.train(id)).rings.map(({ state }) => state);
  }

  ringIs(id: string, ring: number, ...states: RingState[]): Promise<boolean> {
    return this.until(`ring ${ring} of ${id} is ${states.join(" or ")}`, async () => {
      const { finishedAt, error, checks } = await this.controlPlane.run(id);
      const found = (await this.statesOf(id))[ring - 1];
      const isIt = found !== undefined && states.includes(found);
      if (finishedAt && !isIt) throw new Error(JSON.stringify({ found, error, checks }));
      return isIt;
    });
  }

  /** Once it has ended, and its statement is sealed. */
  over(id: string): Promise<Run> {
    return this.until(`${id} is over`, async () => {
      const found = await this.controlPlane.run(id);
      return found.finishedAt && found.sealedAt ? found : undefined;
    });
  }

  private until<T>(what: string, ask: () => Promise<T>): Promise<NonNullable<T>> {
    return until(what, ask, 200, this.waitSeconds);
  }
}

function ownerOf(identifier: string): string {
  const [service = "", environment = ""] = identifier.split("-");
  return `shipshape/${service}/${environment}/${service}/owner`;
}

/** A window that is open since an hour, and for most of a day, or opens after so many hours. */
export function windowFrom(opensInHours: number): string {
  const at = (hours: number): string => {
    const moment = new Date(Date.now() + hours * 3_600_000);
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][moment.getUTCDay()];
    return `${day}:${moment.toISOString().slice(11, 16)}`;
  };
  return `${at(opensInHours)}-${at(22)}`;
}
