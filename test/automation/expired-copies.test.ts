import { expiredCopies } from "../../automation/expired-copies";
import { targetDatabase, type FleetDatabase } from "../../automation/fleet-records";

const database = (tags: Record<string, string>): FleetDatabase => ({
  ...targetDatabase({
    identifier: "orders-staging",
    resourceId: "db-2",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-staging",
  }),
  restorableFrom: null,
  backupRetentionDays: 7,
  size: { instanceClass: "db.t4g.medium", storageGib: 20, storageType: "gp3" },
  tags,
});
const isExpired = (expiresOn: string | undefined, now: string) =>
  expiredCopies([database(expiresOn === undefined ? {} : { "shipshape:copy-expires-on": expiresOn })], new Date(now))
    .length > 0;

test("a copy expires with the end of its last day, in UTC", () => {
  expect(isExpired("2027-03-31", "2027-03-31T23:59:59Z")).toBe(false);
  expect(isExpired("2027-03-31", "2027-04-01T00:00:00Z")).toBe(true);
});

test("a database without that tag is no copy, and a tag that is no day makes none", () => {
  expect(isExpired(undefined, "2027-04-01T00:00:00Z")).toBe(false);
  expect(isExpired("", "2027-04-01T00:00:00Z")).toBe(false);
  expect(isExpired("0", "2027-04-01T00:00:00Z")).toBe(false);
});
