import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { awsClients, type AwsAccess } from "../../../automation/targets/aws-access";

let server: Server;
let url: string;
let received: IncomingHttpHeaders[] = [];
const folder = mkdtempSync(join(tmpdir(), "shipshape-aws-access-"));
const environment = { ...process.env };

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(request.headers);
    request.resume();
    response.writeHead(200, {
      "content-type": request.headers["x-amz-target"] ? "application/x-amz-json-1.1" : "text/xml",
    });
    response.end(
      request.headers["x-amz-target"]
        ? "{}"
        : "<R><DescribeDBInstancesResult><DBInstances/></DescribeDBInstancesResult></R>",
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  received = [];
  for (const name of Object.keys(process.env)) if (/^AWS_/.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { AWS_ENDPOINT_URL: url, AWS_REGION: "eu-west-1", AWS_EC2_METADATA_DISABLED: "true" });
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  });
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (/^AWS_/.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
});

async function callBoth(access?: AwsAccess): Promise<void> {
  const { rds, secrets } = awsClients(access);
  try {
    await rds.send(new DescribeDBInstancesCommand({}));
    await secrets.send(new GetSecretValueCommand({ SecretId: "any" }));
  } finally {
    rds.destroy();
    secrets.destroy();
  }
}
const keys = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

test("temporary credentials from the environment are sent with their session token, signed for the environment's Region", async () => {
  Object.assign(process.env, keys, { AWS_SESSION_TOKEN: "the-token" });
  await callBoth();
  expect(received.map((h) => h["x-amz-security-token"])).toEqual(["the-token", "the-token"]);
  for (const { authorization } of received) expect(authorization).toMatch(/Credential=ASIAEXAMPLE\/\d+\/eu-west-1\//);
});

test("temporary credentials from a profile are sent with their session token", async () => {
  const credentials =
    "[work]\naws_access_key_id = ASIAPROFILE\naws_secret_access_key = secret\naws_session_token = of-the-profile\n";
  writeFileSync(join(folder, "of-work"), credentials);
  // The SDK caches files that it has read
  Object.assign(process.env, { AWS_PROFILE: "work", AWS_SHARED_CREDENTIALS_FILE: join(folder, "of-work") });
  await callBoth();
  expect(received.map((h) => h["x-amz-security-token"])).toEqual(["of-the-profile", "of-the-profile"]);
});

test("a configured cloud takes precedence over the environment, whose session token is not sent to it", async () => {
  Object.assign(process.env, keys, { AWS_SESSION_TOKEN: "of-production", AWS_ENDPOINT_URL_RDS: "http://127.0.0.1:9" });
  await callBoth({
    cloud: { endpoint: url, region: "eu-central-1", credentials: { accessKeyId: "AKIALOCAL", secretAccessKey: "x" } },
  });
  expect(received.map((h) => h["x-amz-security-token"])).toEqual([undefined, undefined]);
  for (const { authorization } of received) expect(authorization).toContain("Credential=AKIALOCAL/");
});

test("a refused connection, missing credentials and a missing Region each have a code and say what to do", async () => {
  Object.assign(process.env, keys, { AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
  await expect(callBoth()).rejects.toMatchObject({
    code: "cloud-unreachable",
    message: expect.stringContaining("127.0.0.1:9") as string,
  });
  Object.assign(process.env, { AWS_ENDPOINT_URL: url });
  delete process.env["AWS_REGION"];
  await expect(callBoth()).rejects.toMatchObject({
    code: "cloud-region",
    hint: expect.stringContaining("AWS_REGION") as string,
  });
  process.env["AWS_REGION"] = "eu-west-1";
  delete process.env["AWS_ACCESS_KEY_ID"];
  await expect(callBoth()).rejects.toMatchObject({
    code: "cloud-credentials",
    hint: expect.stringContaining("get-caller-identity") as string,
  });
});

test("if this process may no longer act, nothing is sent", async () => {
  Object.assign(process.env, keys);
  const beforeCall = () => {
    throw new Error("replaced");
  };
  await expect(callBoth({ beforeCall })).rejects.toThrow("replaced");
  expect(received).toEqual([]);
});
