import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AccessKey } from "../../../localcloud/access/access-keys";
import { authorizationOf } from "../../../localcloud/access/signature";
import { type Cloud, startCloud } from "../../cloud";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => cloud?.stop());

interface Signing {
  path?: string;
  service?: string;
  body?: string;
  key?: AccessKey;
  date?: Date;
  headers?: Record<string, string>;
  /** Headers that are sent and not signed. */
  unsigned?: Record<string, string>;
}

/** A request that is valid except for the parts a test changes, ready for `send`. */
async function signed({
  path = "/",
  service = "sts",
  body = identity,
  key = cloud.client().credentials,
  date = new Date(),
  ...rest
}: Signing = {}) {
  const url = new URL(path, cloud.url);
  const headers = { host: url.host, "x-amz-date": date.toISOString().replaceAll(/[-:]|\.\d{3}/g, ""), ...rest.headers };
  const authorization = await authorizationOf({ method: "POST", url, headers, body }, key, {
    region: "eu-central-1",
    service,
    date,
  });
  return { path, body, headers: { ...headers, authorization, ...rest.unsigned } as Record<string, string> };
}

async function send({ path, body, headers }: Awaited<ReturnType<typeof signed>>): Promise<[number, string]> {
  const response = await fetch(new URL(path, cloud.url), { method: "POST", body, headers });
  return [response.status, await response.text()];
}

const identity = "Action=GetCallerIdentity&Version=2011-06-15";
const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

test("only the owner can read the data folder's key, and it signs", async () => {
  expect(await send(await signed())).toEqual([200, expect.stringContaining("user/shipshapelocal<")]);
  expect(statSync(join(cloud.dataFolder, "access-keys")).mode & 0o777).toBe(0o700);
  expect(statSync(join(cloud.dataFolder, "access-keys", "AKIASHIPSHAPELOCAL00")).mode & 0o777).toBe(0o600);
});

test("another secret or an unknown key is refused, in the terms of each protocol", async () => {
  const own = cloud.client().credentials;
  const wrong = { ...cloud.client(), credentials: { ...own, secretAccessKey: "local" } };
  const unknown = {
    ...cloud.client(),
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x".repeat(40) },
  };
  const elsewhere = { ...cloud.client(), credentials: { ...own, accessKeyId: ".." } };
  const temporary = { ...cloud.client(), credentials: { ...own, sessionToken: "of another account" } };
  const refused = async (call: Promise<unknown>) => {
    const error = (await call.catch((thrown: unknown) => thrown)) as Error & { $metadata: { httpStatusCode: number } };
    return [error.name, error.$metadata?.httpStatusCode];
  };
  const rds = (settings: typeof wrong) => {
    const client = new RDSClient(settings);
    return refused(client.send(new DescribeDBInstancesCommand({}))).finally(() => client.destroy());
  };
  const secrets = (settings: typeof wrong) => {
    const client = new SecretsManagerClient(settings);
    return refused(client.send(new ListSecretsCommand({}))).finally(() => client.destroy());
  };
  expect(await rds(wrong)).toEqual(["SignatureDoesNotMatch", 403]);
  expect(await secrets(wrong)).toEqual(["InvalidSignatureException", 400]);
  for (const settings of [unknown, elsewhere, temporary]) {
    expect(await rds(settings)).toEqual(["InvalidClientTokenId", 403]);
    expect(await secrets(settings)).toEqual(["UnrecognizedClientException", 400]);
  }
});

test("no part of a signed request can be changed", async () => {
  const mismatch = [403, expect.stringContaining("<Code>SignatureDoesNotMatch</Code>")];
  const request = await signed({ headers: { "x-amz-target": "a.B" }, service: "sts" });
  expect(await send({ ...request, body: `${identity}&X=1` })).toEqual([400, expect.anything()]); // a JSON client's code
  const form = await signed();
  expect(await send({ ...form, body: "Action=AssumeRole&Version=2011-06-15" })).toEqual(mismatch);
  expect(await send({ ...form, path: "/?Action=AssumeRole" })).toEqual(mismatch);
  expect(
    await send({
      ...form,
      headers: { ...form.headers, authorization: form.headers.authorization!.replace("/sts/", "/rds/") },
    }),
  ).toEqual(mismatch);
  expect(
    await send({
      ...form,
      headers: { ...form.headers, authorization: form.headers.authorization!.replace("eu-central-1", "us-east-1") },
    }),
  ).toEqual(mismatch);
  expect(await send(await signed({ unsigned: { "x-amz-target": "secretsmanager.ListSecrets" } }))).toEqual([
    400,
    expect.stringContaining("InvalidSignatureException"),
  ]);
  expect(await send(await signed({ headers: { "x-amz-content-sha256": sha256("another body") } }))).toEqual(mismatch);
  const { authorization: _left, ...bare } = form.headers;
  expect(await send({ ...form, headers: bare })).toEqual([
    403,
    expect.stringContaining("<Code>MissingAuthenticationToken</Code>"),
  ]);
});

test("a signature is valid for a quarter of an hour, in both directions, by the real clock", async () => {
  for (const skew of [-14, 14]) expect((await send(await signed({ date: minutes(skew) })))[0]).toBe(200);
  for (const skew of [-16, 16, 60 * 24 * 365])
    expect(await send(await signed({ date: minutes(skew) }))).toEqual([
      403,
      expect.stringContaining("Signature expired"),
    ]);
  await callOwn(cloud, "PUT", "/shipshape/clock", { offsetSeconds: 8 * 86_400 });
  const client = new STSClient(cloud.client());
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: "123456789012" });
  client.destroy();
  await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
});

test("clients may sign the hash of the body, leave the body unsigned, and sign more headers and a query", async () => {
  const forms: Signing[] = [
    { headers: { "x-amz-content-sha256": sha256(identity) } },
    { headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
    {
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "user-agent": "spaces  and	tabs",
        "x-custom": " a   b ",
      },
    },
    { path: "/?b=2&a=%C3%BC+%2F&a=1" },
    { body: `${identity}&Note=${encodeURIComponent("ü & ☃")}` },
  ];
  for (const form of forms) expect((await send(await signed(form)))[0]).toBe(form.body === undefined ? 200 : 400);
});

test("the cloud's own routes require a signature too, and one made for them", async () => {
  const status = new URL("/shipshape/status", cloud.url);
  expect((await fetch(status)).status).toBe(403);
  expect(
    await (
      await fetch(new URL("/shipshape/database-url", cloud.url), { method: "POST", body: '{"identifier":"x"}' })
    ).json(),
  ).toMatchObject({
    code: "AccessDenied",
  });
  expect((await fetch(new URL("/shipshape/nothing", cloud.url))).status).toBe(403);
  const forAws = await signed({ path: "/shipshape/stop", service: "rds", body: "" });
  expect(await send(forAws)).toEqual([403, expect.stringContaining("signed for rds")]);
  expect((await callOwn(cloud, "GET", "/shipshape/status")).body.pid).toBe(cloud.pid);
});

test("an unknown service is answered with the known ones", async () => {
  expect((await send(await signed({ service: "s3", body: "Action=ListBuckets" })))[1]).toMatch(
    /no service 's3'; it has: rds/,
  );
});

/** Skipped where the machine has no such program. */
const whereAwsIs = spawnSync("aws", ["--version"]).status === 0 ? test : test.skip;

whereAwsIs("the aws command signs as the cloud expects, and is refused with another secret", () => {
  const aws = (environment: Record<string, string>) =>
    execFileSync("aws", ["rds", "describe-db-instances", "--output", "json"], {
      env: { ...cloud.env, ...environment },
      encoding: "utf8",
      stdio: "pipe",
    });
  expect(JSON.parse(aws({}))).toEqual({ DBInstances: [] });
  expect(() => aws({ AWS_SECRET_ACCESS_KEY: "local" })).toThrow(/SignatureDoesNotMatch/);
});

describe("what no client sends, but an attacker might", () => {
  const good = async (more: Signing = {}) => (await signed(more)).headers;
  /** Sends a request byte for byte, and returns the first line of the response. */
  const raw = (
    line: string,
    headers: Record<string, string>,
    content: string = identity,
    change = (text: string) => text,
  ) => {
    const text = change(
      `${line} HTTP/1.1\r\n${Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join("\r\n")}\r\ncontent-length: ${Buffer.byteLength(content)}\r\nconnection: close\r\n\r\n${content}`,
    );
    return new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(cloud.url).port), "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.setTimeout(10_000, () => socket.destroy(new Error("no answer")));
      socket.on("data", (part: Buffer) => (answer += part.toString("latin1")));
      socket.on("close", () => resolve(answer));
      socket.on("error", (error: NodeJS.ErrnoException) =>
        error.code === "ECONNRESET" ? resolve(answer) : reject(error),
      );
    });
  };
  const isRefused = (answer: string) => expect(answer).toMatch(/^HTTP\/1\.1 (400|403|404|405) /);

  test("the unchanged request is accepted", async () =>
    expect(await raw("POST /", await good())).toMatch(/^HTTP\/1\.1 200 /));

  test.each([
    "localhost.",
    "127.0.0.1.nip.io",
    "evil.example",
    "127.0.0.1@evil.example",
    "127.1",
    "0.0.0.0",
    "2130706433",
    "[::ffff:127.0.0.1]",
    "localhost:80:80",
  ])("the Host %s, though signed", async (host) => isRefused(await raw("POST /", await good({ headers: { host } }))));

  test.each([
    "GET //shipshape/status",
    "GET /shipshape/../shipshape/status",
    "GET /%73hipshape/status",
    "GET /shipshape/status/",
    "GET /shipshape\\status",
    "GET http://evil.example/shipshape/status",
    "GET /shipshape/status?X-Amz-Signature=0",
    "OPTIONS /shipshape/status",
    "HEAD /",
    "PUT /",
    "PATCH /shipshape/clock",
    "DELETE /shipshape/recorded",
    "TRACE /",
  ])("%s without a signature", async (line) => isRefused(await raw(line, { host: new URL(cloud.url).host }, "")));

  test("a signature in the URL, which would end up in histories and logs", async () => {
    const { accessKeyId } = cloud.client().credentials;
    const scope = encodeURIComponent(`${accessKeyId}/20261126/eu-central-1/sts/aws4_request`);
    const line = `POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-Date=20261126T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=${"0".repeat(64)}`;
    expect(await raw(line, { host: new URL(cloud.url).host })).toContain("MissingAuthenticationToken");
  });

  test("a body in signed chunks, two lengths, headers given twice, and a request that a page sends", async () => {
    isRefused(
      await raw("POST /", await good({ headers: { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" } })),
    );
    isRefused(await raw("POST /", { ...(await good()), "transfer-encoding": "chunked" }));
    isRefused(
      await raw("POST /", await good(), identity, (text) =>
        text.replace("x-amz-date:", "x-amz-date: 20200101T000000Z\r\nx-amz-date:"),
      ),
    );
    isRefused(
      await raw("POST /", await good(), identity, (text) => text.replace("host:", "host: evil.example\r\nhost:")),
    );
    isRefused(await raw("POST /", { ...(await good()), origin: "null" }));
  });

  test("a signature for another day, algorithm, header list, Region or key that leads out of its folder", async () => {
    const headers = await good();
    const { accessKeyId } = cloud.client().credentials;
    const changes: ((text: string) => string)[] = [
      (text) => text.replace(/\/\d{8}\//, "/20200101/"),
      (text) => text.replace("HMAC-SHA256", "ECDSA-P256-SHA256"),
      (text) => text.replace(/SignedHeaders=[^,]+/, "SignedHeaders="),
      (text) => text.replace(/SignedHeaders=[^,]+/, "SignedHeaders=host"),
      (text) => text.replace("eu-central-1", "eu-west-1"),
      (text) => text.replace(accessKeyId, "../start.json"),
      (text) => text.replace(accessKeyId, `${accessKeyId}%00`),
    ];
    for (const change of changes)
      isRefused(await raw("POST /", { ...headers, authorization: change(headers["authorization"] ?? "") }));
  });

  test("a request with an unsigned body is bound to its service: another service's call is refused", async () => {
    const headers = await good({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    isRefused(await raw("POST /", headers, "Action=DescribeDBInstances&Version=2014-10-31"));
  });

  test("a signature for a read of a local route, used for a change", async () => {
    const headers = await good({ path: "/shipshape/status", service: "shipshape", body: "" });
    isRefused(await raw("POST /shipshape/stop", headers, ""));
    isRefused(await raw("PUT /shipshape/status", { ...headers, "x-http-method-override": "POST" }, ""));
    expect((await callOwn(cloud, "GET", "/shipshape/status")).status).toBe(200);
  });
});
