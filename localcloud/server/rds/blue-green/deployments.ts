import { rdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import type { Cloud } from "../../cloud";
import type { Tag } from "../../storage/records";
import type { Collection } from "../../storage/store";
import { Separations } from "./logical";
import { instanceArn } from "../instances/describe-instance";
import type { InstanceRecord } from "../instances/instance-record";

/** A blue/green deployment; collection `blue-green-deployments`, by its id. */
export interface DeploymentRecord {
  id: string;
  name: string;
  region: string;
  status: DeploymentStatus;
  statusDetails?: string;
  /** Resource ids of the blue and the green instance: these stay with the data. */
  blue: string;
  green: string;
  /** What green is to run before it can be switched to. */
  engineVersion: string;
  /** Of another major: by logical replication. Blue's schema when green was complete; what changes it stops a switch. */
  isLogical?: boolean;
  schema?: string;
  createdAt: string;
  tags: Tag[];
  switchover?: Switchover;
}

export type DeploymentStatus =
  | "PROVISIONING"
  | "AVAILABLE"
  | "SWITCHOVER_IN_PROGRESS"
  | "SWITCHOVER_COMPLETED"
  | "SWITCHOVER_FAILED"
  | "INVALID_CONFIGURATION";

/** One attempt. What it ends with is decided at its beginning, so that each phase can be repeated after a kill. */
export interface Switchover {
  phase: "guard" | "stop" | "promote" | "move";
  /** Until then green must have everything; past it, blue is started and goes on. */
  deadline: string;
  live: { name: string; port: number };
  old: { name: string; port: number };
}

export class Deployments {
  private readonly records: Collection<DeploymentRecord>;

  private readonly separations: Separations;

  constructor(private readonly cloud: Cloud) {
    this.separations = new Separations(cloud);
    this.records = cloud.store.collection<DeploymentRecord>("blue-green-deployments");
  }

  list(region?: string): DeploymentRecord[] {
    return this.records.list().filter((one) => region === undefined || one.region === region);
  }

  /** @throws AwsError BlueGreenDeploymentNotFoundFault */
  get(region: string, id: string): DeploymentRecord {
    const found = this.list(region).find((one) => one.id === id);
    if (!found) throw new AwsError("BlueGreenDeploymentNotFoundFault", `blue/green deployment not found: ${id}`, 404);
    return found;
  }

  byId(id: string): DeploymentRecord | undefined {
    return this.records.get(id);
  }

  put(deployment: DeploymentRecord): void {
    this.records.put(deployment.id, deployment);
  }

  update(id: string, change: (deployment: DeploymentRecord) => void): void {
    const deployment = this.records.get(id);
    if (!deployment) return;
    change(deployment);
    this.records.put(id, deployment);
  }

  remove(id: string): void {
    this.records.delete(id);
  }

  say({ region, id }: DeploymentRecord, category: "creation" | "failure" | "notification", message: string): void {
    this.cloud.events.say(region, "blue-green-deployment", id, [category], message);
  }

  /** Moves those on that are not ready yet; the maintenance of the instances calls it. */
  look(): void {
    this.separations.look();
    for (const deployment of this.records.list())
      if (deployment.status === "PROVISIONING") this.provision(deployment);
      else if (["AVAILABLE", "SWITCHOVER_FAILED"].includes(deployment.status)) this.watch(deployment);
  }

  /** Once a separation of this instance from an earlier deployment, if one is under way, has ended. */
  separated(resourceId: string): Promise<void> {
    return this.separations.ended(resourceId);
  }

  private provision(deployment: DeploymentRecord): void {
    const { instances } = this.cloud;
    const green = instances.byResourceId(deployment.green);
    if (!green || !followsStill(green, deployment)) return this.invalidate(deployment);
    if (green.status !== "available" || green.operation) return;
    if (green.shape.EngineVersion !== deployment.engineVersion) {
      instances.begin(green, { kind: "modify", changes: { EngineVersion: deployment.engineVersion } }, "upgrading");
      return;
    }
    this.update(deployment.id, (one) => void (one.status = "AVAILABLE"));
    this.say(
      deployment,
      "creation",
      "Blue/green deployment tasks completed. You can make more modifications to the green environment databases or switch over the deployment.",
    );
  }

  private watch(deployment: DeploymentRecord): void {
    const green = this.cloud.instances.byResourceId(deployment.green);
    if (!green || !followsStill(green, deployment) || !this.cloud.instances.byResourceId(deployment.blue))
      this.invalidate(deployment);
  }

  private invalidate(deployment: DeploymentRecord): void {
    this.update(deployment.id, (one) => {
      one.status = "INVALID_CONFIGURATION";
      one.statusDetails = "Its blue or green instance was deleted, or green was promoted.";
    });
  }
}

const followsStill = (green: InstanceRecord, { blue, isLogical }: DeploymentRecord): boolean =>
  (isLogical ? green.copyOf : green.replicaOf) === blue;

/** As DescribeBlueGreenDeployments shows it. */
export function describeDeployment(deployment: DeploymentRecord, cloud: Cloud): object {
  const { status } = deployment;
  const [blue, green] = [deployment.blue, deployment.green].map((id) => cloud.instances.byResourceId(id));
  const arn = (instance: InstanceRecord | undefined) => instance && instanceArn(instance, cloud.accountId);
  const isMade = green !== undefined && green.status !== "creating";
  const hasVersion = green?.shape.EngineVersion === deployment.engineVersion;
  const task = (isDone: boolean, hasBegun: boolean) => (isDone ? "COMPLETED" : hasBegun ? "IN_PROGRESS" : "PENDING");
  return {
    BlueGreenDeploymentIdentifier: deployment.id,
    BlueGreenDeploymentName: deployment.name,
    Source: arn(blue),
    Target: arn(green),
    SwitchoverDetails: [
      { SourceMember: arn(blue), TargetMember: arn(green), Status: memberStatus(status, blue, green) },
    ],
    Tasks: [
      { Name: "CREATING_READ_REPLICA_OF_SOURCE", Status: task(isMade, true) },
      { Name: "DB_ENGINE_VERSION_UPGRADE", Status: task(isMade && hasVersion, isMade) },
    ],
    Status: status,
    StatusDetails: deployment.statusDetails,
    CreateTime: deployment.createdAt,
    TagList: deployment.tags,
  };
}

function memberStatus(status: DeploymentStatus, blue?: InstanceRecord, green?: InstanceRecord): string {
  if (!blue) return "MISSING_SOURCE";
  return green ? status.replace("INVALID_CONFIGURATION", "SWITCHOVER_FAILED") : "MISSING_TARGET";
}

export const deploymentArn = ({ region, id }: DeploymentRecord, accountId: string): string =>
  rdsArn(accountId, region, "deployment", id);
