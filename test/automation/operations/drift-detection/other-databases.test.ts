import { ofOtherDatabases } from "../../../../automation/operations/drift-detection/other-databases";
import type { StateResource } from "../../../../automation/runner/declared-databases";

const standard = "shipshape:index:StandardDatabase";
const resource = (
  type: string,
  name: string,
  parent?: string,
  outputs: Record<string, unknown> = {},
): StateResource => ({
  ...{ urn: `urn:pulumi:s::p::${type}::${name}`, type, outputs },
  ...(parent !== undefined && { parent: `urn:pulumi:s::p::${standard}::${parent}` }),
});
const instance = (name: string, resourceId: string, parent?: string) =>
  resource("aws:rds/instance:Instance", name, parent, {
    ...{ engine: "postgres", identifier: name, resourceId },
    arn: `arn:aws:rds:eu-central-1:123456789012:db:${name}`,
  });
const alarm = (name: string, parent: string) => resource("aws:cloudwatch/metricAlarm:MetricAlarm", name, parent);
const both = [
  ...["orders", "ledger"].flatMap((name) => [
    resource(standard, name),
    instance(`${name}-instance`, `db-${name}`, name),
    alarm(`${name}-cpu`, name),
  ]),
  resource("aws:rds/subnetGroup:SubnetGroup", "shared"),
];
const namesOf = (state: StateResource[], resourceId: string) =>
  [...ofOtherDatabases(state, resourceId)].map((urn) => urn.split("::").at(-1));

test("of a stack with two databases each has what is part of it, and both have what they share", () => {
  expect(namesOf(both, "db-orders")).toEqual(["ledger", "ledger-instance", "ledger-cpu"]);
  expect(namesOf(both, "db-ledger")).toEqual(["orders", "orders-instance", "orders-cpu"]);
});

test("an instance that is replaced is no other database, and nothing is left out for one that the stack does not have", () => {
  const replaced = [...both.slice(0, 3), { ...instance("orders-instance", "db-old", "orders"), delete: true }];
  expect(namesOf(replaced, "db-orders")).toEqual([]);
  expect(namesOf(both, "db-elsewhere")).toEqual([]);
});

test("an instance without a component is another database with what is below it alone", () => {
  const alone = instance("by-hand", "db-by-hand");
  expect(namesOf([...both, alone], "db-orders")).toContain("by-hand");
  expect(namesOf([...both, alone], "db-by-hand")).not.toContain("shared");
});
