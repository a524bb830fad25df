import { readFileSync } from "node:fs";
import { join } from "node:path";
import { actionsAllowed, allows, policies } from "./policies";
import { otherCalls, providerCalls, type Calls } from "./provider-calls";

const urns = readFileSync(join(__dirname, "../../components/__snapshots__/standard-database.test.ts.snap"), "utf8");
const typesOf = (component: string) => [
  ...new Set([...urns.matchAll(new RegExp(`${component}\\$(aws:[^:]+:[A-Za-z]+)::`, "g"))].map(([, type]) => type!)),
];
const components = { platform: "DatabasePlatform", databases: "StandardDatabase" } as const;
const stacks = ["platform", "databases"] as const;

const pairs = (calls: Calls) =>
  Object.entries(calls).flatMap(([action, resources]) => resources.map((resource) => ({ action, resource })));
const allCalls = (stack: (typeof stacks)[number]) => [...Object.values(providerCalls[stack]), otherCalls[stack]];

describe.each(stacks)("the documented policy of who deploys the %s", (stack) => {
  test("is checked against every type of resource that the stack declares", () => {
    expect(typesOf(components[stack]).length).toBeGreaterThan(5);
    expect(typesOf(components[stack]).filter((type) => !(type in providerCalls[stack]))).toEqual([]);
  });

  test.each(Object.entries(providerCalls[stack]))(
    "allows every call that creates, reads, changes and removes %s",
    (_, calls) => {
      expect(pairs(calls).filter(({ action, resource }) => !allows(policies[stack], action, resource))).toEqual([]);
    },
  );

  test("allows every call that no type of resource needs", () => {
    expect(
      pairs(otherCalls[stack]).filter(({ action, resource }) => !allows(policies[stack], action, resource)),
    ).toEqual([]);
  });

  test("allows no action that no call needs", () => {
    const needed = new Set(allCalls(stack).flatMap((calls) => Object.keys(calls)));
    expect(actionsAllowed(policies[stack]).filter((action) => !needed.has(action))).toEqual([]);
  });
});

describe("what the documented policies refuse", () => {
  const rds = (rest: string) => `arn:aws:rds:eu-central-1:123456789012:${rest}`;
  test.each<[keyof typeof policies, string, string]>([
    ["databases", "rds:ModifyDBParameterGroup", rds("pg:shipshape-postgres17-standard")],
    ["databases", "kms:ScheduleKeyDeletion", "arn:aws:kms:eu-central-1:123456789012:key/0a1b"],
    ["databases", "iam:PassRole", "arn:aws:iam::123456789012:role/admin"],
    [
      "databases",
      "iam:CreateServiceLinkedRole",
      "arn:aws:iam::123456789012:role/aws-service-role/ec2.amazonaws.com/Other",
    ],
    ["platform", "kms:ScheduleKeyDeletion", "arn:aws:kms:eu-central-1:123456789012:key/0a1b"],
    ["platform", "rds:DeleteDBInstance", rds("db:orders-production")],
    ["platform", "iam:CreateRole", "arn:aws:iam::123456789012:role/admin"],
    ["worker", "rds:DeleteDBInstance", rds("db:orders-production")],
    ["worker", "rds:ModifyDBInstance", rds("db:orders-production")],
    ["worker", "rds:AddTagsToResource", rds("db:orders-production")],
    [
      "worker",
      "secretsmanager:GetSecretValue",
      "arn:aws:secretsmanager:eu-central-1:123456789012:secret:payments/api-key-AbCdEf",
    ],
    [
      "worker",
      "secretsmanager:PutSecretValue",
      "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shipshape/orders/production/orders/shipshape-AbCdEf",
    ],
    ["worker", "iam:PassRole", "arn:aws:iam::123456789012:role/shipshape-eu-central-1-monitoring"],
  ])("%s: %s on %s", (policy, action, resource) => {
    expect(allows(policies[policy], action, resource)).toBe(false);
  });
});
