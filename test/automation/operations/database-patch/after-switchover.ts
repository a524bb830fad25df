// What the cloud has beside a switchover, and what guardrails and drift detection say of a database and its stack then.
import { DescribeBlueGreenDeploymentsCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fleetSteps } from "../../../../automation/operations/drift-detection/fleet-steps";
import { differencesIn } from "../../../../automation/operations/drift-detection/verify";
import { unused } from "../../probe";
import { contextOf, detected } from "../drift-detection/detected";
import { identifier, type OwnStack } from "../own-stack";

/** What RDS says at the moment. */
export function cloudOf(own: () => OwnStack) {
  const rds = () => own().engine.cloud.rds;
  const instances = async () => (await rds().send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
  return {
    rds,
    instances,
    named: async (name: string) =>
      (await instances()).find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === name),
    deployments: async () => (await rds().send(new DescribeBlueGreenDeploymentsCommand({}))).BlueGreenDeployments ?? [],
  };
}

export interface Report {
  findings: { rule: string; urn: string; message: string }[];
  problems: unknown[];
  left: string[];
}

/** What a command prints as JSON, and what it exits with. */
export async function told<Told>(own: OwnStack, ...words: string[]): Promise<{ code: number | null; told: Told }> {
  const { code, stdout, stderr } = await own.commands.shipshape("", ...words, "--json").ended;
  if (stdout === "") throw new Error(stderr);
  return { code, told: JSON.parse(stdout) as Told };
}

/** In the state, in the database, and beside it. */
export async function foundIn(own: OwnStack) {
  const { cloud } = own.engine;
  const state = join(cloud.dataFolder, "state.json");
  writeFileSync(state, JSON.stringify(await own.stack.exportStack()));
  const { code, told: inState } = await told<Report>(own, "guard", "--state", state);
  const { plan, outcome, verdict } = await detected(cloud, identifier);
  const context = { ...contextOf(cloud), database: own.controlPlane.database, sealedRuns: unused };
  const seen = await fleetSteps(context).observe();
  return {
    guard: { code, problems: inState.problems, findings: inState.findings },
    stack: plan.stack,
    checks: verdict.checks.filter((one) => one.verdict !== "pass"),
    differences: differencesIn(plan, outcome),
    databases: seen.databases.map((one) => one.identifier),
  };
}

export const nothingFound = (stackName: string) => ({
  guard: { code: 0, problems: [], findings: [] },
  stack: { name: `shipshape/${stackName}` },
  ...{ checks: [], differences: [], databases: [identifier] },
});
