/** What a train takes besides the patches themselves: three databases in two rings, none of them watched. */
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { delimiter } from "node:path";
import { ensureEngine } from "../../localcloud/toolchain/engine";
import { instanceIs, type Cloud } from "../cloud";
import { small } from "../localcloud/server/database-client";
import { until } from "../until";
import { TrainFleet, windowFrom } from "../automation/operations/ringed-patch/train-fleet";
import type { Run } from "../../automation/records";
import type { Measure } from "./measure";

const [from, to] = ["17.9", "17.10"];
/** Each patches databases of its own, as none goes back; fewer for a first look. */
const runs = Number(process.env["SHIPSHAPE_BENCH_TRAINS"] ?? 3);
/** The first is patched alone, then two at once. */
const environments = ["development", "staging", "production"];
const services = Array.from({ length: runs }, (_, run) => `train${run}`);

export const trainOverhead: Measure = {
  name: "a train of three databases",
  ours: "from its approval to its end: rings of 1 and 2, not watched; snapshots, previews, `up`s, looks, evidence",
  floor: "ModifyDBInstance of three bare instances, the first alone, then two at once, until each is available on it",
  runs,
  async prepare() {
    const { folder } = await ensureEngine((line) => process.stderr.write(`${line}\n`));
    process.env["PATH"] = [folder, process.env["PATH"]].join(delimiter);
    const identifiers = services.flatMap((service) => environments.map((environment) => `${service}-${environment}`));
    const fleet = await TrainFleet.start(
      identifiers.map((identifier) => ({ identifier })),
      3,
    );
    const { cloud } = fleet.engine;
    const worker = fleet.commands.shipshape("", "worker");
    return {
      ours: (run) => throughTrain(fleet, services[run]!),
      floor: (run) => bare(cloud, `bare${run}`),
      async after() {
        worker.kill("SIGTERM");
        await worker.ended;
        await fleet.stop();
      },
    };
  },
};

async function throughTrain(fleet: TrainFleet, service: string): Promise<number> {
  const words = ["--to", to, "--service", service, "--bake-minutes", "0", "--window", windowFrom(-1)];
  const id = await fleet.requested(...words, "--reason", "a benchmark");
  await fleet.approve(id);
  const began = Date.now();
  const run = await fleet.over(id);
  if (run.verdict !== "pass") throw new Error(`the train ended as ${run.verdict}: ${JSON.stringify(run.checks)}`);
  for (const child of await fleet.controlPlane.children(id)) process.stderr.write(`  ${stepsOf(child)}\n`);
  return (run.finishedAt!.getTime() - began) / 1000;
}

/** How long a patch took from its request, and its steps that take longest, in seconds. */
function stepsOf({ target, steps, receivedAt, startedAt, finishedAt }: Run): string {
  const after = (at: Date | undefined) => (((at ?? receivedAt).getTime() - receivedAt.getTime()) / 1000).toFixed(1);
  const took = Object.entries(steps).map(([name, { startedAt, finishedAt }]) => {
    return [name, (Date.parse(finishedAt ?? startedAt) - Date.parse(startedAt)) / 1000] as const;
  });
  const longest = took.filter(([, seconds]) => seconds >= 0.1);
  const whole = `began after ${after(startedAt)} s, ended after ${after(finishedAt)} s`;
  return `${target}: ${whole}: ${longest.map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(", ")}`;
}

async function bare(cloud: Cloud, name: string): Promise<number> {
  const all = environments.map((environment) => `${name}-${environment}`);
  for (const DBInstanceIdentifier of all)
    await cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier, EngineVersion: from }));
  for (const one of all) await instanceIs(cloud, one, "available");
  const began = performance.now();
  const [first = "", ...others] = all;
  await modified(cloud, first);
  await Promise.all(others.map((one) => modified(cloud, one)));
  return (performance.now() - began) / 1000;
}

async function modified({ rds }: Cloud, DBInstanceIdentifier: string): Promise<void> {
  await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, EngineVersion: to, ApplyImmediately: true }));
  await until(`${DBInstanceIdentifier} runs ${to}`, async () => {
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    const { EngineVersion, DBInstanceStatus } = DBInstances![0]!;
    return EngineVersion === to && DBInstanceStatus === "available";
  });
}
