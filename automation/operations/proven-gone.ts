/** The proof that nothing is left of a database which was removed with its stack. */
import type { DBInstance } from "@aws-sdk/client-rds";
import type { CleanUpReport } from "../records";
import { stackExists, type StackContext } from "../runner/stack-state";
import type { AwsClients } from "../targets/aws-access";
import { deleteDatabase, findBackups, findDatabase } from "../targets/database-instance";

interface Removed {
  identifier: string;
  /** Of an identifier that other instances have had, too. @default the identifier is unique */
  resourceId?: string;
  stack: string;
}

/** By the API and the backend. `left` says what is still there. */
export async function proveGone(
  { clients, stacks }: { clients: AwsClients; stacks: StackContext },
  { identifier, resourceId, stack }: Removed,
  left: (what: string) => Error,
): Promise<CleanUpReport["removed"]> {
  if (await findDatabase(clients, identifier)) throw left(identifier);
  const [backup] = await findBackups(clients, identifier, resourceId);
  if (backup) throw left(backup);
  if (await stackExists(stacks, stack)) throw left(stack);
  const at = new Date().toISOString();
  return [
    { kind: "database", identifier, provenGoneBy: `DescribeDBInstances: DBInstanceNotFound at ${at}` },
    {
      kind: "backups",
      identifier: resourceId ?? identifier,
      provenGoneBy: `DescribeDBInstanceAutomatedBackups and DescribeDBSnapshots: none at ${at}`,
    },
    { kind: "stack", identifier: stack, provenGoneBy: "the backend has no stack of that name" },
  ];
}

/** RDS refuses to delete what it is deleting, as after an attempt that was interrupted. */
export async function deleteOnce(clients: AwsClients, found: DBInstance | undefined): Promise<void> {
  if (found?.DBInstanceIdentifier && found.DBInstanceStatus !== "deleting")
    await deleteDatabase(clients, found.DBInstanceIdentifier);
}
