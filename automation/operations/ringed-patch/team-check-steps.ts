/** The effects of a team's own health checks: its SQL as a role that may only read, and its endpoint. */
import { reasonOf } from "../../errors";
import { awsClients } from "../../targets/aws-access";
import { runAssertion } from "../../targets/assertion-run";
import { inControlSession } from "../../targets/control-session";
import { findDatabaseLogin, requireSameDatabase } from "../../targets/database-login";
import { askUrl } from "../../targets/health-url";
import { accessTo } from "../../targets/locations";
import type { Probe } from "../../train-records";
import type { OperationContext } from "../operation-context";
import { teamCheckSeconds } from "./limits";
import type { PlannedDatabase } from "./rings";
import { probeOfSql, probeOfUrl, type TeamCheck } from "./team-checks";

/** Its functions can be the database's own: what they do, this role may. */
const readingRole = "readonly";

/** Of one database, as the plan quotes them. */
export async function teamProbes(
  s: Pick<OperationContext, "standard" | "access">,
  database: PlannedDatabase,
): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const check of database.teamChecks ?? []) {
    const name = `${database.identifier}: team-${check.name}`;
    try {
      probes.push(await probeOf(s, database, check, name));
    } catch (error) {
      probes.push({ name, verdict: "error", explanation: reasonOf(error) });
    }
  }
  return probes;
}

async function probeOf(
  s: Pick<OperationContext, "standard" | "access">,
  database: PlannedDatabase,
  check: TeamCheck,
  name: string,
): Promise<Probe> {
  if ("url" in check) return probeOfUrl(name, await askUrl(check.url));
  const { identifier, resourceId } = database;
  const login = await findDatabaseLogin(awsClients(accessTo(s.access, database)), s.standard, identifier, readingRole);
  requireSameDatabase(identifier, login.resourceId, resourceId);
  const { rootCertificateFile } = s.access;
  const reading = { rootCertificateFile, readOnly: true, statementSeconds: teamCheckSeconds };
  return probeOfSql(name, await inControlSession(login, reading, (client) => runAssertion(client, check.sql, [])));
}
