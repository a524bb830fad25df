/**
 * The requester: the caller that STS reports if there are AWS credentials for AWS, otherwise the operating system's
 * user. No flag or variable can set it.
 */
import { userInfo } from "node:os";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { reasonOf, ShipshapeError } from "../errors";
import { principalAnswerSeconds } from "./limits";

/** Errors: principal-unknown, if there are AWS credentials and AWS does not say whose. */
export async function principal(sts: STSClient = new STSClient({})): Promise<string> {
  let answers = true;
  // An endpoint can be set in many ways, and any server can return any name: only AWS's own is trusted.
  sts.middlewareStack.add(
    (next) => async (call) => {
      answers = isAws(call.request);
      if (!answers) throw new Error("not an endpoint of AWS");
      return next(call);
    },
    { step: "finalizeRequest", priority: "low", name: "askAwsAlone" },
  );
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(principalAnswerSeconds * 1000),
    });
    if (Arn) return Arn;
    throw new Error("STS gave no ARN");
  } catch (error) {
    if (!answers || noCredentials.has((error as Error).name) || reasonOf(error) === "Region is missing")
      return operatingSystemUser();
    throw new ShipshapeError("principal-unknown", { reason: reasonOf(error) }, { cause: error });
  } finally {
    sts.destroy();
  }
}

/** The user name of this process's uid; not `USER`, which anyone can set. */
export function operatingSystemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`; // a container's user without a name
  }
}

/** There are no credentials at all, as on a machine that never uses AWS. */
const noCredentials = new Set(["CredentialsProviderError"]);

function isAws(request: unknown): boolean {
  const { protocol, hostname } = request as { protocol: string; hostname: string };
  return protocol === "https:" && /^sts(-fips)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/.test(hostname);
}
