import { builtIn } from "../../../components/standards/built-in";
import { belowTheFloor, floors } from "../../../components/standards/floor";
import type { StandardInvalid } from "../../../components/standards/standard-invalid";
import { standardFor } from "../../../components/standards/standard-file";
import { accepted } from "../../../components/standards/define";
import { standardOf, type StandardContent, type TierStandard } from "../../../components/standards/standard";
import { companyFolder, today } from "./company";

const { digest: _, ...ours } = builtIn;
const changed = (change: (copy: StandardContent) => void): StandardContent => {
  const copy = structuredClone(ours) as unknown as StandardContent;
  change(copy);
  return copy;
};
const neverWaived = [
  "tiers.bronze.production.protected",
  "postgres.parameters.rds.force_ssl",
  "postgres.parameters.password_encryption",
  "birth.masterUsername",
];
const set = (copy: StandardContent, name: string, value: string) =>
  void (copy.postgres.parameters.find((one) => one.name === name)!.value = value);

test.each<[path: string, change: (copy: StandardContent) => void]>([
  ["tiers.bronze.elsewhere.backupRetentionDays", (copy) => (copy.tiers["bronze"]!.elsewhere.backupRetentionDays = 6)],
  ["tiers.silver.production.drillEveryDays", (copy) => (copy.tiers["silver"]!.production.drillEveryDays = 91)],
  ["tiers.bronze.production.protected", (copy) => (copy.tiers["bronze"]!.production.protected = false)],
  [
    "tiers.bronze.production.retainAutomatedBackups",
    (copy) => (copy.tiers["bronze"]!.production.retainAutomatedBackups = false),
  ],
  ["tiers.gold.production.multiAz", (copy) => (copy.tiers["gold"]!.production.multiAz = false)],
  ["tiers.gold.production.unprovenRecovery", (copy) => (copy.tiers["gold"]!.production.unprovenRecovery = "allowed")],
  ["logs.retentionDays.elsewhere", (copy) => (copy.logs.retentionDays.elsewhere = 29)],
  ["postgres.majors.17.minimumMinor", (copy) => (copy.postgres.majors[17]!.minimumMinor = 8)],
  ["postgres.majors.16.approvedUntil", (copy) => (copy.postgres.majors[16]!.approvedUntil = "2028-11-10")],
  ["postgres.parameters.rds.force_ssl", (copy) => set(copy, "rds.force_ssl", "0")],
  ["postgres.parameters.password_encryption", (copy) => set(copy, "password_encryption", "md5")],
  ["postgres.parameters.log_connections", (copy) => set(copy, "log_connections", "0")],
  ["postgres.parameters.log_disconnections", (copy) => set(copy, "log_disconnections", "0")],
  ["postgres.parameters.track_commit_timestamp", (copy) => set(copy, "track_commit_timestamp", "0")],
  ["postgres.parameters.pgaudit.log", (copy) => set(copy, "pgaudit.log", "ddl")],
  ["postgres.parameters.shared_preload_libraries", (copy) => set(copy, "shared_preload_libraries", "pgaudit")],
  ["birth.masterUsername", (copy) => (copy.birth.masterUsername = "admin")],
])("%s has a floor, which an exception with a last day lowers where that is possible", (path, change) => {
  const content = changed(change);
  const exception = { path, reason: "", owner: "a", approver: "b", expiresOn: "2027-01-31" };
  expect(belowTheFloor(content, today).map((one) => one.path)).toEqual([path]);
  const excepted = belowTheFloor({ ...content, belowFloor: [exception] }, today);
  expect(excepted.map((one) => one.path)).toEqual(neverWaived.includes(path) ? [path] : []);
  // Tomorrow it has expired, and the next build fails.
  expect(belowTheFloor({ ...content, belowFloor: [exception] }, "2027-02-01").map((one) => one.path)).toEqual([path]);
});

test("Shipshape's own standard is above the floor, and the tests above try every floor", () => {
  expect(belowTheFloor(builtIn, today)).toEqual([]);
  expect(floors).toHaveLength(17);
});

test("a tighter figure is never refused", () => {
  const tighter = changed((copy) => {
    copy.tiers["bronze"]!.elsewhere.backupRetentionDays = 35;
    copy.postgres.majors[17]!.minimumMinor = 11;
    copy.postgres.majors[17]!.approvedUntil = "2027-01-01";
    copy.logs.retentionDays.elsewhere = 3_653;
    set(copy, "pgaudit.log", "ddl, role, write");
  });
  expect(belowTheFloor(tighter, today)).toEqual([]);
});

test.each<[string, string, RegExp]>([
  [
    "without an exception",
    "",
    /^\d+ tiers\.economy\.elsewhere\.backupRetentionDays: is below the floor, 7: .*add an entry/,
  ],
  [
    "with one of another path",
    exceptionFor("logs.retentionDays.elsewhere"),
    /belowFloor\.0\.path: no figure of this path/,
  ],
  ["that its owner approved", exception({ approver: "payments" }), /belowFloor\.0\.approver: is the owner/],
  [
    "for longer than half a year",
    exception({ expiresOn: "2027-05-27" }),
    /belowFloor\.0\.expiresOn: give 2027-05-26 at most/,
  ],
  ["that has expired", exception({ expiresOn: "2026-11-26" }), /The exception of payments expired on 2026-11-26/],
  ["with a valid one", exception({}), /^$/],
])("a file below the floor %s", (_, more, expected) => {
  const text = `
standard: acme
version: 1.0.0
strictest: gold
tiers:
  gold: { like: gold }
  economy:
    like: bronze
    production: {}
    elsewhere:
      backupRetentionDays: 1
${more}`;
  let found = "";
  try {
    standardFor(companyFolder(text).folder, today);
  } catch (error) {
    found = (error as StandardInvalid).problems.map((one) => `${one.line} ${one.path}: ${one.reason}`).join("\n");
  }
  expect(found).toMatch(expected);
});

test("a master user that PostgreSQL reserves and attackers guess is reported once", () => {
  const problems = (name: string) => {
    try {
      standardFor(companyFolder(`standard: acme\nversion: "1"\nbirth: { masterUsername: ${name} }\n`).folder, today);
    } catch (error) {
      return (error as StandardInvalid).problems.map(({ reason }) => reason);
    }
    return [];
  };
  expect(problems("admin")).toEqual([expect.stringContaining("is below the floor")]);
  expect(problems("rds_superuser")).toEqual([expect.stringContaining("is reserved")]);
});

function exception(change: Record<string, string>): string {
  const all = {
    path: "tiers.economy.elsewhere.backupRetentionDays",
    reason: "throwaway play databases hold nothing",
    owner: "payments",
    approver: "security",
    expiresOn: "2027-02-28",
    ...change,
  };
  return `belowFloor:\n  - ${JSON.stringify(all)}\n`;
}
function exceptionFor(path: string): string {
  return exception({ path });
}

test("a standard that was made elsewhere is held to the floor, too, and a changed one is none", () => {
  const lowered = standardOf(changed((copy) => (copy.tiers["gold"]!.production.backupRetentionDays = 1)));
  expect(() => accepted(lowered, "argument standard", today)).toThrow(
    /tiers\.gold\.production\.backupRetentionDays: is below/,
  );
  // What is missing is as low as it gets.
  const lacking = standardOf(
    changed((copy) => {
      delete (copy.tiers["bronze"]!.production as Partial<TierStandard>).protected;
      delete (copy.tiers["silver"] as Partial<(typeof copy.tiers)["silver"]>).production;
      copy.postgres.parameters = copy.postgres.parameters.filter(({ name }) => name !== "rds.force_ssl");
      (copy.postgres.majors as Record<number, object>)[15] = { minimumMinor: 1, approvedUntil: "2027-11-11" };
      delete (copy.birth as Partial<typeof copy.birth>).masterUsername;
    }),
  );
  expect(belowTheFloor(lacking, today).map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "tiers.bronze.production.protected",
      "tiers.silver.production.protected",
      "postgres.parameters.rds.force_ssl",
      "postgres.majors.15.minimumMinor",
      "postgres.majors.15.approvedUntil",
      "birth.masterUsername",
    ]),
  );
  expect(() => accepted({ ...builtIn, name: "acme" }, "argument standard", today)).toThrow(
    /give what defineStandard returns/,
  );
  expect(accepted(builtIn, "argument standard", today)).toBe(builtIn);
});
