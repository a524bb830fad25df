/** Where a database's backups can be restored to, and from which moments. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../errors";
import { readStack } from "../runner/stack-state";
import type { AwsClients } from "../targets/aws-access";
import { automatedBackupsOf } from "../targets/database-backups";
import type { OperationContext } from "./operation-context";

/** RDS would refuse it after the throwaway was registered. A moment of the last minutes is waited for. */
export async function requireWithinBackups(clients: AwsClients, identifier: string, target: Date): Promise<void> {
  const { restorableFrom, askedAt } = await automatedBackupsOf(clients, identifier);
  if (restorableFrom !== null && (target < new Date(restorableFrom) || target > new Date(askedAt)))
    throw new ShipshapeError("recovery-target-outside", {
      identifier,
      target: target.toISOString(),
      from: restorableFrom,
      until: askedAt,
    });
}

/** Isolation groups are the platform's. Errors: platform-missing, platform-elsewhere. */
export async function isolationNear(
  s: Pick<OperationContext, "stacks" | "secretsProvider">,
  stack: string,
  instance: DBInstance,
): Promise<{ isolationSecurityGroupIds: string[]; secretsProvider: string | null }> {
  const platform = await readStack(s.stacks, stack);
  const isolation = platform?.outputs["isolationSecurityGroupId"];
  if (typeof isolation !== "string") throw new ShipshapeError("platform-missing", { stack });
  requireNear(stack, platform?.outputs["topicArn"], instance);
  return {
    isolationSecurityGroupIds: [isolation],
    secretsProvider: s.secretsProvider ?? platform?.secretsProvider ?? null,
  };
}

/** RDS refuses a security group of another Region or account, after the throwaway was registered. */
function requireNear(stack: string, topicArn: unknown, { DBInstanceArn = "", DBInstanceIdentifier }: DBInstance): void {
  const placeOf = (arn: string) => arn.split(":").slice(3, 5).reverse().join(" ");
  if (typeof topicArn !== "string" || placeOf(topicArn) === placeOf(DBInstanceArn)) return;
  const places = { platform: placeOf(topicArn), database: placeOf(DBInstanceArn) };
  throw new ShipshapeError("platform-elsewhere", { stack, identifier: DBInstanceIdentifier ?? "", ...places });
}
