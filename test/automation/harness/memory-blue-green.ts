/** Blue/green deployments of one database in memory: a green instance, a switchover, and the state that follows it. */
import {
  BlueGreenDeploymentAlreadyExistsFault,
  DBParameterGroupNotFoundFault,
  InvalidBlueGreenDeploymentStateFault,
  type BlueGreenDeployment,
  type DBInstance,
} from "@aws-sdk/client-rds";
import type { PlannedStep } from "../../../automation/runner/planned-steps";

/** What it needs of the cloud that it is part of. */
interface Cloud {
  readonly source: string;
  readonly instances: Map<string, { described: DBInstance; next: string[] }>;
  readonly stack: { declareMajor(major: number): void };
  add(identifier: string, more: DBInstance, next?: string[]): unknown;
  change(what: string, apply: () => void): Promise<void>;
}

interface Input {
  BlueGreenDeploymentName?: string;
  DBParameterGroupName?: string;
  TargetDBParameterGroupName?: string;
  DeleteTarget?: boolean;
}

const green = "orders-green-abc123";
const old = "orders-old1";
const groupOf = (major: number) => `orders-postgres${major}`;

export class MemoryBlueGreen {
  private deployment: { name: string; next: string[]; status: string } | undefined;
  private isTagged = false;
  private isAdopted = false;
  private readonly groups = new Set<string>();

  constructor(private readonly cloud: Cloud) {}

  /** A switchover of an earlier request has replaced the source. */
  arrangeReplaced(): void {
    const { described } = this.cloud.instances.get(this.cloud.source)!;
    const { DBInstanceArn: _, DbiResourceId: __, ...blue } = described;
    this.cloud.add(old, { ...blue, DBInstanceIdentifier: old, DeletionProtection: true });
    this.isTagged = true;
  }

  /** It runs another major, with a parameter group of its own. */
  arrangeMajor(): void {
    const { described } = this.cloud.instances.get(this.cloud.source)!;
    this.groups.add(groupOf(16));
    described.EngineVersion = "16.14";
    described.DBParameterGroups = [{ DBParameterGroupName: groupOf(16), ParameterApplyStatus: "in-sync" }];
    this.cloud.stack.declareMajor(16);
  }

  get isUpgrade(): boolean {
    return this.groups.size > 0;
  }

  /** The parameter groups that a config declares, of a database that has its own. */
  private declared(config: string): Set<string> {
    const majors = [...config.matchAll(/(?:postgres|other)Major: (\d+)/g)].map(([, major]) => groupOf(Number(major)));
    return new Set(this.groups.size > 0 ? majors : []);
  }

  /** What an `up` with that config makes. */
  missing(config: string): string[] {
    return [...this.declared(config)].filter((name) => !this.groups.has(name));
  }

  /** What an `up` with that config does to them. */
  planned(config: string, urn: string): PlannedStep[] {
    const type = "aws:rds/parameterGroup:ParameterGroup";
    const of = (op: string, name: string) => ({ urn: `${urn}-${name}`, type, op, changes: [], drifted: [] });
    return [
      ...this.missing(config).map((name) => ({ ...of("create", name), old: {}, new: { name } })),
      ...this.superfluous(config).map((name) => ({ ...of("delete", name), old: { name }, new: {} })),
    ];
  }

  /** What it deletes. */
  superfluous(config: string): string[] {
    return [...this.groups].filter((name) => !this.declared(config).has(name));
  }

  async bringUp(config: string): Promise<void> {
    for (const name of this.missing(config)) await this.cloud.change(`${name} is made`, () => this.groups.add(name));
    for (const name of this.superfluous(config))
      await this.cloud.change(`${name} is deleted`, () => this.groups.delete(name));
  }

  /** Those that its instances do not use: an upgrade that has not taken place leaves none. */
  left(): string[] {
    const used = [...this.cloud.instances.values()].flatMap(({ described }) => described.DBParameterGroups ?? []);
    return [...this.groups].filter((name) => !used.some((one) => one.DBParameterGroupName === name));
  }

  /** In place of `runner/replaced-instances`. */
  replacedBy = ({ identifier }: { identifier: string }) =>
    identifier === old && this.isTagged
      ? {
          identity: "",
          identifier,
          successor: "123456789012 eu-central-1 db-1",
          requestId: "r",
          replacedAt: new Date(0),
        }
      : undefined;

  /** The instance that was replaced stays. */
  isKept = (identifier: string): boolean => identifier === old && this.isTagged;

  /** Undefined: it is about something else. */
  answer(command: object): Promise<object> | undefined {
    const { input } = command as { input: Input };
    switch (command.constructor.name) {
      case "DescribeBlueGreenDeploymentsCommand":
        return Promise.resolve({ BlueGreenDeployments: this.described() });
      case "CreateBlueGreenDeploymentCommand":
        return this.create(input.BlueGreenDeploymentName ?? "", input.TargetDBParameterGroupName ?? "");
      case "SwitchoverBlueGreenDeploymentCommand":
        return this.switchOver();
      case "DeleteBlueGreenDeploymentCommand":
        return this.remove(input.DeleteTarget ?? false);
      case "DescribeDBParameterGroupsCommand":
        return this.describedGroup(input.DBParameterGroupName ?? "");
      case "DeleteDBParameterGroupCommand":
        return this.deleteGroup(input.DBParameterGroupName ?? "");
      case "ModifyDBInstanceCommand":
        return this.unprotect();
      case "AddTagsToResourceCommand":
        return this.tag();
      default:
        return undefined;
    }
  }

  /** In place of `adoptReplacement`. */
  async adopt(): Promise<void> {
    if (!this.isAdopted) await this.cloud.change("the state has the new instance", () => (this.isAdopted = true));
  }

  private described(): BlueGreenDeployment[] {
    if (!this.deployment) return [];
    const { name, next } = this.deployment;
    const before = this.deployment.status;
    this.deployment.status = next.shift() ?? before;
    if (before === "SWITCHOVER_IN_PROGRESS" && this.deployment.status === "SWITCHOVER_COMPLETED") this.move();
    const { status } = this.deployment;
    const arnOf = (identifier: string) => this.cloud.instances.get(identifier)?.described.DBInstanceArn;
    const [blue, target] = status === "SWITCHOVER_COMPLETED" ? [old, this.cloud.source] : [this.cloud.source, green];
    const sides = { Source: arnOf(blue), Target: arnOf(target) };
    return [{ BlueGreenDeploymentIdentifier: "bgd-1", BlueGreenDeploymentName: name, Status: status, ...sides }];
  }

  private async describedGroup(name: string): Promise<object> {
    if (!this.groups.has(name)) throw new DBParameterGroupNotFoundFault({ message: name, $metadata: {} });
    return { DBParameterGroups: [{ DBParameterGroupName: name }] };
  }

  private async deleteGroup(name: string): Promise<object> {
    await this.describedGroup(name);
    await this.cloud.change(`${name} is deleted`, () => this.groups.delete(name));
    return {};
  }

  private async create(name: string, group: string): Promise<object> {
    if (this.deployment) throw new BlueGreenDeploymentAlreadyExistsFault({ message: name, $metadata: {} });
    await this.cloud.change("a green instance is made", () => {
      this.deployment = { name, next: ["PROVISIONING"], status: "AVAILABLE" };
      this.deployment.next.push("AVAILABLE");
      const { DBInstanceArn: _, DbiResourceId: __, ...blue } = this.cloud.instances.get(this.cloud.source)!.described;
      this.cloud.add(green, {
        ...blue,
        DBInstanceIdentifier: green,
        EngineVersion: "17.10",
        DBParameterGroups: [{ DBParameterGroupName: group, ParameterApplyStatus: "in-sync" }],
        Endpoint: { Address: green, Port: 5432 },
      });
    });
    return {};
  }

  private async switchOver(): Promise<object> {
    if (this.deployment?.status !== "AVAILABLE")
      throw new InvalidBlueGreenDeploymentStateFault({ message: this.deployment?.status ?? "gone", $metadata: {} });
    await this.cloud.change("the switchover begins", () => {
      this.deployment!.status = "SWITCHOVER_IN_PROGRESS";
      this.deployment!.next = ["SWITCHOVER_IN_PROGRESS", "SWITCHOVER_COMPLETED"];
    });
    return {};
  }

  private move(): void {
    const { instances, source } = this.cloud;
    const [blue, live] = [instances.get(source)!, instances.get(green)!];
    instances.delete(green);
    for (const [name, one] of [
      [source, live],
      [old, blue],
    ] as const) {
      const DBInstanceArn = `arn:aws:rds:eu-central-1:123456789012:db:${name}`;
      Object.assign(one.described, { DBInstanceIdentifier: name, DBInstanceArn });
      instances.set(name, one);
    }
  }

  private async remove(withTarget: boolean): Promise<object> {
    if (!this.deployment) return {};
    await this.cloud.change("the deployment is removed", () => {
      this.deployment = undefined;
      const leaving = withTarget && this.cloud.instances.get(green);
      if (leaving) leaving.next.splice(0, Infinity, "deleting", "deleting", "gone");
    });
    return {};
  }

  private async unprotect(): Promise<object> {
    const { described } = this.cloud.instances.get(old)!;
    if (described.DeletionProtection)
      await this.cloud.change("its protection is lifted", () => (described.DeletionProtection = false));
    return {};
  }

  private async tag(): Promise<object> {
    if (!this.isTagged) await this.cloud.change("the old instance is tagged", () => (this.isTagged = true));
    return {};
  }
}
