import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../../cloud";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
let secrets: SecretsManagerClient;

beforeAll(async () => {
  cloud = await startCloud();
  secrets = cloud.secrets;
});
afterAll(async () => cloud?.stop());

const create = (name: string, value = "first") =>
  secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }));
const read = (id: string, asked: { VersionStage?: string; VersionId?: string } = {}) =>
  secrets.send(new GetSecretValueCommand({ SecretId: id, ...asked }));

test("a secret is read back by its name, its ARN, and its ARN without the random suffix", async () => {
  const { ARN } = await create("shipshape/orders/production/orders/owner", "s3cret");
  expect(ARN).toMatch(
    /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:shipshape\/orders\/production\/orders\/owner-[A-Za-z0-9]{6}$/,
  );
  for (const id of ["shipshape/orders/production/orders/owner", ARN!, ARN!.slice(0, -7)])
    expect((await read(id)).SecretString).toBe("s3cret");
});

test("a new value becomes current, the old one previous, the one before loses its stage", async () => {
  const { VersionId: first } = await create("versions");
  await secrets.send(new PutSecretValueCommand({ SecretId: "versions", SecretString: "second" }));
  const { VersionId: third } = await secrets.send(
    new UpdateSecretCommand({ SecretId: "versions", SecretString: "third" }),
  );
  expect((await read("versions")).VersionId).toBe(third);
  expect((await read("versions", { VersionStage: "AWSPREVIOUS" })).SecretString).toBe("second");
  expect((await read("versions", { VersionId: first! })).SecretString).toBe("first");
  const staged = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: "versions" }));
  const all = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: "versions", IncludeDeprecated: true }));
  expect([staged.Versions?.length, all.Versions?.length]).toEqual([2, 3]);
});

test("a repeated request with the same token is one version; the same token with another value is refused", async () => {
  await create("repeated");
  const token = "0123456789abcdef0123456789abcdef";
  const put = (value: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: "repeated", SecretString: value, ClientRequestToken: token }));
  await put("second");
  await put("second");
  expect((await secrets.send(new ListSecretVersionIdsCommand({ SecretId: "repeated" }))).Versions).toHaveLength(2);
  await expect(put("third")).rejects.toMatchObject({ name: "ResourceExistsException" });
});

test("a custom stage can be set and read, and a stage that is not on the requested version is refused", async () => {
  await create("staged");
  const { VersionId } = await secrets.send(
    new PutSecretValueCommand({ SecretId: "staged", SecretString: "next", VersionStages: ["CANDIDATE"] }),
  );
  expect((await read("staged")).SecretString).toBe("first");
  expect((await read("staged", { VersionStage: "CANDIDATE" })).SecretString).toBe("next");
  await expect(read("staged", { VersionStage: "AWSCURRENT", VersionId: VersionId! })).rejects.toMatchObject({
    name: "InvalidRequestException",
  });
});

test("binary values are returned unchanged", async () => {
  const bytes = new Uint8Array([0, 255, 10, 13]);
  await secrets.send(new CreateSecretCommand({ Name: "binary", SecretBinary: bytes }));
  expect([...(await read("binary")).SecretBinary!]).toEqual([...bytes]);
});

test("a deleted secret cannot be read, keeps its name taken, and can be restored", async () => {
  await create("deleted");
  const { DeletionDate } = await secrets.send(
    new DeleteSecretCommand({ SecretId: "deleted", RecoveryWindowInDays: 7 }),
  );
  expect(Math.round((DeletionDate!.getTime() - Date.now()) / 86_400_000)).toBe(7);
  await expect(read("deleted")).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: expect.stringContaining("marked for deletion"),
  });
  await expect(create("deleted")).rejects.toMatchObject({
    name: "InvalidRequestException",
    message: expect.stringContaining("already scheduled for deletion"),
  });
  expect((await secrets.send(new DescribeSecretCommand({ SecretId: "deleted" }))).DeletedDate).toBeInstanceOf(Date);
  await secrets.send(new RestoreSecretCommand({ SecretId: "deleted" }));
  expect((await read("deleted")).SecretString).toBe("first");
});

test("a forced deletion frees the name at once, also within the recovery window, and the new secret has another ARN", async () => {
  const { ARN } = await create("forced");
  await secrets.send(new DeleteSecretCommand({ SecretId: "forced" }));
  await secrets.send(new DeleteSecretCommand({ SecretId: "forced", ForceDeleteWithoutRecovery: true }));
  expect((await create("forced")).ARN).not.toBe(ARN);
});

test("when the clock passes the recovery window the secret is gone and its name free", async () => {
  await create("expired");
  await secrets.send(new DeleteSecretCommand({ SecretId: "expired", RecoveryWindowInDays: 7 }));
  await callOwn(cloud, "PUT", "/shipshape/clock", { offsetSeconds: 8 * 86_400 });
  try {
    await expect(read("expired")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await create("expired", "again");
  } finally {
    await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
  }
});

test("tags are set and removed, and AWS's are reserved", async () => {
  await secrets.send(
    new CreateSecretCommand({ Name: "tagged", SecretString: "x", Tags: [{ Key: "owner", Value: "orders" }] }),
  );
  await secrets.send(new TagResourceCommand({ SecretId: "tagged", Tags: [{ Key: "tier", Value: "gold" }] }));
  await secrets.send(new UntagResourceCommand({ SecretId: "tagged", TagKeys: ["owner"] }));
  expect((await secrets.send(new DescribeSecretCommand({ SecretId: "tagged" }))).Tags).toEqual([
    { Key: "tier", Value: "gold" },
  ]);
  await expect(
    secrets.send(new TagResourceCommand({ SecretId: "tagged", Tags: [{ Key: "aws:x", Value: "y" }] })),
  ).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});

test("secrets are listed by filter, in order, page by page, and those being deleted only on request", async () => {
  for (const name of ["list/a", "list/b", "list/c", "list/gone"]) await create(name);
  await secrets.send(new DeleteSecretCommand({ SecretId: "list/gone" }));
  const filters = {
    Filters: [{ Key: "name" as const, Values: ["list/"] }],
    SortBy: "name" as const,
    SortOrder: "asc" as const,
    MaxResults: 2,
  };
  const first = await secrets.send(new ListSecretsCommand(filters));
  const second = await secrets.send(new ListSecretsCommand({ ...filters, NextToken: first.NextToken }));
  expect([...first.SecretList!, ...second.SecretList!].map((secret) => secret.Name)).toEqual([
    "list/a",
    "list/b",
    "list/c",
  ]);
  expect(second.NextToken).toBeUndefined();
  const planned = await secrets.send(
    new ListSecretsCommand({ ...filters, MaxResults: 10, IncludePlannedDeletion: true }),
  );
  expect(planned.SecretList).toHaveLength(4);
});

test("secrets are listed oldest first, and found by the beginnings of the words of their descriptions", async () => {
  for (const [name, Description] of [
    ["words/1", "one and two"],
    ["words/2", "Two of theMany"],
    ["words/3", "none"],
  ])
    await secrets.send(new CreateSecretCommand({ Name: name, Description, SecretString: "x" }));
  const found = async (Key: "description" | "all" | "name", value: string) =>
    (await secrets.send(new ListSecretsCommand({ Filters: [{ Key, Values: [value] }] }))).SecretList!.map(
      (secret) => secret.Name,
    );
  expect(await found("name", "words/")).toEqual(["words/1", "words/2", "words/3"]);
  expect(await found("description", "two")).toEqual(["words/1", "words/2"]);
  expect(await found("description", "TWO one")).toEqual(["words/1"]);
  expect(await found("description", "wo")).toEqual([]);
  expect(await found("description", "many")).toEqual(["words/2"]);
  expect(await found("all", "words theMany")).toEqual([]);
  expect(await found("all", "the of")).toEqual(["words/2"]);
  const newest = await secrets.send(
    new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["words/"] }], SortOrder: "desc" }),
  );
  expect(newest.SecretList!.map((secret) => secret.Name)).toEqual(["words/3", "words/2", "words/1"]);
});

test("a secret's first version is current, whatever stage it is given", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "first-pending" }));
  const put = (SecretString: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: "first-pending", SecretString, VersionStages: ["AWSPENDING"] }));
  expect((await put("first")).VersionStages!.sort()).toEqual(["AWSCURRENT", "AWSPENDING"]);
  expect((await put("second")).VersionStages).toEqual(["AWSPENDING"]);
  expect((await read("first-pending")).SecretString).toBe("first");
});

test("many secrets are read at once, by name or by filter, and one that cannot be read is reported with them", async () => {
  for (const name of ["batch/a", "batch/b"]) await create(name, name);
  const named = await secrets.send(new BatchGetSecretValueCommand({ SecretIdList: ["batch/a", "nowhere", "batch/b"] }));
  expect(named.SecretValues!.map(({ SecretString }) => SecretString)).toEqual(["batch/a", "batch/b"]);
  expect(named.Errors).toMatchObject([{ SecretId: "nowhere", ErrorCode: "ResourceNotFoundException" }]);
  const first = await secrets.send(
    new BatchGetSecretValueCommand({ Filters: [{ Key: "name", Values: ["batch/"] }], MaxResults: 1 }),
  );
  const second = await secrets.send(
    new BatchGetSecretValueCommand({
      Filters: [{ Key: "name", Values: ["batch/"] }],
      MaxResults: 1,
      NextToken: first.NextToken,
    }),
  );
  expect([first, second].map(({ SecretValues }) => SecretValues![0]!.Name)).toEqual(["batch/a", "batch/b"]);
  await expect(secrets.send(new BatchGetSecretValueCommand({}))).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});

test("a random password has only the requested characters, with one of each type", async () => {
  const password = async (asked: object) => (await secrets.send(new GetRandomPasswordCommand(asked))).RandomPassword!;
  expect(await password({})).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[^A-Za-z0-9])[!-~]{32}$/);
  expect(await password({ PasswordLength: 4 })).toMatch(
    /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[^A-Za-z0-9])[!-~]{4}$/,
  );
  expect(
    await password({
      ExcludePunctuation: true,
      ExcludeUppercase: true,
      ExcludeCharacters: "0123456789abc",
      PasswordLength: 100,
    }),
  ).toMatch(/^[d-z]{100}$/);
  await expect(password({ PasswordLength: 3 })).rejects.toMatchObject({ name: "InvalidParameterException" });
  const nothing = { ExcludePunctuation: true, ExcludeUppercase: true, ExcludeLowercase: true, ExcludeNumbers: true };
  await expect(password(nothing)).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("the forced deletion of a missing secret is no error; an unforced one is", async () => {
  const deletion = await secrets.send(
    new DeleteSecretCommand({ SecretId: "never-made", ForceDeleteWithoutRecovery: true }),
  );
  expect(deletion).toMatchObject({ Name: "never-made", DeletionDate: expect.any(Date) });
  await expect(secrets.send(new DeleteSecretCommand({ SecretId: "never-made" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("a secret's policy is the one recorded for it", async () => {
  const { ARN } = await create("with-policy");
  expect((await secrets.send(new GetResourcePolicyCommand({ SecretId: ARN! }))).ResourcePolicy).toBeUndefined();
  await callOwn(cloud, "POST", "/shipshape/recorded", {
    type: "aws:secretsmanager/secretPolicy:SecretPolicy",
    name: "policy",
    properties: { secretArn: ARN, policy: '{"Version":"2012-10-17"}' },
  });
  expect((await secrets.send(new GetResourcePolicyCommand({ SecretId: ARN! }))).ResourcePolicy).toBe(
    '{"Version":"2012-10-17"}',
  );
});

test("secrets are in files that only their owner can read, and survive a kill of the server", async () => {
  await create("durable", "still here");
  const folder = join(cloud.dataFolder, "cloud", "secrets");
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
  await cloud.kill("SIGKILL");
  await cloud.restart();
  secrets = cloud.secrets;
  expect((await read("durable")).SecretString).toBe("still here");
});

describe("bad calls are refused by name", () => {
  const token = "0123456789abcdef0123456789abcdef";
  const calls: [string, string, () => Promise<unknown>][] = [
    ["reading what does not exist", "ResourceNotFoundException", () => read("nowhere")],
    ["reading an unknown stage", "ResourceNotFoundException", () => read("bad", { VersionStage: "AWSPENDING" })],
    [
      "creating an existing one",
      "ResourceExistsException",
      () => secrets.send(new CreateSecretCommand({ Name: "bad", SecretString: "y", ClientRequestToken: token })),
    ],
    ["a name with a reserved character", "InvalidParameterException", () => create("rds!mine")],
    [
      "two kinds of value",
      "InvalidParameterException",
      () =>
        secrets.send(new CreateSecretCommand({ Name: "both", SecretString: "x", SecretBinary: new Uint8Array([1]) })),
    ],
    ["no value", "InvalidRequestException", () => secrets.send(new PutSecretValueCommand({ SecretId: "bad" }))],
    [
      "a key that does not exist",
      "EncryptionFailure",
      () =>
        secrets.send(
          new CreateSecretCommand({
            Name: "keyless",
            SecretString: "x",
            KmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/none",
          }),
        ),
    ],
    [
      "too short a recovery window",
      "InvalidParameterException",
      () => secrets.send(new DeleteSecretCommand({ SecretId: "bad", RecoveryWindowInDays: 1 })),
    ],
    [
      "a window and no window",
      "InvalidParameterException",
      () =>
        secrets.send(
          new DeleteSecretCommand({ SecretId: "bad", RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }),
        ),
    ],
    [
      "a rotation that is not set up",
      "InvalidRequestException",
      () => secrets.send(new RotateSecretCommand({ SecretId: "bad" })),
    ],
    [
      "a rotation by a function",
      "InvalidParameterException",
      () =>
        secrets.send(
          new RotateSecretCommand({
            SecretId: "bad",
            RotationLambdaARN: "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
          }),
        ),
    ],
    [
      "a replica",
      "InvalidParameterException",
      () =>
        secrets.send(
          new CreateSecretCommand({ Name: "replica", SecretString: "x", AddReplicaRegions: [{ Region: "eu-west-1" }] }),
        ),
    ],
  ];

  beforeAll(async () => void (await create("bad")));

  test.each(calls)("%s", async (_what, code, call) => {
    await expect(call()).rejects.toMatchObject({ name: code });
  });

  test("and leave nothing behind", async () => {
    const { SecretList } = await secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
    const names = SecretList!.map((secret) => secret.Name);
    for (const name of ["both", "keyless", "replica", "rds!mine"]) expect(names).not.toContain(name);
  });
});
