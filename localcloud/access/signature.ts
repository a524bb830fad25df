import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AccessKey } from "./access-keys";

/** What a signature covers, besides the time and the key. */
export interface SignedParts {
  method: string;
  url: URL;
  /** Exactly the headers that are signed, by their lower-case names. */
  headers: Record<string, string>;
  body: Uint8Array | string;
}

/** Where a signature is valid: a Region and a service, at a time. */
export interface SignatureScope {
  region: string;
  service: string;
  date: Date;
}

/**
 * The service name in signatures of calls to the cloud's own routes, so that no signed AWS call is ever mistaken for
 * one.
 */
export const ownService = "shipshape";

/** The value of the Authorization header, by AWS signature version 4. */
export async function authorizationOf(parts: SignedParts, key: AccessKey, scope: SignatureScope): Promise<string> {
  const signer = new SignatureV4({
    credentials: key,
    region: scope.region,
    service: scope.service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { url, ...rest } = parts;
  const request = { ...rest, protocol: url.protocol, hostname: url.hostname, path: url.pathname, query: queryOf(url) };
  const signed = await signer.sign(request, {
    signingDate: scope.date,
    signableHeaders: new Set(Object.keys(parts.headers)),
  });
  return signed.headers.authorization ?? "";
}

/**
 * Calls one of the cloud's own routes. The secret only signs and is never sent: another program may have taken the
 * cloud's port.
 */
export async function fetchSigned(
  url: URL,
  key: AccessKey & { sessionToken?: string | undefined },
  call: { method: string; body?: string | undefined; signal?: AbortSignal },
): Promise<Response> {
  const date = new Date();
  const headers: Record<string, string> = {
    host: url.host,
    "content-type": "application/json",
    "x-amz-date": amzDate(date),
    ...(key.sessionToken && { "x-amz-security-token": key.sessionToken }),
  };
  const parts = { method: call.method, url, headers, body: call.body ?? "" };
  const authorization = await authorizationOf(parts, key, { region: "local", service: ownService, date });
  return fetch(url, { ...call, headers: { ...headers, authorization } });
}

/** `20261126T143000Z` */
const amzDate = (date: Date): string => `${date.toISOString().replaceAll(/[-:]|\.\d{3}/g, "")}`;

function queryOf(url: URL): Record<string, string | string[]> {
  return Object.fromEntries([...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]));
}

/** Node's own SHA-256 and HMAC behind the interface that the signer expects. */
class Sha256 {
  private hash: Hash | Hmac;

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = this.start();
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }

  reset(): void {
    this.hash = this.start();
  }

  private start(): Hash | Hmac {
    if (this.secret === undefined) return createHash("sha256");
    const { secret } = this;
    return createHmac(
      "sha256",
      typeof secret === "string"
        ? secret
        : ArrayBuffer.isView(secret)
          ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
          : new Uint8Array(secret),
    );
  }
}
