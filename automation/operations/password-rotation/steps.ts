/** The effects of a rotation of passwords, besides those of changing the stack. */
import type { Client } from "pg";
import { loginsOf } from "../../../components/standards/rotated-logins";
import { part } from "../../../components/standards/standard";
import { targetDatabase } from "../../fleet-records";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { inControlSession } from "../../targets/control-session";
import {
  describeDatabase,
  findDatabaseLogin,
  masterRole,
  requireSameDatabase,
  tagsOf,
} from "../../targets/database-login";
import { accessTo, locate } from "../../targets/locations";
import { clientsOf, clockOf, endSessions, loginsFound, tryLogin, type FoundLogin } from "../../targets/role-logins";
import type { OperationContext } from "../operation-context";
import { stackChangeSteps, type ProgramOf } from "../stack-changes";
import { trialLockSeconds, trialStatementSeconds } from "./limits";
import { planLock, type ObservedRotation, type PasswordRotationPlan } from "./plan";
import type { PasswordRotationRequest } from "./request";

export type PasswordRotationSteps = ReturnType<typeof passwordRotationSteps>;

export function passwordRotationSteps(s: OperationContext) {
  const clientsFor = ({ database }: PasswordRotationPlan) => awsClients(accessTo(s.access, database));
  const { rootCertificateFile } = s.access;
  const changes = stackChangeSteps(s);

  async function look(clients: AwsClients, identifier: string): Promise<ObservedRotation> {
    const instance = await describeDatabase(clients, identifier);
    const known = { identifier, arn: instance.DBInstanceArn ?? "", resourceId: instance.DbiResourceId ?? "" };
    return { ...known, tags: tagsOf(instance), stack: await changes.observe(targetDatabase(known)) };
  }

  /** Only the master may end the sessions of every login. Errors: database-replaced, and those of a session. */
  async function asMaster<T>(plan: PasswordRotationPlan, work: (client: Client) => Promise<T>): Promise<T> {
    const { database } = plan;
    const login = await findDatabaseLogin(clientsFor(plan), s.standard, database.identifier, masterRole);
    requireSameDatabase(database.identifier, login.resourceId, database.resourceId);
    return inControlSession(login, { rootCertificateFile }, work);
  }

  const loginsBefore = ({ roles }: PasswordRotationPlan) => roles.map(({ loginBefore }) => loginBefore);

  return {
    changes,
    observe: async (asked: PasswordRotationRequest): Promise<ObservedRotation> =>
      look(awsClients(await locate(s.access, asked)), asked.database),

    /** By what the secrets say, as clients read them. */
    async tryLogins(plan: PasswordRotationPlan) {
      const { database, roles, schemaName } = plan;
      const limits = { statementSeconds: trialStatementSeconds, lockSeconds: trialLockSeconds, rootCertificateFile };
      const tried = [];
      for (const { role, inUse, before } of roles) {
        const login = await findDatabaseLogin(
          clientsFor(plan),
          s.standard,
          database.identifier,
          role,
          undefined,
          before.secretName,
        );
        const found = { name: role, standard: part(s.standard.roles, role), schema: schemaName };
        const trial =
          login.user === inUse
            ? await tryLogin(login, found, limits)
            : { user: login.user, did: "", failure: `its secret has ${login.user}, not ${inUse}` };
        tried.push({ role, ...trial });
      }
      return tried;
    },

    beginGrace: (plan: PasswordRotationPlan) => asMaster(plan, clockOf),

    clientsBefore: (plan: PasswordRotationPlan, graceBegan?: string) =>
      asMaster(plan, (client) => clientsOf(client, loginsBefore(plan), graceBegan)),

    planLock: async (plan: PasswordRotationPlan) => planLock(plan, await look(clientsFor(plan), plan.target)),

    /** Those that are locked: they cannot come back. */
    endSessions: (plan: PasswordRotationPlan) => asMaster(plan, (client) => endSessions(client, loginsBefore(plan))),

    lookAtLogins: (plan: PasswordRotationPlan): Promise<{ sessionsLeft: number; found: FoundLogin[] }> =>
      asMaster(plan, async (client) => {
        const left = await clientsOf(client, loginsBefore(plan));
        const found = await loginsFound(client, usernamesOf(plan));
        return { sessionsLeft: left.reduce((sum, { sessions }) => sum + sessions, 0), found };
      }),

    /** The program of our own stacks; logins that an `up` has created before it was killed are adopted. */
    programFor: (plan: PasswordRotationPlan): ProgramOf => ({
      program: (adopt) => async () => {
        const { database } = await import("../../../stacks/database");
        return database(s.standard, adopt);
      },
      settleCloud: () =>
        asMaster(plan, async (client) => {
          const found = await loginsFound(client, usernamesOf(plan));
          const isLogin = (user: string) => !plan.roles.some(({ role }) => role === user);
          return new Map(found.filter(({ user }) => isLogin(user)).map(({ user }) => [user, user]));
        }),
    }),
  };
}

/** Of each role, and of its logins. */
const usernamesOf = ({ roles }: PasswordRotationPlan): string[] =>
  roles.flatMap(({ role, generation }) => [role, ...loginsOf(role, { generation }).logins.map((one) => one.username)]);
