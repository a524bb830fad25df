import type { Call } from "../../wire/action";
import { parseRdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import type { RestoreOrigin } from "../instances/instance-record";
import { automated, manual, type AnySnapshot } from "./describe-snapshot";

export interface FoundSnapshot {
  snapshot: AnySnapshot;
  /** Where a restore of it starts from. */
  origin: RestoreOrigin;
}

/** Every snapshot of the Region, including automated ones. */
export function allSnapshots({ cloud, region }: Pick<Call, "cloud" | "region">): FoundSnapshot[] {
  const manualSnapshots = cloud.snapshots
    .list(region)
    .map((snapshot): FoundSnapshot => ({ snapshot: manual(snapshot), origin: { snapshot: snapshot.identifier } }));
  const automatedSnapshots = cloud.backups.list(region).flatMap((backup) =>
    backup.base.map((base): FoundSnapshot => ({
      snapshot: automated(backup, base),
      origin: { base: { resourceId: backup.resourceId, id: base.id } },
    })),
  );
  return [...manualSnapshots, ...automatedSnapshots];
}

/** Finds a snapshot by its name or ARN. @throws AwsError DBSnapshotNotFound */
export function findSnapshot(nameOrArn: string, call: Pick<Call, "cloud" | "region">): FoundSnapshot {
  const arn = parseRdsArn(nameOrArn);
  const name =
    arn?.kind === "snapshot" && arn.region === call.region && arn.accountId === call.cloud.accountId
      ? arn.name
      : nameOrArn;
  const found = allSnapshots(call).find(({ snapshot }) => snapshot.identifier === name.toLowerCase());
  if (!found) throw new AwsError("DBSnapshotNotFound", `DBSnapshot not found: ${nameOrArn}`);
  return found;
}
