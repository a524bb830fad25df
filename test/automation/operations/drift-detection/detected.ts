// Drift detection of one database of a cloud, without a control plane.
import { join } from "node:path";
import { driftDetection } from "../../../../automation/operations/drift-detection/drift-detection";
import { driftDetectionSteps } from "../../../../automation/operations/drift-detection/steps";
import type { Step } from "../../../../automation/runner/operation";
import { previewSteps } from "../../../../automation/runner/preview-steps";
import { builtIn } from "../../../../components/standards/built-in";
import type { Cloud } from "../../../cloud";

/** What steps of drift detection need to look at that cloud. */
export function contextOf(cloud: Cloud) {
  const { endpoint, region, credentials } = cloud.client();
  return {
    access: { cloud: { endpoint, region, credentials }, rootCertificateFile: cloud.env.PGSSLROOTCERT },
    standard: builtIn,
    waiversFolder: join(cloud.dataFolder, "waivers"),
    stacks: { workspacesFolder: join(cloud.dataFolder, "workspaces"), environment: cloud.env },
  };
}

export async function detected(cloud: Cloud, database: string) {
  const operation = driftDetection(driftDetectionSteps(contextOf(cloud)), builtIn);
  const step = previewSteps("a-test") as Step;
  const plan = operation.plan({ database }, await operation.observe({ database }, step), "a-test");
  const outcome = await operation.run(plan, step as never);
  return { plan, outcome, verdict: operation.verify(plan, outcome) };
}
