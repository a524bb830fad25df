import { callLocal, type LocalCloud } from "../automation/command-line/local-cloud";

/**
 * A resource that the embedded cloud records but does not implement: keys, alarms, security groups. On AWS each has an
 * API of its own.
 */
export interface Recorded {
  id: string;
  arn: string;
  properties: Record<string, unknown>;
}

export async function recordedProperties(cloud: LocalCloud, type: string): Promise<Recorded[]> {
  const answer = await callLocal<Recorded[] | { resources: Recorded[] }>(
    cloud,
    "GET",
    `/shipshape/recorded?type=${encodeURIComponent(type)}`,
  );
  return Array.isArray(answer) ? answer : answer.resources;
}
