/**
 * A sweep over the recorded stacks of a folder backend, whose children end at once: `tsx sweep-memory.ts <backend>`
 * prints the most memory that this process had, in MB.
 */
import { builtIn } from "../../components/standards/built-in";
import { fleetDetection } from "../../automation/operations/drift-detection/sweep";
import { fleetSeen } from "../../automation/operations/drift-detection/sweep-plan";
import type { ChildEnd, RunStatus, VerdictWord } from "../../automation/records";
import { askBackend } from "../../automation/runner/backend-stacks";
import type { RunStep } from "../../automation/runner/operation";

const [, , backend = ""] = process.argv;
const end: ChildEnd = { requestId: "any", status: "succeeded", verdict: "pass" };
const step = Object.assign(async (_: string, __: object, work: () => Promise<unknown>) => work(), {
  keyed: () => step,
  child: (_: string, { database }: { database: string }) => Promise.resolve(database),
  childEnd: () => Promise.resolve(end),
}) as unknown as RunStep;
const sealed = (ids: string[]) =>
  Promise.resolve(
    ids.map((requestId) => ({
      ...{ requestId, status: "succeeded" as RunStatus, verdict: "pass" as VerdictWord },
      ...{ evidence: "0".repeat(64), reason: null },
    })),
  );

async function main(): Promise<void> {
  const stacks = await askBackend({ workspacesFolder: "/nowhere", environment: { PULUMI_BACKEND_URL: backend } });
  const size = { instanceClass: "", storageGib: 0, storageType: "" };
  const databases = (stacks.asked ? stacks.stacks : [])
    .flatMap((one) => one.databases)
    .map((one) => ({ ...one, size, restorableFrom: null, backupRetentionDays: 0 }));
  const seen = fleetSeen({ asked: true, databases }, stacks, () => false, false);
  const judged = () => Promise.resolve([]);
  const operation = fleetDetection({ observe: () => Promise.resolve(seen), judged, sealed }, builtIn);
  const plan = operation.plan({ fleet: true }, await operation.observe({ fleet: true }, step), "a-sweep");
  const outcome = await operation.run(plan, step);
  const { verdict } = operation.verify(plan, outcome);
  if (verdict !== "pass" || outcome.rows.length === 0) throw new Error(`${outcome.rows.length} databases: ${verdict}`);
  process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
}

void main();
