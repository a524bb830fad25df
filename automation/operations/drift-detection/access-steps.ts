/** The step that reads what is inside a database: by the control plane's own login, and the secrets of its roles. */
import { describeError } from "../../errors";
import { readAccessCatalog } from "../../targets/access-catalog";
import { unreadable as stackUnreadable } from "../../runner/unreadable-stack";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { inControlSession } from "../../targets/control-session";
import { controlRole, findDatabaseLogin, requireSameDatabase, type DatabaseLogin } from "../../targets/database-login";
import { accessTo } from "../../targets/locations";
import { accessCatalogBytesMax } from "../../targets/limits";
import { trySecret } from "../../targets/secret-login";
import type { OperationContext } from "../operation-context";
import {
  accessDifferences,
  bounded,
  namedObjects,
  secretDifferences,
  unreadable,
  type AccessComparison,
} from "./access-baseline";
import { declaredInside, isInsideCluster, type DeclaredInside } from "./desired-access";
import type { Difference } from "./differences";
import type { DriftDetectionPlan } from "./plan";
import type { StatesOfRuns } from "./states-of-runs";

export function accessSteps(
  s: Pick<OperationContext, "access" | "stacks" | "standard">,
  states: Pick<StatesOfRuns, "of">,
) {
  const { rootCertificateFile } = s.access;
  return {
    /** Null: the stack declares nothing inside the database. */
    async readAccess(
      { database }: DriftDetectionPlan,
      stack: string,
      requestId: string,
    ): Promise<AccessComparison | null> {
      const name = database.identifier;
      let declared: DeclaredInside | undefined;
      let isInCluster = false;
      try {
        const state = await states.of(requestId, stack);
        declared = declaredInside(state, database.resourceId);
        isInCluster = isInsideCluster(state, database.resourceId);
      } catch (error) {
        const { message, hint = "" } = describeError(stackUnreadable(stack, error));
        return bounded(name, null, [unreadable(`access of ${name}`, hint ? `${message}; ${hint}` : message)]);
      }
      if (!declared) return isInCluster ? bounded(name, null, [unreadable(`access of ${name}`, inCluster)]) : null;
      const clients = awsClients(accessTo(s.access, database));
      const { desired } = declared;
      try {
        const login = await findDatabaseLogin(clients, s.standard, database.identifier, controlRole);
        requireSameDatabase(database.identifier, login.resourceId, database.resourceId);
        return await compared(clients, login, declared);
      } catch (error) {
        // Stopped, refused, without its login: the rest is still judged.
        const { code, message, hint = "" } = describeError(error);
        if (!unreadableCodes.includes(code)) throw error;
        const reason = hint ? `${message}; ${hint}` : message;
        return bounded(desired.database, null, [unreadable(`access of ${desired.database}`, reason)]);
      }
    },
  };

  async function compared(clients: AwsClients, login: DatabaseLogin, { desired, secrets }: DeclaredInside) {
    const found = await inControlSession(login, { rootCertificateFile, readOnly: true }, (client) =>
      readAccessCatalog(client, namedObjects(desired)),
    );
    const differences: Difference[] = [];
    if ("bytes" in found) {
      const reason = `its catalogs come to ${found.bytes} bytes, more than ${accessCatalogBytesMax}: too many objects with privileges of their own`;
      differences.push(unreadable(`access of ${desired.database}`, reason));
    } else differences.push(...accessDifferences(desired, found));
    for (const secret of secrets)
      differences.push(...secretDifferences(secret, await trySecret(clients, secret, login, rootCertificateFile)));
    const read = "bytes" in found ? null : figuresOf(found, secrets.length);
    return bounded(desired.database, read, differences);
  }
}

const figuresOf = (
  found: Exclude<Awaited<ReturnType<typeof readAccessCatalog>>, { bytes: number }>,
  logins: number,
) => ({
  roles: found.roles.length,
  objects: found.objects.reduce((sum, { count }) => sum + count, 0),
  logins,
});

const inCluster =
  "it is an instance of an Aurora cluster: the roles and privileges that its stack declares are not compared";

/** Why a database cannot be read that another attempt does not change at once. */
const unreadableCodes = [
  "database-unknown",
  "database-replaced",
  "database-not-available",
  "database-role-unknown",
  "database-unreachable",
  "database-query-failed",
];
