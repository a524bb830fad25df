import { z } from "zod";
import { type Service, action } from "../wire/action";
import { accountId } from "../wire/arn";
import { callerOf } from "../wire/caller";

const otherIdentities = "the embedded cloud has no roles to assume: every access key is its own user";

export const sts: Service = {
  name: "sts",
  protocol: "query",
  namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  actions: [
    action({
      name: "GetCallerIdentity",
      input: z.strictObject({}),
      run(_input, { accessKeyId }) {
        const { arn, userId } = callerOf(accessKeyId);
        return { Arn: arn, UserId: userId, Account: accountId };
      },
    }),
  ],
  notSupported: {
    AssumeRole: otherIdentities,
    AssumeRoleWithWebIdentity: otherIdentities,
    AssumeRoleWithSAML: otherIdentities,
    GetSessionToken: otherIdentities,
    GetFederationToken: otherIdentities,
  },
};
