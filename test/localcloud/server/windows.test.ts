import {
  defaultBackupWindow,
  defaultMaintenanceWindow,
  nextMaintenance,
  parseBackupWindow,
  parseMaintenanceWindow,
  windowsOverlap,
  type Window,
} from "../../../localcloud/server/rds/instances/windows";

const backup = (text: string) => parseBackupWindow(text) as Window;
const maintenance = (text: string) => parseMaintenanceWindow(text) as Window;

test.each([
  ["02:00-02:30", "sun:02:29-sun:03:00", true],
  ["02:00-02:30", "sun:02:30-sun:03:00", false],
  ["23:45-00:30", "mon:00:00-mon:00:30", true],
  ["23:45-00:30", "sun:23:00-sun:23:45", false],
  ["00:00-00:30", "sun:23:45-mon:00:15", true],
])("a backup at %s and a maintenance at %s overlap: %s", (daily, weekly, expected) => {
  expect(windowsOverlap(backup(daily), maintenance(weekly))).toBe(expected);
});

test.each([
  ["2031-01-01T12:00:00Z", "2031-01-05T04:00:00Z"], // Wednesday to Sunday
  ["2031-01-05T04:10:07Z", "2031-01-05T04:10:07Z"], // inside
  ["2031-01-05T04:30:00Z", "2031-01-12T04:00:00Z"], // just over
])("from %s the next maintenance of sun:04:00-sun:04:30 is at %s", (from, expected) => {
  expect(nextMaintenance("sun:04:00-sun:04:30", new Date(from)).toISOString()).toBe(new Date(expected).toISOString());
});

test("a window over the end of the week is recognized on both sides of it", () => {
  for (const inside of ["2031-01-05T23:50:00Z", "2031-01-06T00:10:00Z"])
    expect(nextMaintenance("sun:23:45-mon:00:15", new Date(inside)).getTime()).toBe(Date.parse(inside));
});

test("windows chosen for a name are valid, stay the same, and never overlap", () => {
  for (let index = 0; index < 200; index += 1) {
    const daily = defaultBackupWindow(`db-${index}`, undefined);
    const weekly = defaultMaintenanceWindow(`db-${index}`, daily);
    expect(defaultBackupWindow(`db-${index}`, undefined)).toBe(daily);
    expect(windowsOverlap(backup(daily), maintenance(weekly))).toBe(false);
    expect(windowsOverlap(backup(defaultBackupWindow(`db-${index}`, weekly)), maintenance(weekly))).toBe(false);
  }
});

test.each(["2:00-02:30", "02:00-02:10", "24:00-24:30", "02:00"])("%s is not a backup window", (text) =>
  expect(typeof parseBackupWindow(text)).toBe("string"),
);
test.each(["sun:04:00-sun:04:10", "son:04:00-son:04:30", "04:00-04:30", "mon:00:00-wed:00:00"])(
  "%s is not a maintenance window",
  (text) => expect(typeof parseMaintenanceWindow(text)).toBe("string"),
);
