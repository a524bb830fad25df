import { z } from "zod";
import { type Call, type Service, action } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import { callerOf } from "../wire/caller";
import { integer, text } from "../wire/query-input";
import { findRole, trusts } from "./roles";
import { issueSession, type Session } from "./sessions";

const otherIdentities = "the embedded cloud has users, one for each access key, and roles that they assume";

const assumption = z.strictObject({
  RoleArn: text,
  RoleSessionName: text,
  ExternalId: text.optional(),
  DurationSeconds: integer.default(3600),
});

export const sts: Service = {
  name: "sts",
  protocol: "query",
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  actions: [
    action({
      name: "GetCallerIdentity",
      input: z.strictObject({}),
      run(_input, call) {
        const { arn, userId, accountId } = callerOf(call);
        return { Arn: arn, UserId: userId, Account: accountId };
      },
    }),
    action({ name: "AssumeRole", input: assumption, run: assumeRole }),
  ],
  notSupported: {
    AssumeRoleWithWebIdentity: otherIdentities,
    AssumeRoleWithSAML: otherIdentities,
    GetSessionToken: otherIdentities,
    GetFederationToken: otherIdentities,
  },
};

/** As on AWS, a role that does not exist is refused in the same words as one that may not be assumed. */
function assumeRole(input: z.output<typeof assumption>, call: Call): object {
  const { RoleArn, RoleSessionName, ExternalId, DurationSeconds } = input;
  const [, accountId = "", roleName = ""] =
    /^arn:aws:iam::(\d{12}):role\/(?:[!-~]+\/)?([\w+=,.@-]{1,64})$/.exec(RoleArn) ?? [];
  if (roleName === "") throw new AwsError("ValidationError", `${RoleArn} is invalid`);
  refuse(
    !/^[\w+=,.@-]{2,64}$/.test(RoleSessionName),
    `1 validation error detected: Value '${RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*, and have 2 to 64 characters`,
  );
  const { cloud, session: by } = call;
  const caller = callerOf(call);
  const role = findRole(cloud.accounts.find(accountId), RoleArn);
  const asking = {
    arns: [caller.arn, ...(by ? [by.roleArn] : [])],
    accountId: caller.accountId,
    externalId: ExternalId,
  };
  if (!role || !trusts(role.properties["assumeRolePolicy"], asking))
    throw new AwsError(
      "AccessDenied",
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      403,
    );
  refuseDuration(DurationSeconds, Number(role.properties["maxSessionDuration"] ?? 3600), by);
  const now = Date.now();
  const session: Session = {
    accountId,
    roleName,
    roleArn: role.arn,
    roleId: String(role.properties["uniqueId"]),
    name: RoleSessionName,
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + DurationSeconds * 1000).toISOString(),
  };
  const { accessKeyId, secretAccessKey, sessionToken } = issueSession(cloud.settings.dataFolder, session);
  const { arn, userId } = callerOf({ accessKeyId, session });
  return {
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: session.expiresAt,
    },
  };
}

function refuseDuration(seconds: number, secondsMax: number, by: Session | undefined): void {
  refuse(
    seconds < 900 || seconds > 43_200,
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value from 900 to 43200`,
  );
  refuse(seconds > secondsMax, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  refuse(
    by !== undefined && seconds > 3600,
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
  );
}

function refuse(isWrong: boolean, message: string): void {
  if (isWrong) throw new AwsError("ValidationError", message);
}
