/** The deletion of an instance that was replaced: RDS takes a last snapshot of it first. */
import {
  DBInstanceNotFoundFault,
  DeleteDBInstanceCommand,
  InvalidDBInstanceStateFault,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { cloudPause, poll } from "../poll";
import type { AwsClients } from "./aws-access";
import { findDatabase } from "./database-instance";

/** Until it is lifted. Safe to repeat. */
export async function liftDeletionProtection(
  clients: AwsClients,
  identifier: string,
  signal: AbortSignal,
): Promise<void> {
  const asked = { DBInstanceIdentifier: identifier, DeletionProtection: false, ApplyImmediately: true };
  await poll({ every: cloudPause, signal }, async () => {
    const found = await findDatabase(clients, identifier);
    if (!found?.DeletionProtection) return true;
    if (found.DBInstanceStatus === "available") await clients.rds.send(new ModifyDBInstanceCommand(asked));
    return undefined;
  });
}

/** Until it is gone. A deletion under way is waited for. Its automated backups stay as long as their retention says. */
export async function deleteWithSnapshot(
  clients: AwsClients,
  identifier: string,
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  const asked = {
    DBInstanceIdentifier: identifier,
    FinalDBSnapshotIdentifier: snapshot,
    SkipFinalSnapshot: false,
    DeleteAutomatedBackups: false,
  };
  await poll({ every: cloudPause, signal }, async () => {
    const found = await findDatabase(clients, identifier);
    if (!found) return true;
    try {
      if (found.DBInstanceStatus === "available") await clients.rds.send(new DeleteDBInstanceCommand(asked));
    } catch (error) {
      if (error instanceof DBInstanceNotFoundFault) return true;
      if (!(error instanceof InvalidDBInstanceStateFault)) throw error; // another attempt has begun it
    }
    return undefined;
  });
}
