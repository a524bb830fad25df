import { readState, UnreadableState } from "../../../automation/guardrails/exported-state";
import { encrypted } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { instance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { aSecret, exported } from "./states";

const text = (state: unknown) => JSON.stringify(state, undefined, 2);
const problemOf = (given: string): string => {
  try {
    readState(given);
  } catch (error) {
    if (error instanceof UnreadableState) return `${error.line}: ${error.message}`;
    throw error;
  }
  return "none";
};
const databaseOf = (state: unknown) => readState(text(state)).declared.find(({ type }) => type === instance);

describe("an export", () => {
  test("contains resources with inputs and outputs, and their stack", () => {
    const state = readState(text(exported({ multiAz: false })));
    expect(state.stack).toBe("database.orders-production::shipshape");
    expect(state.declared).toHaveLength(6);
    expect(databaseOf(exported({ multiAz: false }))?.boolean("multiAz")).toBe(false);
    expect(state.deployed.find(({ type }) => type === instance)?.protect).toBe(true);
  });

  test("does not reveal its secrets, wherever they are", () => {
    const found = databaseOf(exported({ password: aSecret, restoreToPointInTime: { inner: [aSecret] } }));
    expect(found?.has("password")).toBe(true);
    expect(found?.object("restoreToPointInTime")?.text("inner")).toBeUndefined();
    expect(() => found?.string("password")).toThrow("password is encrypted");
    expect(encrypted).toBe("[secret]");
  });

  test("omits resources that are about to be deleted", () => {
    expect(databaseOf(exported({}, { delete: true }))).toBeUndefined();
  });

  test("finds the line in the project itself, not in an installed package", () => {
    const { sources } = readState(text(exported()));
    expect([...sources.values()]).toEqual([{ file: "program.ts", line: 12, column: 3 }]);
  });

  test("of a stack without resources is accepted", () => {
    expect(readState('{"version":3,"deployment":{"manifest":{}}}').declared).toEqual([]);
  });
});

describe("a file that is not an export is reported with its line", () => {
  test.each([
    ["broken JSON", '{\n  "version": 3,\n  "deployment": oops\n}', /^3: this is not JSON: /],
    ["half a file", text(exported()).slice(0, 400), /^\d\d: this is not JSON: /],
    [
      "a newer version",
      '{\n  "version": 9,\n  "deployment": {}\n}',
      /^2: version 9 of a stack export; allowed: 3, 4\. A newer Pulumi wrote it/,
    ],
    ["a backend's checkpoint", '{"version":3,"checkpoint":{}}', /^1: this is a backend's checkpoint, not an export/],
    ["another JSON file", '{"name":"x"}', /^1: this is not a stack export/],
    ["a list", "[]", /^1: this is not a stack export/],
    ["resources of the wrong type", '{"version":3,"deployment":{"resources":[{"urn":1}]}}', /^1: its resources/],
  ])("%s", (_, given, expected) => expect(problemOf(given)).toMatch(expected));
});
