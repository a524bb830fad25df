import { fetchSigned } from "../../../localcloud/access/signature";
import type { Cloud } from "../../cloud";

export interface OwnAnswer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- responses differ by endpoint, and tests read single members
  body: any;
}

/** Calls one of the server's own endpoints, below `/shipshape/`. */
export async function callOwn(
  cloud: Pick<Cloud, "url" | "client">,
  method: string,
  path: string,
  body?: unknown,
): Promise<OwnAnswer> {
  const response = await fetchSigned(new URL(`${cloud.url}${path}`), cloud.client().credentials, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}
