/** The program of a database of our own stacks, which is brought up only while RDS does nothing else to the database. */
import type { TargetDatabase } from "../fleet-records";
import { cloudPause, poll } from "../poll";
import { awsClients } from "../targets/aws-access";
import { findDatabase, isInFlight } from "../targets/database-instance";
import { describeDatabase, requireSameDatabase } from "../targets/database-login";
import { accessTo } from "../targets/locations";
import type { OperationContext } from "./operation-context";
import type { ProgramOf } from "./stack-changes";

/** Right before its `up`, it is still that database. Errors: database-replaced, and those of one that is gone. */
export const settledProgram = (s: Pick<OperationContext, "access" | "standard">, one: TargetDatabase): ProgramOf => ({
  program: (adopted) => async () => {
    const { database } = await import("../../stacks/database");
    return database(s.standard, adopted);
  },
  settleCloud: async (signal) => {
    const clients = awsClients(accessTo(s.access, one));
    await poll({ every: cloudPause, signal }, async () => {
      const found = await findDatabase(clients, one.identifier);
      return found && isInFlight(found.DBInstanceStatus ?? "") ? undefined : true;
    });
    const { DbiResourceId } = await describeDatabase(clients, one.identifier);
    requireSameDatabase(one.identifier, DbiResourceId, one.resourceId);
    return new Map();
  },
});
