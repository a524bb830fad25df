/** A masked copy as the cloud and its stack both describe it: for what is done to copies that refreshes have made. */
import { copyTagKeys, stackTag } from "../../components/standards/fixed";
import { environmentsOf, isProduction, type Standard } from "../../components/standards/standard";
import { copyStack, identityOf, type TargetDatabase } from "../fleet-records";
import { askStack } from "../runner/backend-stacks";
import { PROJECT, readStack } from "../runner/stack-state";
import { awsClients } from "../targets/aws-access";
import { describeDatabase, tagsOf } from "../targets/database-login";
import { locate } from "../targets/locations";
import type { OperationContext } from "./operation-context";
import type { ObservedCopy } from "./refresh-removal/plan";
import { targetOf } from "../targets/database-instance";

export interface CopyLook {
  copy: ObservedCopy;
  database: TargetDatabase;
  databaseName: string;
  isProtected: boolean;
}

/** A copy in an environment where refreshes make some, with the tags that its stack says. */
export function requireSaid(
  tags: Record<string, string>,
  declared: Record<string, string>,
  standard: Standard,
  no: (problem: string) => Error,
): void {
  const environment = tags[standard.tags.environment.key] ?? "";
  if (!environmentsOf(standard).some((known) => known === environment) || isProduction(standard, environment))
    throw no(`its environment is ${environment || "unknown"}: refreshes make no copy there`);
  for (const key of Object.values(copyTagKeys))
    if (!tags[key] || tags[key] !== declared[key]) throw no(`its tag ${key} is not what its stack says`);
}

/** Why it is none; or, of one in a database that a team has declared, whose it is. */
export type NoCopy = (problem: string, isOfTeam?: true) => Error;

/** A tag alone makes no database a copy: its stack has to be one that refreshes make, and to say the same. */
export async function observeCopy(
  s: Pick<OperationContext, "access" | "stacks" | "standard">,
  asked: { database: string; account?: string | undefined; region?: string | undefined },
  no: NoCopy,
): Promise<CopyLook> {
  const { database: identifier } = asked;
  const instance = await describeDatabase(awsClients(await locate(s.access, asked)), identifier);
  const tags = tagsOf(instance);
  const database = targetOf(instance);
  const { arn, resourceId } = database;
  const stack = copyStack(identifier);
  const said = tags[stackTag] ?? "";
  if (tags[copyTagKeys.request] && said !== "" && said.split("/").at(-1) !== stack)
    throw no(`it is a copy in ${said}, the stack of a team`, true);
  const name = `${s.stacks.project ?? PROJECT}/${stack}`;
  const { stacks, unread } = await askStack(s.stacks, name);
  const declared = stacks.flatMap(({ databases }) => databases).find((one) => identityOf(one) === identityOf(database));
  if (!declared)
    throw no(`the stack ${name} ${unread[0] ? `could not be read: ${unread[0].reason}` : "does not declare it"}`);
  requireSaid(tags, declared.tags, s.standard, no);
  const copy = {
    ...{ observedAt: new Date().toISOString(), identifier, arn, resourceId, tags, stack },
    secretsProvider: (await readStack(s.stacks, stack))?.secretsProvider ?? null,
    expiresOn: tags[copyTagKeys.expiresOn]!,
    madeBy: tags[copyTagKeys.request]!,
  };
  const { DBName: databaseName = "postgres", DeletionProtection: isProtected = false } = instance;
  return { copy, database, databaseName, isProtected };
}
