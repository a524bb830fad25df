import { z } from "zod";
import { freePort } from "../../../postgres/postgres-server";
import { action, type Action, type Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { filtered, page } from "../../wire/paging";
import { boolean, integer, paging, text } from "../../wire/query-input";
import { deploymentInput, newDeployment } from "../blue-green/new-deployment";
import { describeDeployment, type DeploymentRecord } from "../blue-green/deployments";
import { logError } from "../../log";
import { forgetGoneReplicas } from "../replicas/replicate";
import { instanceArn } from "../instances/describe-instance";

const named = { BlueGreenDeploymentIdentifier: text };

/** RDS's bounds of SwitchoverTimeout, in seconds, and its default. */
const timeout = { min: 30, max: 3600, usual: 300 };

export const blueGreenActions: Action[] = [
  action({
    name: "CreateBlueGreenDeployment",
    input: deploymentInput,
    run(input, call) {
      const { deployment, green } = newDeployment(input, call);
      call.cloud.deployments.put(deployment);
      call.cloud.instances.begin(green, { kind: deployment.isLogical ? "copy" : "replicate" });
      return answer(deployment, call);
    },
  }),
  action({
    name: "DescribeBlueGreenDeployments",
    input: z.strictObject({ ...paging, BlueGreenDeploymentIdentifier: text.optional() }),
    run(input, call) {
      const { cloud, region } = call;
      const id = input.BlueGreenDeploymentIdentifier;
      const found = id === undefined ? cloud.deployments.list(region) : [cloud.deployments.get(region, id)];
      const arnOf = (resourceId: string) => {
        const instance = cloud.instances.byResourceId(resourceId);
        return instance ? [instanceArn(instance, cloud.accountId)] : [];
      };
      const kept = filtered(found, input.Filters, {
        "blue-green-deployment-identifier": (one) => [one.id],
        "blue-green-deployment-name": (one) => [one.name],
        source: (one) => arnOf(one.blue),
        target: (one) => arnOf(one.green),
      });
      const { entries, ...rest } = page(kept, input, (one) => one.id);
      return { ...rest, BlueGreenDeployments: entries.map((one) => describeDeployment(one, cloud)) };
    },
  }),
  action({
    name: "SwitchoverBlueGreenDeployment",
    input: z.strictObject({ ...named, SwitchoverTimeout: integer.default(timeout.usual) }),
    run: switchover,
  }),
  action({
    name: "DeleteBlueGreenDeployment",
    input: z.strictObject({ ...named, DeleteTarget: boolean.default(false) }),
    run: remove,
  }),
];

async function switchover(
  input: { BlueGreenDeploymentIdentifier: string; SwitchoverTimeout: number },
  call: Call,
): Promise<object> {
  const { deployments, instances } = call.cloud;
  const seconds = input.SwitchoverTimeout;
  if (seconds < timeout.min || seconds > timeout.max)
    throw new AwsError(
      "InvalidParameterValue",
      `invalid SwitchoverTimeout: ${seconds}; it is from ${timeout.min} to ${timeout.max}`,
    );
  const oldPort = await freePort();
  const deployment = deployments.get(call.region, input.BlueGreenDeploymentIdentifier);
  const [blue, green] = [instances.byResourceId(deployment.blue), instances.byResourceId(deployment.green)];
  const isReady = ["AVAILABLE", "SWITCHOVER_FAILED"].includes(deployment.status);
  if (!isReady || blue?.status !== "available" || green?.status !== "available")
    throw new AwsError(
      "InvalidBlueGreenDeploymentStateFault",
      `the blue/green deployment is ${deployment.status}, blue is ${blue?.status ?? "gone"}, green is ${green?.status ?? "gone"}; all must be available`,
    );
  const { DBInstanceIdentifier: name } = blue.shape;
  const { statusDetails: _earlier, ...rest } = deployment;
  const begun: DeploymentRecord = {
    ...rest,
    status: "SWITCHOVER_IN_PROGRESS",
    switchover: {
      phase: "guard",
      deadline: new Date(Date.now() + seconds * 1000).toISOString(),
      live: { name, port: blue.listeningPort! },
      old: { name: freeName(name, call), port: oldPort },
    },
  };
  deployments.put(begun);
  // Nothing else may work on blue meanwhile: its work is part of green's.
  instances.update(blue.resourceId, (current) => void (current.status = "modifying"));
  instances.begin(green, { kind: "switchover", deployment: deployment.id });
  deployments.say(begun, "notification", "Switchover initiated on blue/green deployment.");
  return answer(begun, call);
}

/** RDS counts up where an earlier one is still there. */
function freeName(name: string, { cloud, region }: Call): string {
  for (let number = 1; ; number++)
    if (!cloud.instances.find(region, `${name}-old${number}`)) return `${name}-old${number}`;
}

function remove(input: { BlueGreenDeploymentIdentifier: string; DeleteTarget: boolean }, call: Call): object {
  const { deployments, instances } = call.cloud;
  const deployment = deployments.get(call.region, input.BlueGreenDeploymentIdentifier);
  const { status } = deployment;
  if (status === "SWITCHOVER_IN_PROGRESS" || (status === "SWITCHOVER_COMPLETED" && input.DeleteTarget))
    throw new AwsError(
      "InvalidBlueGreenDeploymentStateFault",
      `the blue/green deployment is ${status}: it can't be deleted${input.DeleteTarget ? " with its target" : ""}`,
    );
  const green = instances.byResourceId(deployment.green);
  const described = { ...describeDeployment(deployment, call.cloud), Status: "DELETING" };
  deployments.remove(deployment.id);
  if (green) void forgetGoneReplicas(green, call.cloud).catch(logError);
  if (input.DeleteTarget && green) instances.begin(green, { kind: "delete", step: "remove", keepBackups: false });
  return { BlueGreenDeployment: described };
}

const answer = (deployment: DeploymentRecord, call: Call): object => ({
  BlueGreenDeployment: describeDeployment(deployment, call.cloud),
});
