/** Pure: the names by which the cloud's own records know what a difference is about. */
import type { ReadResource } from "../../runner/pulumi-stack";
import { nameInArn } from "./declared-beyond";
import type { Difference } from "./differences";
import type { DriftDetectionPlan } from "./plan";

const inOutputs = ["identifier", "name", "arn", "id"];

/** Of a resource that a refresh has read: its name, its ARN and its id. */
export const namesIn = ({ old }: Pick<ReadResource, "old">): string[] =>
  [
    ...new Set(inOutputs.map((name) => old.outputs[name]).filter((value) => typeof value === "string" && value !== "")),
  ] as string[];

/** `names`: those of resources that a refresh has read, by URN. */
export function cloudNamesOf(
  { database, beyond }: Pick<DriftDetectionPlan, "database" | "beyond">,
  { urn, type }: Pick<Difference, "urn" | "type">,
  names: Readonly<Record<string, string[]>>,
): string[] {
  if (type === "database" || urn === beyond.instance?.urn) return [database.identifier, database.arn];
  if (urn.startsWith("arn:")) return [nameInArn(urn), urn];
  const { parameterGroup } = beyond;
  if (urn === parameterGroup?.urn) return [nameInArn(parameterGroup.arn), parameterGroup.arn];
  return names[urn] ?? [];
}
