import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { accountOfKey, findAccessKey } from "../../access/access-keys";
import { authorizationOf } from "../../access/signature";
import { limits } from "../limits";
import { findSession, type Session } from "../sts/sessions";

/** A request as received, before anything in it is trusted. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The authenticated caller, and the service and Region of the signature. */
export interface Signer {
  readonly accessKeyId: string;
  readonly accountId: string;
  /** Of an assumed role. */
  readonly session?: Session | undefined;
  readonly region: string;
  readonly service: string;
}

/** Why authentication failed, in AWS's terms; each protocol has its own code for it. */
export class NotAuthenticated extends Error {
  constructor(
    readonly fault: "missing" | "unknown-key" | "expired" | "wrong-signature",
    message: string,
  ) {
    super(message);
  }
}

const freshEnvironment = 'run `eval "$(npx shipshape local env)"` in this shell';

/**
 * Checks AWS signature version 4 against the keys in the data folder. The body, the address and every header that AWS
 * reads must be covered, so that no part of a signed request can be changed or reused for another one.
 * @throws NotAuthenticated
 */
export async function authenticate(request: ReceivedRequest, dataFolder: string): Promise<Signer> {
  const claim = readClaim(request.headers);
  const token = request.headers["x-amz-security-token"];
  const { key, session } =
    token === undefined
      ? { key: findAccessKey(dataFolder, claim.accessKeyId), session: undefined }
      : (findSession(dataFolder, String(token)) ?? { key: undefined, session: undefined });
  if (key?.accessKeyId !== claim.accessKeyId)
    throw new NotAuthenticated(
      "unknown-key",
      `The security token included in the request is invalid: it is not a key of this embedded cloud; ${freshEnvironment}`,
    );
  const date = signingDate(request.headers["x-amz-date"]);
  const headers = signedHeaders(request.headers, claim.headerNames);
  checkBody(request);
  const authorization = await authorizationOf({ ...request, headers }, key, {
    region: claim.region,
    service: claim.service,
    date,
  });
  const expected = Buffer.from(/Signature=([0-9a-f]+)$/.exec(authorization)?.[1] ?? "");
  const given = Buffer.from(claim.signature);
  if (claim.day !== dayOf(date) || given.length !== expected.length || !timingSafeEqual(given, expected))
    throw wrong(
      `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method; ${freshEnvironment}`,
    );
  if (session && Date.parse(session.expiresAt) <= Date.now())
    throw new NotAuthenticated(
      "expired",
      `The security token included in the request is expired, since ${session.expiresAt}`,
    );
  const { region, service } = claim;
  return { accessKeyId: key.accessKeyId, accountId: accountOfKey(key.accessKeyId), session, region, service };
}

/** The parsed Authorization header. */
interface Claim extends Pick<Signer, "accessKeyId" | "region" | "service"> {
  readonly day: string;
  readonly headerNames: readonly string[];
  readonly signature: string;
}

/** Undefined where the request has no signature of version 4. */
export function readClaim(headers: IncomingHttpHeaders): Claim {
  const header = headers.authorization ?? "";
  const scope = /Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/.exec(header);
  const [, accessKeyId = "", day = "", region = "", service = ""] = scope ?? [];
  const headerNames = /SignedHeaders=([^,\s]+)/.exec(header)?.[1]?.split(";") ?? [];
  const signature = /Signature=([0-9a-f]{64})(?:[,\s]|$)/.exec(header)?.[1];
  if (!header.startsWith("AWS4-HMAC-SHA256 ") || !scope || signature === undefined)
    throw new NotAuthenticated(
      "missing",
      `the request carries no AWS signature (version 4) in its Authorization header; ${freshEnvironment}`,
    );
  return { accessKeyId, day, region, service, headerNames, signature };
}

/** Must be near the real time, which signers use, whatever the cloud's clock is set to. */
function signingDate(text: string | string[] | undefined): Date {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(text)) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime()))
    throw wrong("the header X-Amz-Date is missing, or not a time such as 20260131T120000Z");
  const now = new Date();
  if (Math.abs(now.getTime() - date.getTime()) > limits.signatureAgeMs)
    throw wrong(
      `Signature expired: the request was signed at ${date.toISOString()}, and it is ${now.toISOString()} now`,
    );
  return date;
}

function signedHeaders(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const needed = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  const left = needed.filter((name) => !names.includes(name));
  if (left.length > 0) throw wrong(`these headers must be signed, but are not: ${left.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, [headers[name] ?? ""].flat().join(",")]));
}

/** The signed hash is the body's, unless the signer left the body unsigned. */
function checkBody({ headers, body }: ReceivedRequest): void {
  const claimed = headers["x-amz-content-sha256"];
  if (claimed === undefined || claimed === "UNSIGNED-PAYLOAD") return;
  if (claimed !== createHash("sha256").update(body).digest("hex"))
    throw wrong("The header x-amz-content-sha256 is not the hash of the body");
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10).replaceAll("-", "");

const wrong = (message: string): NotAuthenticated => new NotAuthenticated("wrong-signature", message);
