/** How many snapshots of people and operations RDS keeps in an account and Region, and how many it has. */
import { DescribeAccountAttributesCommand } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../errors";
import type { AwsClients } from "./aws-access";
import { RdsQueries } from "./rds-queries";

export interface SnapshotQuota {
  used: number;
  max: number;
}

/** Errors: fleet-unreadable, cloud-unreachable, cloud-credentials, cloud-region. */
export async function snapshotQuota({ rds }: Pick<AwsClients, "rds">): Promise<SnapshotQuota> {
  const action = "DescribeAccountAttributes";
  const queries = new RdsQueries();
  const found = await queries.one(action, () => rds.send(new DescribeAccountAttributesCommand({})));
  const { Used: used, Max: max } = found?.AccountQuotas?.find((one) => one.AccountQuotaName === quotaName) ?? {};
  if (used !== undefined && max !== undefined) return { used, max };
  const reason = queries.unanswered.join(", ") || `it names no quota ${quotaName}`;
  throw new ShipshapeError("fleet-unreadable", { action, reason });
}

const quotaName = "ManualSnapshots";
