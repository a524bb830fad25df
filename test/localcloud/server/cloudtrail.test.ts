import {
  CloudTrailClient,
  type Event,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from "@aws-sdk/client-cloudtrail";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../../cloud";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => cloud?.stop());

/** A client of another user: each access key is its own user. */
const as = (accessKeyId: string) => cloud.client(accessKeyId);

async function lookUp(asked: LookupEventsCommandInput): Promise<Event[]> {
  return (await new CloudTrailClient(as("AKIAAUDITOR000000000")).send(new LookupEventsCommand(asked))).Events ?? [];
}

const by = (
  AttributeKey: "EventName" | "ResourceName" | "Username" | "EventSource" | "AccessKeyId" | "ReadOnly",
  AttributeValue: string,
) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

test("an access key is one user, the same on every call, and another key is another user", async () => {
  const identity = (key: string) => new STSClient(as(key)).send(new GetCallerIdentityCommand({}));
  const first = await identity("AKIAALICE00000000001");
  expect(first).toMatchObject({
    Account: "123456789012",
    Arn: "arn:aws:iam::123456789012:user/alice00000000001",
    UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
  });
  expect((await identity("AKIAALICE00000000001")).UserId).toBe(first.UserId);
  expect((await identity("AKIABOB0000000000001")).UserId).not.toBe(first.UserId);
});

test("a call is found by its name, resource, user, key, source and kind, with its error", async () => {
  const mallory = new SecretsManagerClient(as("AKIAMALLORY000000001"));
  await mallory.send(new CreateSecretCommand({ Name: "trailed", SecretString: "do not log me" }));
  await mallory.send(new GetSecretValueCommand({ SecretId: "not-there" })).catch(() => undefined);

  const [created] = await lookUp(by("ResourceName", "trailed"));
  expect(created).toMatchObject({
    EventName: "CreateSecret",
    Username: "mallory000000001",
    AccessKeyId: "AKIAMALLORY000000001",
    ReadOnly: "false",
    EventSource: "secretsmanager.amazonaws.com",
  });
  expect(created!.EventTime!.getTime()).toBeGreaterThan(Date.now() - 60_000);
  for (const attribute of [by("Username", "mallory000000001"), by("AccessKeyId", "AKIAMALLORY000000001")])
    expect((await lookUp(attribute)).map((event) => event.EventName)).toEqual(["GetSecretValue", "CreateSecret"]);
  const [failed] = await lookUp(by("ResourceName", "not-there"));
  expect(JSON.parse(failed!.CloudTrailEvent!)).toMatchObject({
    errorCode: "ResourceNotFoundException",
    eventName: "GetSecretValue",
    requestParameters: { secretId: "not-there" },
    userIdentity: { userName: "mallory000000001" },
  });
  expect((await lookUp(by("ReadOnly", "false"))).every((event) => event.ReadOnly === "false")).toBe(true);
  expect((await lookUp(by("EventSource", "rds.amazonaws.com"))).map((event) => event.EventId)).not.toContain(
    created!.EventId,
  );
});

test("no secret is in the log", () => {
  expect(readFileSync(join(cloud.dataFolder, "cloud", "calls.jsonl"), "utf8")).not.toContain("do not log me");
});

test("calls are listed newest first, page by page, each once even when others are made in between", async () => {
  const pager = new SecretsManagerClient(as("AKIAPAGER00000000001"));
  for (let call = 0; call < 5; call += 1) await pager.send(new ListSecretsCommand({}));
  const trail = new CloudTrailClient(as("AKIAAUDITOR000000000"));
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page = await trail.send(
      new LookupEventsCommand({ ...by("Username", "pager00000000001"), MaxResults: 2, NextToken: token }),
    );
    ids.push(...(page.Events ?? []).map((event) => event.EventId!));
    if (ids.length === 2) await pager.send(new ListSecretsCommand({}));
    token = page.NextToken;
  } while (token !== undefined);
  expect([ids.length, new Set(ids).size]).toEqual([5, 5]);
});

test("times follow the cloud's clock, and a lookup can be bounded by them", async () => {
  await callOwn(cloud, "PUT", "/shipshape/clock", { now: "2030-01-01T00:00:00Z" });
  await new SecretsManagerClient(as("AKIALATER00000000001")).send(new ListSecretsCommand({}));
  await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
  const around = await lookUp({
    StartTime: new Date("2029-12-31T00:00:00Z"),
    EndTime: new Date("2030-01-02T00:00:00Z"),
  });
  expect(around.map((event) => event.Username)).toEqual(["later00000000001"]);
});

test("the log survives a kill of the server", async () => {
  await cloud.kill("SIGKILL");
  await cloud.restart();
  expect(await lookUp(by("ResourceName", "trailed"))).toHaveLength(1);
});

test.each<[string, LookupEventsCommandInput, string]>([
  ["an end before the start", { StartTime: new Date(2_000), EndTime: new Date(1_000) }, "InvalidTimeRangeException"],
  ["too large a page", { MaxResults: 51 }, "InvalidMaxResultsException"],
  [
    "two attributes",
    { LookupAttributes: [...by("EventName", "a").LookupAttributes, ...by("Username", "b").LookupAttributes] },
    "InvalidLookupAttributesException",
  ],
  ["an unknown token", { NextToken: "none" }, "InvalidNextTokenException"],
  ["insights", { EventCategory: "insight" }, "InvalidParameterException"],
])("%s is refused", async (_what, asked, code) => {
  await expect(lookUp(asked)).rejects.toMatchObject({ name: code });
});
