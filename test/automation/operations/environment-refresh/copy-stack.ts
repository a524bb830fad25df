import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { builtIn } from "../../../../components/standards/built-in";
import { refreshedDatabase, type RefreshedDatabaseArgs } from "../../../../stacks/refreshed-database";
import type { Cloud } from "../../../cloud";

/** The stack of a copy with these arguments, to preview it or to bring it up beside the control plane. */
export function copyStackIn(cloud: Cloud, stackName: string, args: RefreshedDatabaseArgs): Promise<Stack> {
  const workDir = join(cloud.dataFolder, "copy-program");
  mkdirSync(workDir, { recursive: true });
  const program = () => Promise.resolve(refreshedDatabase(args, builtIn, new Map()));
  const settings = { projectName: "shipshape", stackName, program };
  return LocalWorkspace.selectStack(settings, { workDir, envVars: cloud.env });
}
