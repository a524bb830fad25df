/**
 * A cloud in memory: DB instances with their markers, secrets and stacks, called as AWS, PostgreSQL and Pulumi are. A
 * call that finds everything done already changes nothing, as there. The tests put it in place of the modules that
 * would call them: see every-step.test.ts.
 */
import {
  DBInstanceAlreadyExistsFault,
  DBInstanceNotFoundFault,
  InvalidDBInstanceStateFault,
  RDSClient,
  type DBInstance,
  type RestoreDBInstanceToPointInTimeCommandInput,
} from "@aws-sdk/client-rds";
import type { Client } from "pg";
import { targetDatabase, type StacksAnswer } from "../../../automation/fleet-records";
import type { PlannedStep } from "../../../automation/runner/planned-steps";
import type { previewRefresh, ReadResource, StackProgram } from "../../../automation/runner/pulumi-stack";
import type { Throwaway } from "../../../automation/runner/throwaways";
import type { AwsClients } from "../../../automation/targets/aws-access";
import type { DatabaseLogin } from "../../../automation/targets/database-login";
import type { RunningServer } from "../../../automation/targets/running-server";
import { MemoryBlueGreen } from "./memory-blue-green";
import { MemoryCopies } from "./memory-copies";
import { MemorySnapshots } from "./memory-snapshots";
import { MemoryStack } from "./memory-stack";
import { MemoryTrains } from "./memory-trains";
import type { Marker } from "../../../automation/targets/recovery-markers";

interface Instance {
  described: DBInstance;
  /** Its states at the next descriptions. */
  next: string[];
  markers: Marker[];
}

/** Longer than the attempts of a step without their pauses: RDS takes minutes. */
const deleting = Array.from({ length: 10 }, () => "deleting");

type Input = { DBInstanceIdentifier?: string; DBSnapshotIdentifier?: string };

export class MemoryCloud {
  readonly instances = new Map<string, Instance>();
  /** Stack → the instances in its state. */
  readonly stacks = new Map<string, Set<string>>();
  readonly throwaways = new Map<string, "registered" | "removed">();
  /** Each change, in order. */
  readonly changes: string[] = [];
  /** Whether RDS applies what an `up` asks for in the window only. */
  waits = false;
  restoreEnds = "available";
  changed: (count: number) => Promise<void> | void = () => undefined;
  private readonly startedAt = Date.now() - 1000;
  private readonly pastCommitAt = new Date(this.startedAt - 7_200_000).toISOString();
  private resources = 0;
  private readonly snapshots = new MemorySnapshots(this, new Date(this.startedAt));

  /** A client that answers from memory; of its class, because paginators require that. */
  readonly clients = {
    rds: Object.assign(new RDSClient({ region: "eu-central-1" }), { send: (command: object) => this.answer(command) }),
    secrets: {
      destroy: () => undefined,
      send: ({ input: { SecretId = "" } }: { input: { SecretId?: string } }) => {
        const username = this.stack.userOf(SecretId.slice(SecretId.lastIndexOf("/") + 1));
        return Promise.resolve({ SecretString: JSON.stringify({ username, password: "secret" }) });
      },
    },
  } as unknown as AwsClients;

  readonly stack: MemoryStack;
  readonly trains = new MemoryTrains();
  staysBehind = false;

  readonly copies: MemoryCopies;
  readonly blueGreen = new MemoryBlueGreen(this);

  constructor(readonly source: string) {
    this.copies = new MemoryCopies(this);
    this.stack = new MemoryStack(source, (what, apply) => this.change(what, apply));
    this.add(source, {
      DBInstanceStatus: "available",
      BackupRetentionPeriod: 7,
      TagList: Object.entries({
        service: "orders",
        environment: "development",
        tier: "bronze",
        owner: "team-orders",
        "data-classification": "internal",
        "shipshape:standard": "shipshape/1.2.0/0123456789ab",
      }).map(([Key, Value]) => ({ Key, Value })),
    });
  }

  /** Everything that is there besides the source as it was. */
  left(): string[] {
    return [
      ...[...this.instances.keys()].filter((name) => !this.copies.isWanted(name) && !this.isWanted(name)),
      ...[...this.stacks.keys()].filter((name) => !this.copies.isWanted(name)),
      ...this.copies.left(),
      ...this.blueGreen.left(),
      ...this.snapshots.left(),
      ...this.instances.get(this.source)!.markers.map(({ name }) => `marker ${name}`),
      ...[...this.throwaways].filter(([, status]) => status !== "removed").map(([name]) => `the record of ${name}`),
    ];
  }

  private isWanted = (name: string): boolean => name === this.source || this.blueGreen.isKept(name);

  add(identifier: string, more: DBInstance, next: string[] = []): Instance {
    const described: DBInstance = {
      DBInstanceIdentifier: identifier,
      DBInstanceArn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
      DbiResourceId: `db-${++this.resources}`,
      DBName: "app",
      Engine: "postgres",
      EngineVersion: "17.10",
      DBInstanceClass: "db.t4g.small",
      AllocatedStorage: 20,
      DBParameterGroups: [{ DBParameterGroupName: "standard", ParameterApplyStatus: "in-sync" }],
      DBSubnetGroup: { DBSubnetGroupName: "databases" },
      VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-source" }],
      PubliclyAccessible: false,
      Endpoint: { Address: identifier, Port: 5432 },
      ...more,
    };
    const instance = { described, next, markers: [] };
    this.instances.set(identifier, instance);
    return instance;
  }

  async change(what: string, apply: () => void): Promise<void> {
    apply();
    this.changes.push(what);
    await this.changed(this.changes.length);
  }

  private async answer(command: object): Promise<unknown> {
    const { input } = command as { input: Input & RestoreDBInstanceToPointInTimeCommandInput };
    switch (command.constructor.name) {
      case "DescribeDBInstancesCommand":
        return { DBInstances: this.describedAs(input.DBInstanceIdentifier) };
      case "RestoreDBInstanceToPointInTimeCommand":
        return this.restore(input);
      case "RestoreDBInstanceFromDBSnapshotCommand":
        return this.restore({
          ...input,
          TargetDBInstanceIdentifier: input.DBInstanceIdentifier,
          RestoreTime: new Date(0),
        });
      case "DescribeDBSnapshotsCommand":
        return { DBSnapshots: this.snapshots.described(input.DBSnapshotIdentifier) };
      case "DescribeAccountAttributesCommand":
        return { AccountQuotas: [{ AccountQuotaName: "ManualSnapshots", Used: 0, Max: 100 }] };
      case "DescribeDBEngineVersionsCommand":
        return {
          DBEngineVersions: [
            {
              ValidUpgradeTarget: [{ EngineVersion: "17.10", IsMajorVersionUpgrade: this.blueGreen.isUpgrade }],
            },
          ],
        };
      case "CreateDBSnapshotCommand":
        return this.snapshots.take(input);
      case "DeleteDBSnapshotCommand":
        return this.snapshots.delete(input);
      case "DeleteDBInstanceCommand":
        return this.delete(input.DBInstanceIdentifier ?? "");
      case "DescribeDBInstanceAutomatedBackupsCommand":
        return { DBInstanceAutomatedBackups: this.backups(input.DBInstanceIdentifier) };
      default:
        return this.blueGreen.answer(command) ?? {}; // no events
    }
  }

  private describedAs(identifier: string | undefined): DBInstance[] {
    for (const [name, { next }] of this.instances) if (next[0] === "gone") this.instances.delete(name);
    return (identifier === undefined ? [...this.instances.keys()] : [identifier]).map((name) => this.describe(name));
  }

  private describe(identifier: string): DBInstance {
    const found = this.instances.get(identifier);
    const status = found?.next.shift() ?? found?.described.DBInstanceStatus;
    if (!found || status === "gone") {
      this.instances.delete(identifier);
      throw new DBInstanceNotFoundFault({ message: identifier, $metadata: {} });
    }
    found.described.DBInstanceStatus = status;
    // What is committed can be restored at once.
    const [committedAt = new Date(this.startedAt).toISOString()] = found.markers.map((m) => m.committedAt).reverse();
    return { ...found.described, LatestRestorableTime: new Date(committedAt) };
  }

  private async restore(asked: RestoreDBInstanceToPointInTimeCommandInput): Promise<unknown> {
    const { TargetDBInstanceIdentifier: identifier = "", RestoreTime = new Date(), Tags, VpcSecurityGroupIds } = asked;
    if (this.instances.has(identifier)) throw new DBInstanceAlreadyExistsFault({ message: identifier, $metadata: {} });
    await this.change(`${identifier} is restored`, () => {
      const groups = VpcSecurityGroupIds?.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId }));
      const more = { DBInstanceStatus: "creating", BackupRetentionPeriod: 0, TagList: Tags, VpcSecurityGroups: groups };
      const copy = this.add(identifier, more as DBInstance, ["creating", this.restoreEnds]);
      const { markers } = this.instances.get(this.source)!;
      copy.markers.push(...markers.filter((m) => Date.parse(m.committedAt) <= RestoreTime.getTime()));
    });
    return {};
  }

  private async delete(identifier: string): Promise<unknown> {
    const found = this.instances.get(identifier);
    if (!found) throw new DBInstanceNotFoundFault({ message: identifier, $metadata: {} });
    if (found.next.at(-1) === "gone") throw new InvalidDBInstanceStateFault({ message: identifier, $metadata: {} });
    await this.change(`${identifier} is deleted`, () => found.next.splice(0, Infinity, ...deleting, "gone"));
    return {};
  }

  private backups(identifier: string | undefined): unknown[] {
    const found = identifier === this.source ? this.instances.get(identifier) : undefined;
    const EarliestTime = new Date(this.startedAt - 86_400_000);
    return found ? [{ DbiResourceId: found.described.DbiResourceId, RestoreWindow: { EarliestTime } }] : [];
  }

  /** In place of `targets/control-session`: a session is the instance that it is in. */
  readonly sessions = {
    open: ({ identifier }: DatabaseLogin): Promise<Client> => {
      const instance = this.instances.get(identifier);
      if (instance?.described.DBInstanceStatus !== "available") throw new Error(`no connection to ${identifier}`);
      // Sleeping is the only statement that steps send themselves.
      const query = () => Promise.resolve({ rows: [] });
      return Promise.resolve(Object.assign({ query, end: () => Promise.resolve() }, { instance }) as unknown as Client);
    },
    in: async <T>(login: DatabaseLogin, _: unknown, work: (client: Client) => Promise<T>): Promise<T> =>
      work(await this.sessions.open(login)),
  };

  readonly runningServer = (client: Client): Promise<RunningServer> => {
    const { EngineVersion: serverVersion = "" } = instanceOf(client).described;
    return Promise.resolve({ serverVersion, invalidIndexes: 0, extensionsBehind: [], rowsChanged: 700 });
  };

  /** The version that a config declares, if another one runs. */
  private versionIn(config: string | undefined): string | undefined {
    const [, version] = /engineVersion: "([\d.]+)"/.exec(config ?? "") ?? [];
    return version === this.instances.get(this.source)!.described.EngineVersion ? undefined : version;
  }

  /** In place of `targets/recovery-markers`: each marker is committed five seconds after the one before. */
  readonly markers = {
    write: async (client: Client, runId: string, name: string): Promise<Marker> => {
      const { markers } = instanceOf(client);
      if (!markers.some((m) => m.name === name)) {
        const at = new Date(this.startedAt + 5000 * markers.length).toISOString();
        await this.change(`marker ${name} is written for ${runId}`, () =>
          markers.push({ name, committedAt: at, writtenAt: at, transaction: String(800 + markers.length) }),
        );
      }
      return markers.find((m) => m.name === name)!;
    },
    read: async (client: Client, _: string, names: string[]): Promise<Marker[]> =>
      instanceOf(client).markers.filter((m) => names.includes(m.name)),
    /** The source's commits beside a moment in the past. */
    around: () => Promise.resolve({ before: { transaction: "700", committedAt: this.pastCommitAt }, after: null }),
    times: (client: Client, transactions: string[]): Promise<(string | null)[]> => {
      const { markers } = instanceOf(client);
      const timeOf = (id: string) => markers.find((m) => m.transaction === id)?.committedAt ?? null;
      return Promise.resolve(transactions.map((id) => (id === "700" ? this.pastCommitAt : timeOf(id))));
    },
    delete: async (client: Client): Promise<void> => {
      const { markers } = instanceOf(client);
      if (markers.length > 0) await this.change("the markers are deleted", () => markers.splice(0));
    },
  };

  /** In place of `targets/copy-reader`. */
  async createReader(client: Client): Promise<void> {
    const { described } = instanceOf(client) as Instance & { described: { reader?: boolean } };
    if (!described.reader)
      await this.change(`a reader is created in ${described.DBInstanceIdentifier}`, () => (described.reader = true));
  }

  /** In place of amcheck's part of `targets/structure-verification`. */
  async createAmcheck(client: Client): Promise<void> {
    const { described } = instanceOf(client) as Instance & { described: { amcheck?: boolean } };
    if (!described.amcheck)
      await this.change(`amcheck is created in ${described.DBInstanceIdentifier}`, () => (described.amcheck = true));
  }

  /** In place of `runner/pulumi-stack`: what the program declares is what the cloud has. */
  readonly pulumi = {
    /** The source, as a stack of the backend declares it. */
    declared: (): ReadResource => {
      const { DbiResourceId: resourceId, BackupRetentionPeriod } = this.instances.get(this.source)!.described;
      const actual = { inputs: {}, outputs: { resourceId, backupRetentionPeriod: BackupRetentionPeriod } };
      const inputs = { backupRetentionPeriod: 7 };
      const type = "aws:rds/instance:Instance";
      const urn = `urn:pulumi:database.${this.source}::shipshape::${type}::${this.source}`;
      return {
        urn,
        type,
        op: "update",
        old: { inputs, outputs: { resourceId, ...inputs } },
        new: actual,
        differing: [],
      };
    },
    askBackend: (): Promise<StacksAnswer> => {
      const { described } = this.instances.get(this.source)!;
      const { DbiResourceId: resourceId = "", DBInstanceArn: arn = "", TagList = [] } = described;
      const stack = `shipshape/database.${this.source}`;
      const { urn } = this.pulumi.declared();
      const database = targetDatabase({ identifier: this.source, resourceId, arn });
      const unsaid = { createdAt: null, managesPassword: null, masterSecretKey: null, port: null, optionGroup: null };
      const more = {
        access: this.stack.access(),
        instance: { urn, ...unsaid },
        decided: { shape: this.copies.shape, masterUsername: null, hasRoles: false },
      };
      const tags = Object.fromEntries(TagList.map(({ Key = "", Value = "" }) => [Key, Value]));
      const databases = [{ ...database, stack, urn, tags, isStandard: true, ...more }];
      const stacks = [
        { name: stack, databases, platforms: [], unidentified: [] },
        ...this.copies.declared().map((copy) => ({
          ...{ name: copy.stack, databases: [copy], platforms: [], unidentified: [] },
        })),
      ];
      return Promise.resolve({ asked: true, backend: "memory", stacks, unread: [] });
    },
    previewRefresh: (...[, , , take]: Parameters<typeof previewRefresh>): ReturnType<typeof previewRefresh> => {
      take(this.pulumi.declared());
      return Promise.resolve(undefined);
    },
    /** What an `up` of the stack puts back, or patches. */
    previewUp: ({ config = "" }: Pick<StackProgram, "config">): Promise<PlannedStep[]> => {
      const { urn, type, op, old, new: actual } = this.pulumi.declared();
      const isPut = this.instances.get(this.source)!.described.BackupRetentionPeriod === 7;
      const step = { urn, type, op, old: actual.outputs, new: old.inputs };
      const changes = ["backupRetentionPeriod"];
      const version = this.versionIn(config);
      const groups = this.blueGreen.planned(config, urn);
      if (version === undefined)
        return Promise.resolve([...groups, ...(isPut ? [] : [{ ...step, changes, drifted: changes }])]);
      const patched = { ...step.new, identifier: this.source, engineVersion: version };
      return Promise.resolve([...groups, { ...step, new: patched, changes: ["engineVersion"], drifted: [] }]);
    },
    createAhead: async (_: unknown, { stackName }: Omit<StackProgram, "program">): Promise<void> => {
      if (!this.stacks.has(stackName))
        await this.change(`${stackName} is created`, () => this.stacks.set(stackName, new Set()));
    },
    bringUp: async (_: unknown, program: StackProgram, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      if (this.copies.isCopy(program.stackName)) return this.copies.bringUp(program, signal);
      if (program.config !== undefined) {
        const { described } = this.instances.get(this.source)!;
        if (this.waits && !described.PendingModifiedValues)
          await this.change("its retention waits for the window", () => {
            described.PendingModifiedValues = { BackupRetentionPeriod: 7 };
          });
        await this.blueGreen.bringUp(program.config);
        const version = this.versionIn(program.config);
        if (version !== undefined) await this.change(`it runs ${version}`, () => (described.EngineVersion = version));
        if (!this.waits && described.BackupRetentionPeriod !== 7)
          await this.change("its backups are kept as declared", () => (described.BackupRetentionPeriod = 7));
        return this.stack.bringUp(program);
      }
      const { stackName, settleCloud } = program;
      if (!this.stacks.has(stackName))
        await this.change(`${stackName} is created`, () => this.stacks.set(stackName, new Set()));
      for (const name of (await settleCloud(signal)).keys())
        if (!this.stacks.get(stackName)?.has(name))
          await this.change(`${name} is adopted`, () => {
            this.stacks.get(stackName)!.add(name);
            this.instances.get(name)!.described.MasterUserSecret = { SecretArn: "arn:master" };
          });
    },
    removeStack: async (
      _: unknown,
      { stackName, settleCloud }: Omit<StackProgram, "program">,
      signal: AbortSignal,
    ): Promise<void> => {
      if (!this.stacks.has(stackName)) return;
      await settleCloud(signal);
      for (const name of [...(this.stacks.get(stackName) ?? [])])
        await this.change(`${name} is destroyed`, () => {
          this.instances.delete(name);
          this.stacks.get(stackName)?.delete(name);
        });
      if (this.stacks.has(stackName)) await this.change(`${stackName} is removed`, () => this.stacks.delete(stackName));
    },
  };

  /** In place of `runner/throwaways`: rows of the control plane, so their changes are no changes of the cloud. */
  readonly records = {
    register: (identifier: Throwaway["identifier"]) =>
      void (this.throwaways.has(identifier) || this.throwaways.set(identifier, "registered")),
    remove: (identifier: string) => void this.throwaways.set(identifier, "removed"),
  };
}

const instanceOf = (client: Client) => (client as unknown as { instance: Instance }).instance;
