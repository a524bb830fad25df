/** Records that more than one room of the server reads. Rooms own the rest of theirs. */

/**
 * A resource that is only written down: a key, a topic, a role. Collection `recorded`, under `recordedKey(…)`.
 * `properties` are in Pulumi's camelCase.
 */
export interface RecordedResource {
  type: string;
  id: string;
  arn: string;
  region: string;
  properties: Record<string, unknown>;
}

export function recordedKey(type: string, id: string): string {
  return `${type}/${id}`;
}

export interface Tag {
  Key: string;
  Value: string;
}
