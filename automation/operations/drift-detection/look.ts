/** The effect of looking for a database: by its name, then by its resource id, which a stack has. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { describeError } from "../../errors";
import { describeLocation, targetDatabase, type StacksAnswer, type TargetDatabase } from "../../fleet-records";
import { awsClients, type AwsAccess } from "../../targets/aws-access";
import { findDatabaseById } from "../../targets/database-instance";
import { describeDatabase, tagsOf } from "../../targets/database-login";
import { accessTo, locate } from "../../targets/locations";
import type { InstanceNow } from "./differences";
import type { OneDatabase } from "./request";

export interface Looked {
  database: TargetDatabase;
  tags: Record<string, string>;
  /** What RDS says of it, or why it says nothing. */
  found: DBInstance | NonNullable<InstanceNow["missing"]>;
}

/** Errors: those of `locate` and `describeDatabase`, unless one stack declares a database of that name. */
export async function lookFor(access: AwsAccess, asked: OneDatabase, answer: StacksAnswer): Promise<Looked> {
  try {
    const instance = await describeDatabase(awsClients(await locate(access, asked)), asked.database);
    return lookedAt(instance, asked.database);
  } catch (error) {
    const [declared, ...others] = declaredAs(asked, answer);
    if (!declared || others.length > 0 || !isAnswer(error)) throw error;
    const found = await lookAgain(access, declared, error);
    return "reason" in found ? { database: declared, tags: declared.tags, found } : lookedAt(found);
  }
}

/** The database of a plan, under whatever name it has by now. */
export async function lookUp(access: AwsAccess, database: TargetDatabase): Promise<Looked["found"]> {
  try {
    const instance = await describeDatabase(awsClients(accessTo(access, database)), database.identifier);
    if (instance.DbiResourceId === database.resourceId) return instance;
    return await lookAgain(access, database, undefined);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return lookAgain(access, database, error);
  }
}

/** Its name may be another by now, or another database's. `error` is why it was not found by its name. */
async function lookAgain(access: AwsAccess, database: TargetDatabase, error: unknown): Promise<Looked["found"]> {
  if (error !== undefined && describeError(error).code !== "database-unknown") return refused(error);
  try {
    const renamed = await findDatabaseById(awsClients(accessTo(access, database)), database.resourceId);
    const { identifier, resourceId } = database;
    const reason = `RDS has no ${identifier} (${resourceId}) in ${describeLocation(database)}`;
    return renamed ?? { reason, isGone: true };
  } catch (thrown) {
    if (!isAnswer(thrown)) throw thrown;
    return refused(thrown);
  }
}

function refused(error: unknown): { reason: string; isGone: false } {
  const { message, hint } = describeError(error);
  return { reason: hint ? `${message}; ${hint}` : `${message}; ${permission}`, isGone: false };
}
const permission =
  "the role that reads it needs rds:DescribeDBInstances, as docs/going-to-production.md, section 3, lists it";

/** That it is not there, or not for us; an API that could not be reached may answer the next attempt. */
function isAnswer(error: unknown): boolean {
  const { code } = describeError(error);
  const { name = "" } = (error ?? {}) as { name?: string };
  return answers.includes(code) || /AccessDenied|Unauthorized|NotAuthorized|AuthFailure|OptInRequired/.test(name);
}
const answers = ["database-unknown", "database-uncertain", "cloud-credentials", "role-not-assumed", "fleet-unreadable"];

const declaredAs = ({ database, account, region, stack }: OneDatabase, answer: StacksAnswer) =>
  (answer.asked ? answer.stacks : [])
    .flatMap(({ databases }) => databases)
    .filter(
      (one) =>
        one.identifier === database &&
        (account ?? one.account) === one.account &&
        (region ?? one.region) === one.region &&
        (stack ?? one.stack) === one.stack,
    );

function lookedAt(instance: DBInstance, name = instance.DBInstanceIdentifier ?? ""): Looked {
  const known = { identifier: name, arn: instance.DBInstanceArn ?? "", resourceId: instance.DbiResourceId ?? "" };
  return { database: targetDatabase(known), tags: tagsOf(instance), found: instance };
}
