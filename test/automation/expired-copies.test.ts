import { expiredCopies, isPostponed } from "../../automation/expired-copies";
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
const key = "shipshape:copy-expires-on";
const tagged = (day: string | undefined) => (day === undefined ? {} : { [key]: day });
const declared = (day: string | undefined) => {
  const stack = "shipshape/refreshed-database.orders-staging";
  return { ...database({}), ...{ stack, urn: stack, tags: tagged(day) as Record<string, string>, isStandard: true } };
};
const isExpired = (expiresOn: string | undefined, now: string) =>
  expiredCopies([database(tagged(expiresOn) as Record<string, string>)], [], new Date(now)).length > 0;

test("a copy expires with the end of its last day, in UTC", () => {
  expect(isExpired("2027-03-31", "2027-03-31T23:59:59Z")).toBe(false);
  expect(isExpired("2027-03-31", "2027-04-01T00:00:00Z")).toBe(true);
});

test("a database without that tag is no copy, and a tag that is no day makes none", () => {
  expect(isExpired(undefined, "2027-04-01T00:00:00Z")).toBe(false);
  expect(isExpired("", "2027-04-01T00:00:00Z")).toBe(false);
  expect(isExpired("0", "2027-04-01T00:00:00Z")).toBe(false);
});

test.each([
  ["removed", undefined],
  ["postponed", "2099-12-31"],
  ["no day", "never"],
])("a copy whose tag in the cloud is %s expires as its stack says", (_, live) => {
  const now = new Date("2027-04-01T00:00:00Z");
  const shown = database(tagged(live) as Record<string, string>);
  expect(expiredCopies([shown], [declared("2027-03-31")], now)).toEqual([{ copy: shown, expiredOn: "2027-03-31" }]);
  expect(expiredCopies([shown], [declared("2027-04-01")], now)).toEqual([]);
  expect(expiredCopies([shown], [{ ...declared("2027-03-31"), resourceId: "db-9" }], now)).toEqual([]);
});

test("only a removal that is open, or was carried out within the day, postpones another; one that was denied or cancelled does not", () => {
  const one = { isOpen: false, carriedOut: 0, ofLastHour: 0 };
  expect(isPostponed([])).toBe(false);
  expect(isPostponed([one])).toBe(false);
  expect(isPostponed([{ ...one, isOpen: true }])).toBe(true);
  expect(isPostponed([{ ...one, carriedOut: 1 }])).toBe(true);
});

test("a schedule that is denied does not ask again within the hour", () => {
  expect(isPostponed([{ isOpen: false, carriedOut: 0, ofLastHour: 1 }])).toBe(true);
});
