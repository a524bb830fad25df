/** Which cloud, account and Region answered. */
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { QueriedCloud } from "../fleet-records";

/** Later calls go through this client; afterwards the returned function says where they went. */
export function addressOfAnswers(client: RDSClient): () => string {
  let address = "";
  client.middlewareStack.add(
    (next) => (call) => {
      const { protocol, hostname, port } = call.request as { protocol: string; hostname: string; port?: number };
      address = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
      return next(call);
    },
    { step: "finalizeRequest", priority: "low", name: "noteAddress", override: true },
  );
  return () => address;
}

/** The account is the fifth part of an ARN. */
export const accountIn = (arns: readonly (string | undefined)[]): string | undefined =>
  arns.map((arn) => arn?.split(":")[4]).find(Boolean);

export async function accountOf(sts: STSClient): Promise<string | undefined> {
  return sts.send(new GetCallerIdentityCommand({})).then(
    ({ Account }) => Account,
    () => undefined,
  );
}

/** "AWS, account 123456789012, Region eu-central-1". */
export function describeCloud({ account, region, address }: QueriedCloud): string {
  const { hostname } = new URL(address);
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  const cloud = /\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(hostname)
    ? "AWS"
    : `${isHere ? "an embedded cloud" : "a cloud"} at ${address}, not AWS`;
  return `${cloud}, account ${account ?? "unknown"}, Region ${region}`;
}
