import { CreateSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { type Cloud, startCloud } from "../../cloud";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => cloud?.stop());

const change = (arn: string, properties: object) => callOwn(cloud, "POST", "/shipshape/change", { arn, properties });
const record = async (type: string, properties: object) =>
  (await callOwn(cloud, "POST", "/shipshape/recorded", { type, name: "x", properties })).body as {
    id: string;
    arn: string;
  };
const propertiesOf = async (type: string, id: string) =>
  (await callOwn(cloud, "GET", `/shipshape/recorded?${new URLSearchParams({ type, id })}`)).body.properties;

const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";

test("text from a command line takes the type of the value it replaces", async () => {
  const { arn, id } = await record(alarm, {
    name: "typed",
    threshold: 80,
    actionsEnabled: true,
    alarmActions: ["a"],
    metricName: "CPUUtilization",
    tags: { owner: "orders" },
  });
  const answer = await change(arn, {
    threshold: "95.5",
    actionsEnabled: "false",
    alarmActions: '["b","c"]',
    metricName: "5",
    "tags.owner": "nobody",
  });
  expect(answer).toMatchObject({ status: 200, body: { properties: { threshold: 95.5 }, previous: { threshold: 80 } } });
  expect(await propertiesOf(alarm, id)).toMatchObject({
    threshold: 95.5,
    actionsEnabled: false,
    alarmActions: ["b", "c"],
    metricName: "5",
    tags: { owner: "nobody" },
  });
});

test("tags can be added to a resource that has none, and removed", async () => {
  const { arn, id } = await record(alarm, { name: "tagged" });
  await change(arn, { "tags.owner": "somebody" });
  expect((await propertiesOf(alarm, id)).tags).toEqual({ owner: "somebody" });
  await change(arn, { "tags.owner": null });
  expect((await propertiesOf(alarm, id)).tags).toEqual({});
});

test("a resource without an ARN is named by its type and id", async () => {
  await record("aws:iam/role:Role", { name: "reader", assumeRolePolicy: "{}" });
  const type = "aws:iam/rolePolicy:RolePolicy";
  const { id } = await record(type, { role: "reader", name: "inline", policy: "{}" });
  expect(await change(`${type}::${id}`, { policy: '{"Version":"2012-10-17"}' })).toMatchObject({ status: 200 });
  expect((await propertiesOf(type, id)).policy).toBe('{"Version":"2012-10-17"}');
});

test("a secret's value and description change, and the response does not contain the value", async () => {
  const { ARN } = await cloud.secrets.send(
    new CreateSecretCommand({ Name: "changed", SecretString: "before", Description: "d" }),
  );
  const answer = await change(ARN!, { value: "after", description: "e" });
  expect(JSON.stringify(answer.body)).not.toMatch(/before|after/);
  expect((await cloud.secrets.send(new GetSecretValueCommand({ SecretId: "changed" }))).SecretString).toBe("after");
});

test("an unknown ARN is answered with similar ones", async () => {
  const { arn } = await record(alarm, { name: "near" });
  expect(await change(arn.replace("near", "neer"), { threshold: 1 })).toMatchObject({
    status: 404,
    body: {
      code: "ResourceNotFound",
      message: expect.stringContaining("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"),
    },
  });
});

test("an unknown property is answered with the known ones, a value of another type with the current one, and neither changes anything", async () => {
  const { arn, id } = await record(alarm, { name: "refused", threshold: 1, actionsEnabled: true });
  expect(await change(arn, { threshold: 2, treshold: 3 })).toMatchObject({
    status: 400,
    body: { code: "UnknownProperty", message: expect.stringContaining("actionsEnabled, arn, name, tags, threshold") },
  });
  expect(await change(arn, { threshold: 2, actionsEnabled: "maybe" })).toMatchObject({
    status: 400,
    body: {
      code: "InvalidParameterValue",
      message: expect.stringContaining("actionsEnabled is a boolean (now true), and 'maybe' is not"),
    },
  });
  expect((await propertiesOf(alarm, id)).threshold).toBe(1);
});
