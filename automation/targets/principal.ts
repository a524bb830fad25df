/**
 * The requester: the caller that STS reports if there are credentials, otherwise the operating system's user. No flag or
 * variable can set it.
 */
import { userInfo } from "node:os";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { reasonOf, ShipshapeError } from "../errors";
import { embeddedPrincipal } from "../principals";
import { telling } from "./aws-calls";
import { principalAnswerSeconds } from "./limits";

/**
 * AWS's own STS is always trusted; that of an embedded cloud only for its own control plane: any server can return any
 * name, and an endpoint can be set in many ways. Errors: principal-unknown, if there are credentials and nobody says
 * whose.
 */
export async function principal(
  isControlPlaneEmbedded: () => Promise<boolean>,
  sts: STSClient = telling(new STSClient({})),
): Promise<string> {
  let asked: "aws" | "embedded" | "nobody" = "nobody";
  sts.middlewareStack.add(
    (next) => async (call) => {
      if (isAws(call.request)) asked = "aws";
      else if (isHere(call.request) && (await isControlPlaneEmbedded())) asked = "embedded";
      else {
        asked = "nobody";
        throw new Error("not an endpoint of AWS");
      }
      return next(call);
    },
    { step: "finalizeRequest", priority: "low", name: "askTrusted" },
  );
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(principalAnswerSeconds * 1000),
    });
    if (!Arn) throw new Error("STS gave no ARN");
    return (asked as string) === "embedded" ? issuedName(Arn) : Arn;
  } catch (error) {
    if (asked === "nobody" || noCredentials.has((error as Error).name) || reasonOf(error) === "Region is missing")
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

/** The name of a key of `local env --as <name>`. The key of plain `local env` is that of the operating system's user. */
function issuedName(arn: string): string {
  const [, name] = /^arn:aws:iam::\d{12}:user\/([a-z0-9]{1,16})$/.exec(arn) ?? [];
  if (name === undefined) throw new Error(`the embedded cloud gave ${arn}, which is not one of its users`);
  const user = operatingSystemUser();
  return name === "shipshapelocal" ? user : embeddedPrincipal(user, name);
}

function isAws(request: unknown): boolean {
  const { protocol, hostname } = request as { protocol: string; hostname: string };
  return protocol === "https:" && /^sts(-fips)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/.test(hostname);
}

function isHere(request: unknown): boolean {
  const { protocol, hostname } = request as { protocol: string; hostname: string };
  return protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
