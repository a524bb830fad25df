/**
 * Blue/green deployments through the RDS API: each is found by its name, which has the request's id, so that a call
 * whose answer was lost is never made twice.
 */
import {
  AddTagsToResourceCommand,
  BlueGreenDeploymentAlreadyExistsFault,
  BlueGreenDeploymentNotFoundFault,
  CreateBlueGreenDeploymentCommand,
  DBParameterGroupNotFoundFault,
  DeleteDBParameterGroupCommand,
  InvalidDBParameterGroupStateFault,
  DeleteBlueGreenDeploymentCommand,
  DescribeBlueGreenDeploymentsCommand,
  DescribeDBParameterGroupsCommand,
  InvalidBlueGreenDeploymentStateFault,
  SourceDatabaseNotSupportedFault,
  SwitchoverBlueGreenDeploymentCommand,
  paginateDescribeDBInstances,
  type BlueGreenDeployment,
  type DBInstance,
} from "@aws-sdk/client-rds";
import { ShipshapeError } from "../errors";
import { cloudPause, poll } from "../poll";
import type { AwsClients } from "./aws-access";
import { findDatabase } from "./database-instance";
import { completeList } from "./rds-queries";

export interface WantedGreen {
  /** Of the deployment. */
  name: string;
  /** Of blue. */
  identifier: string;
  arn: string;
  engineVersion: string;
  /** RDS takes the default group where none is named, whatever blue has. */
  parameterGroup: string;
  tags: Record<string, string>;
}

/** What the two sides are called in the cloud; after a switchover, blue has another name and green has blue's. */
export interface Sides {
  blue: string;
  green: string;
}

export async function findDeployment({ rds }: AwsClients, name: string): Promise<BlueGreenDeployment | undefined> {
  const Filters = [{ Name: "blue-green-deployment-name", Values: [name] }];
  return (await rds.send(new DescribeBlueGreenDeploymentsCommand({ Filters }))).BlueGreenDeployments?.[0];
}

/** Creates green once, and waits until it can be switched to. Errors: green-unusable. */
export async function createGreen(clients: AwsClients, wanted: WantedGreen, signal: AbortSignal): Promise<Sides> {
  const { name, identifier } = wanted;
  const unusable = (reason: string) => new ShipshapeError("green-unusable", { identifier, reason });
  const sides = await poll({ every: cloudPause, signal }, async () => {
    const found = await findDeployment(clients, name);
    if (!found) return void (await begin(clients, wanted));
    if (found.Status === "PROVISIONING") return undefined;
    if (found.Source !== wanted.arn) throw unusable(`it is of ${found.Source ?? "no database"}`);
    if (found.Status === "AVAILABLE") return sidesOf(found);
    throw unusable(`it is ${found.Status ?? "in no state"}: ${found.StatusDetails ?? "RDS does not say why"}`);
  });
  return sides!; // a wait by a signal ends with an answer, or throws
}

async function begin({ rds }: AwsClients, wanted: WantedGreen): Promise<void> {
  const { name, identifier, arn, engineVersion, parameterGroup, tags } = wanted;
  try {
    await rds.send(
      new CreateBlueGreenDeploymentCommand({
        BlueGreenDeploymentName: name,
        Source: arn,
        TargetEngineVersion: engineVersion,
        TargetDBParameterGroupName: parameterGroup,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  } catch (error) {
    if (error instanceof SourceDatabaseNotSupportedFault)
      throw new ShipshapeError("green-unusable", { identifier, reason: error.message }, { cause: error });
    if (!(error instanceof BlueGreenDeploymentAlreadyExistsFault)) throw error; // another attempt has begun it
  }
}

/**
 * Switches over once, and waits for the end of it. `mayBegin` throws where it may not, right before the call. What RDS
 * has rolled back stays so: another switchover is another request's. Errors: switchover-rolled-back, and those of
 * `mayBegin`.
 */
export async function switchOver(
  clients: AwsClients,
  { name, identifier, timeoutSeconds }: { name: string; identifier: string; timeoutSeconds: number },
  mayBegin: () => Promise<void>,
  signal: AbortSignal,
): Promise<Sides> {
  const sides = await poll({ every: cloudPause, signal }, async () => {
    const found = await findDeployment(clients, name);
    const { Status: status = "gone", StatusDetails: reason = "RDS does not say why" } = found ?? {};
    if (status === "SWITCHOVER_COMPLETED") return sidesOf(found!);
    if (status === "SWITCHOVER_IN_PROGRESS") return undefined;
    if (status !== "AVAILABLE") throw new ShipshapeError("switchover-rolled-back", { identifier, status, reason });
    await mayBegin();
    await beginSwitchover(clients, found!, timeoutSeconds);
    return undefined;
  });
  return sides!;
}

async function beginSwitchover({ rds }: AwsClients, one: BlueGreenDeployment, timeoutSeconds: number): Promise<void> {
  const { BlueGreenDeploymentIdentifier } = one;
  try {
    await rds.send(
      new SwitchoverBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier, SwitchoverTimeout: timeoutSeconds }),
    );
  } catch (error) {
    // Begun by another attempt; or blue or green is in another change, and it is asked again.
    if (!(error instanceof InvalidBlueGreenDeploymentStateFault)) throw error;
  }
}

/** What a deployment has come to, once no switchover of it is under way; undefined: there is none. */
export async function settledDeployment(
  clients: AwsClients,
  name: string,
  signal: AbortSignal,
): Promise<{ id: string; switched: boolean; sides: Sides } | undefined> {
  const found = await poll({ every: cloudPause, signal }, async () => {
    const one = await findDeployment(clients, name);
    return one?.Status === "SWITCHOVER_IN_PROGRESS" ? undefined : { one };
  });
  const one = found?.one;
  if (!one) return undefined;
  const { BlueGreenDeploymentIdentifier: id = "", Status } = one;
  return { id, switched: Status === "SWITCHOVER_COMPLETED", sides: sidesOf(one) };
}

/** With its green instance, unless that was switched to. It is no error if it is gone. */
export async function deleteDeployment(
  { rds }: AwsClients,
  { id, switched }: { id: string; switched: boolean },
): Promise<void> {
  try {
    await rds.send(
      new DeleteBlueGreenDeploymentCommand({
        BlueGreenDeploymentIdentifier: id,
        ...(!switched && { DeleteTarget: true }),
      }),
    );
  } catch (error) {
    if (!(error instanceof BlueGreenDeploymentNotFoundFault)) throw error;
  }
}

/** One more tag, for an instance that has no stack to declare it. */
export async function addTag({ rds }: AwsClients, arn: string, key: string, value: string): Promise<void> {
  await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: key, Value: value }] }));
}

export async function deploymentGone(clients: AwsClients, name: string, signal: AbortSignal): Promise<void> {
  await poll({ every: cloudPause, signal }, async () => ((await findDeployment(clients, name)) ? undefined : true));
}

export async function instanceGone(clients: AwsClients, identifier: string, signal: AbortSignal): Promise<void> {
  await poll({ every: cloudPause, signal }, async () => ((await findDatabase(clients, identifier)) ? undefined : true));
}

/** Whether RDS has a parameter group of that name. */
export async function hasParameterGroup({ rds }: AwsClients, name: string): Promise<boolean> {
  try {
    await rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: name }));
    return true;
  } catch (error) {
    if (error instanceof DBParameterGroupNotFoundFault) return false;
    throw error;
  }
}

/** One that no stack has. Resolves to why RDS refuses, if it does; undefined: it is gone. */
export async function deleteParameterGroup(clients: AwsClients, name: string): Promise<string | undefined> {
  try {
    await clients.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: name }));
  } catch (error) {
    if (error instanceof InvalidDBParameterGroupStateFault) return error.message;
    if (!(error instanceof DBParameterGroupNotFoundFault)) throw error;
  }
  return (await hasParameterGroup(clients, name)) ? "it is still there" : undefined;
}

/** Until no green instance of a database is being deleted any more: RDS names them after it. */
export async function greensDeleted(
  { rds: client }: AwsClients,
  identifier: string,
  signal: AbortSignal,
): Promise<void> {
  await poll({ every: cloudPause, signal }, async () => {
    const all = await completeList(
      "DescribeDBInstances",
      () => paginateDescribeDBInstances({ client }, {}),
      (page) => page.DBInstances,
      signal,
    );
    const isLeaving = ({ DBInstanceIdentifier: name = "", DBInstanceStatus }: DBInstance) =>
      name.startsWith(`${identifier}-green-`) && DBInstanceStatus === "deleting";
    return all.some(isLeaving) ? undefined : true;
  });
}

const sidesOf = ({ Source, Target }: BlueGreenDeployment): Sides => ({
  blue: nameOf(Source),
  green: nameOf(Target),
});
const nameOf = (arn = ""): string => arn.split(":").at(-1) ?? "";
