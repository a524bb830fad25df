/** The removal of a copy from a team's own database: an empty one takes its place. Each step is safe to repeat. */
import { copyTagKeys, controlSchema, integritySchema, stackTag } from "../../../components/standards/fixed";
import { rolesOf } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { copyStack, identityOf } from "../../fleet-records";
import { askStack } from "../../runner/backend-stacks";
import { awsClients } from "../../targets/aws-access";
import {
  describeDatabase,
  findDatabaseLogin,
  masterRole,
  requireSameDatabase,
  tagsOf,
} from "../../targets/database-login";
import { accessTo, locate } from "../../targets/locations";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { makeStructure, readEmptyStructure } from "../../targets/masked-copy/empty-structure";
import {
  databasesLike,
  dropHiddenDatabase,
  emptyMark,
  isHandedOver,
  leaveRoles,
  makeHiddenDatabase,
  swapDatabases,
} from "../../targets/masked-copy/target-database";
import { requireSaid } from "../copy-look";
import type { OperationContext } from "../operation-context";
import { stackChangeSteps } from "../stack-changes";
import type { Emptying, ObservedCopy, RefreshRemovalPlan } from "./plan";
import type { RefreshRemovalRequest } from "./request";
import type { RemovalOutcome } from "./verify";
import { targetOf } from "../../targets/database-instance";

type Shape = { databaseName: string; schemaName: string; furtherSchemas: string[]; extensions: string[] };

export function emptyingSteps(s: OperationContext) {
  const changes = stackChangeSteps(s);
  const { rootCertificateFile } = s.access;
  const working = { rootCertificateFile };
  const what = "the removal of the copy";

  const loginTo = async ({ database }: RefreshRemovalPlan, databaseName: string) => {
    const clients = awsClients(accessTo(s.access, database));
    const login = await findDatabaseLogin(clients, s.standard, database.identifier, masterRole, databaseName);
    requireSameDatabase(database.identifier, login.resourceId, database.resourceId);
    return login;
  };

  /** It may stay longer than it did when its removal was planned. Errors: removal-moved. */
  async function requireEnd({ database, removes }: RefreshRemovalPlan): Promise<void> {
    const { identifier } = database;
    const tags = tagsOf(await describeDatabase(awsClients(accessTo(s.access, database)), identifier));
    const [end = "none", planned = ""] = [tags[copyTagKeys.expiresOn], removes?.expiresOn];
    if (end !== planned) throw new ShipshapeError("removal-moved", { identifier, end, planned });
  }

  return {
    changes,

    /** Undefined if no stack of ours declares it as a StandardDatabase. Errors: those of its stack's observation. */
    async observe(asked: RefreshRemovalRequest, no: (problem: string) => Error): Promise<ObservedCopy | undefined> {
      const { database: identifier } = asked;
      const instance = await describeDatabase(awsClients(await locate(s.access, asked)), identifier);
      const tags = tagsOf(instance);
      const database = targetOf(instance);
      const { arn, resourceId } = database;
      const name = tags[stackTag] ?? "";
      const [madeBy, expiresOn] = [tags[copyTagKeys.request], tags[copyTagKeys.expiresOn]];
      if (!madeBy || !expiresOn || !name || name.split("/").at(-1) === copyStack(identifier)) return undefined;
      const declaredBy = (await askStack(s.stacks, name)).stacks
        .flatMap(({ databases }) => databases)
        .find((one) => identityOf(one) === identityOf(database));
      const shape = declaredBy?.decided?.shape as Shape | undefined;
      if (!declaredBy || !shape) return undefined;
      const stack = await changes.observe(database);
      if (stack.ownership !== "ours" || !stack.config) return undefined;
      const { databaseName, schemaName, furtherSchemas, extensions } = shape;
      const schemas = [schemaName, ...furtherSchemas, controlSchema, integritySchema];
      // The standard brings amcheck.
      const declared = { databaseName, schemas, extensions: [...extensions, "amcheck"] };
      requireSaid(tags, declaredBy.tags, s.standard, no);
      return {
        ...{ observedAt: new Date().toISOString(), identifier, arn, resourceId, tags, madeBy, expiresOn },
        ...{ stack: declaredBy.stack, secretsProvider: null, team: { stack, declared } },
      };
    },

    /** Resolves to when it was done. */
    async empty(
      plan: RefreshRemovalPlan,
      { declared, names }: Emptying,
      requestId: string,
      signal: AbortSignal,
    ): Promise<string> {
      const mark = emptyMark(requestId);
      const beside = await loginTo(plan, "postgres");
      const isDone = await inCopySession(beside, working, what, (client) => isHandedOver(client, names, mark));
      if (!isDone) {
        await requireEnd(plan);
        const structure = await inCopySession(await loginTo(plan, names.name), working, what, (client) =>
          readEmptyStructure(client, declared.schemas, declared.extensions),
        );
        await inCopySession(beside, working, what, async (client) => {
          // What a run that failed has left: there is one removal of a database at a time.
          for (const hidden of await databasesLike(client, "shipshape_empty_"))
            await dropHiddenDatabase(client, { ...names, hidden });
          await makeHiddenDatabase(client, names);
        });
        await inCopySession(await loginTo(plan, names.hidden), working, what, (client) =>
          makeStructure(client, structure),
        );
      }
      await inCopySession(beside, working, what, async (client) => {
        signal.throwIfAborted();
        await swapDatabases(client, names, mark);
        await leaveRoles(client, rolesOf(s.standard));
      });
      return new Date().toISOString();
    },

    /** Nothing of the copy has a name any more, and no tag says that it is there. Errors: removal-left. */
    async proveEmptied(
      plan: RefreshRemovalPlan,
      { names, change }: Emptying,
      at: string,
    ): Promise<RemovalOutcome["gone"]> {
      const { identifier } = plan.database;
      const left = (what: string) => new ShipshapeError("removal-left", { identifier, left: what });
      const beside = await loginTo(plan, "postgres");
      const others = await inCopySession(beside, working, what, async (client) => [
        ...((await isHandedOver(client, names, emptyMark(change.requestId))) ? [] : [`the database ${names.name}`]),
        ...(await databasesLike(client, names.hidden)),
        ...(await databasesLike(client, names.aside)),
      ]);
      if (others[0]) throw left(others[0]);
      const tags = tagsOf(await describeDatabase(awsClients(accessTo(s.access, plan.database)), identifier));
      const tag = Object.values(copyTagKeys).find((key) => tags[key] !== undefined);
      if (tag) throw left(`its tag ${tag}`);
      const now = new Date().toISOString();
      return [
        {
          kind: "content",
          identifier: names.name,
          provenGoneBy: `an empty database has had its name since ${at}, and pg_database has no other of this run at ${now}`,
        },
        { kind: "tags", identifier, provenGoneBy: `DescribeDBInstances: none of the copy at ${now}` },
      ];
    },
  };
}
