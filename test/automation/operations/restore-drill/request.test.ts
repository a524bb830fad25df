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
    { path: ["database"], message: "give the DB instance identifier as `npx shipshape fleet` or RDS shows it" },
  ]);
  expect(restoreDrillRequest.safeParse({ database: "orders", zone: "a" }).error?.issues).toMatchObject([
    { keys: ["zone"] },
  ]);
  for (const where of [{ account: "12345" }, { region: "Frankfurt" }])
    expect(restoreDrillRequest.safeParse({ database: "orders", ...where }).success).toBe(false);
  expect(restoreDrillRequest.safeParse({}).success).toBe(false);
});

test.each(["2026-03-01T10:00:00Z", "2026-03-01T10:00:00+02:00"])("%s is a second to restore to", (at) => {
  expect(restoreDrillRequest.safeParse({ database: "orders", at }).success).toBe(true);
});

test.each(["2026-03-01", "2026-03-01T10:00Z", "2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00", "yesterday", ""])(
  "%j is no second to restore to: the refusal shows one",
  (at) => {
    expect(restoreDrillRequest.safeParse({ database: "orders", at }).error?.issues[0]?.message).toContain(
      "2026-03-01T10:00:00Z",
    );
  },
);

test("a second and a snapshot exclude each other, and a snapshot is named as RDS names one", () => {
  const accepts = (more: object) => restoreDrillRequest.safeParse({ database: "orders", ...more }).success;
  expect(accepts({ snapshot: "rds:orders-2026-03-01-00-00" })).toBe(true);
  expect(accepts({ snapshot: "arn:aws:rds:eu-central-1:123456789012:snapshot:orders" })).toBe(true);
  expect(accepts({ snapshot: "" })).toBe(false);
  expect(accepts({ snapshot: "-x --y" })).toBe(false);
  expect(accepts({ snapshot: "orders-1", at: "2026-03-01T10:00:00Z" })).toBe(false);
});
