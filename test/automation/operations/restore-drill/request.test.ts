import { restoreDrillRequest } from "../../../../automation/operations/restore-drill/request";

test.each(["orders", "orders-production", "o1-2-3", "a".repeat(63)])("%s is an identifier", (database) => {
  expect(restoreDrillRequest.parse({ database })).toEqual({ database });
});

test.each([
  "",
  "Orders",
  "1orders",
  "orders-",
  "-orders",
  "orders--production",
  "orders_production",
  "orders-P",
  " orders",
  "orders\n",
  "a".repeat(64),
])("%j is not an identifier", (database) => {
  expect(restoreDrillRequest.safeParse({ database }).success).toBe(false);
});

test("the refusal says where to find the identifier, and unknown fields are refused too", () => {
  expect(restoreDrillRequest.safeParse({ database: "Orders" }).error?.issues).toMatchObject([
    { path: ["database"], message: "give the DB instance identifier as `shipshape local status` or RDS shows it" },
  ]);
  expect(restoreDrillRequest.safeParse({ database: "orders", region: "eu-central-1" }).error?.issues).toMatchObject([
    { keys: ["region"] },
  ]);
  expect(restoreDrillRequest.safeParse({}).success).toBe(false);
});
