import { randomUUID } from "node:crypto";
import type { Cloud } from "../cloud";
import type { RecordedResource } from "../recorded/recorded-type";
import type { Secret } from "../secrets-manager/secret";
import { versionAt } from "../secrets-manager/versions";
import type { ChangeTarget } from "./change-target";
import { instanceTarget } from "./instance-target";
import { rdsTargets } from "./rds-targets";

/** Everything that can be changed from outside. */
export function changeTargets(cloud: Cloud): ChangeTarget[] {
  return [
    ...cloud.instances.list().map((instance) => instanceTarget(cloud, instance)),
    ...rdsTargets(cloud),
    ...cloud.secrets.list().map((secret) => secretTarget(cloud, secret)),
    ...cloud.recorded.recordSet.list().map((record) => recordedTarget(cloud, record)),
  ];
}

function recordedTarget(cloud: Cloud, record: RecordedResource): ChangeTarget {
  return {
    arn: record.arn === "" ? `${record.type}::${record.id}` : record.arn,
    properties: { tags: {}, ...record.properties },
    write: (changed) => void cloud.recorded.overwrite(record, changed),
  };
}

function secretTarget(cloud: Cloud, secret: Secret): ChangeTarget {
  const value = versionAt(secret, "AWSCURRENT")?.value;
  return {
    arn: secret.arn,
    properties: {
      description: secret.description,
      kmsKeyId: secret.kmsKeyId,
      tags: secret.tags,
      value: value && "string" in value ? value.string : "",
    },
    secret: ["value"],
    write({ value, ...described }) {
      const changed = cloud.secrets.overwrite(secret, described as Partial<Secret>);
      if (value !== undefined) cloud.secrets.putValue(changed, { id: randomUUID(), value: { string: String(value) } });
    },
  };
}
