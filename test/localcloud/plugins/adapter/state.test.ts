import type { Properties, ResourceType } from "../../../../localcloud/plugins/adapter/resource";
import { inputsFromLive, inputsOfImport, outputsOf, wantedOf } from "../../../../localcloud/plugins/adapter/state";
import { markSecrets } from "../../../../localcloud/plugins/adapter/values";
import { UNKNOWN } from "../../../../localcloud/plugins/adapter/wire";

const properties: Properties = {
  name: { type: "string", required: true },
  limit: { type: "int", default: -1 },
  owner: { type: "string", computed: true },
  arn: { type: "string", outputOnly: true },
  password: { type: "string", secret: true },
  roles: { type: "set" },
  tags: { type: "map" },
  rules: {
    type: "set",
    element: {
      type: "object",
      properties: { port: { type: "int" }, note: { type: "string" }, self: { type: "bool" } },
    },
  },
  policy: { type: "string", json: true },
};
const type: ResourceType<unknown> = {
  properties,
  create: async () => ({ id: "", properties: {} }),
  read: async () => undefined,
  delete: async () => {},
};

describe("outputs", () => {
  test("name every property, fill in defaults, and sort sets", () => {
    expect(outputsOf(type, { name: "n", roles: ["b", "a"] }, "id-1")).toEqual({
      id: "id-1",
      name: "n",
      limit: -1,
      owner: null,
      arn: null,
      password: null,
      roles: ["a", "b"],
      tags: null,
      rules: null,
      policy: null,
    });
  });

  test("of a preview leave unknown what the service decides, and a set with an unknown element", () => {
    expect(outputsOf(type, { name: "n", roles: ["a", UNKNOWN], tags: { a: UNKNOWN } }, UNKNOWN, true)).toMatchObject({
      id: UNKNOWN,
      owner: UNKNOWN,
      arn: UNKNOWN,
      roles: UNKNOWN,
      tags: { a: UNKNOWN },
      limit: -1,
    });
  });

  test("mark secrets even when they are null", () => {
    const marked = markSecrets(properties, { password: null, name: "n" }, (value) => ["secret", value]);
    expect(marked).toEqual({ password: ["secret", null], name: "n" });
  });
});

describe("the target of an update", () => {
  test("is the program's values and the defaults; what the service decides stays", () => {
    expect(
      wantedOf(type, { name: "n", limit: 5, owner: "o", arn: "a", roles: ["x"] }, { name: "m" }, []),
    ).toMatchObject({
      name: "m",
      limit: -1,
      owner: "o",
      arn: "a",
      roles: undefined,
    });
  });

  test("keeps what the program ignores", () => {
    expect(wantedOf(type, { limit: 5 }, { limit: 7 }, ["limit"]).limit).toBe(5);
  });
});

describe("inputs after a read", () => {
  test("have live values of the properties the program set, and no others", () => {
    const live = { name: "n", limit: 5, owner: "somebody", roles: ["a"] };
    expect(inputsFromLive(properties, live, { name: "m", limit: -1, __defaults: ["limit"] })).toEqual({
      name: "n",
      limit: 5,
    });
    expect(inputsFromLive(properties, { ...live, limit: -1 }, { name: "m", limit: -1, __defaults: ["limit"] })).toEqual(
      {
        name: "n",
        limit: -1,
        __defaults: ["limit"],
      },
    );
  });

  test("truncate sets to the length in the program, in its order; the outputs have all elements", () => {
    expect(inputsFromLive(properties, { roles: ["a", "b", "c"] }, { roles: ["c", "a"] })).toEqual({
      roles: ["c", "a"],
    });
    expect(inputsFromLive(properties, { roles: ["a", "x"] }, { roles: ["c", "a"] })).toEqual({ roles: ["x", "a"] });
    expect(inputsFromLive(properties, { roles: [] }, { roles: ["c"] })).toEqual({ roles: [] });
  });

  test("have only the properties that the program set on an object in a set", () => {
    const live = {
      rules: [
        { port: 22, note: "by hand", self: false },
        { port: 5432, note: "", self: true },
      ],
    };
    expect(inputsFromLive(properties, live, { rules: [{ port: 5432, self: true, __defaults: [] }] })).toEqual({
      rules: [{ port: 5432, self: true, __defaults: [] }],
    });
  });

  test("have only the keys of a map that the program set, and a document in the program's formatting", () => {
    const live = { tags: { a: "2", b: "1" }, policy: '{"a":1}' };
    expect(inputsFromLive(properties, live, { tags: { a: "1" }, policy: '{ "a": 1 }' })).toEqual({
      tags: { a: "2" },
      policy: '{ "a": 1 }',
    });
  });

  test("of an import are what a program would have to set", () => {
    const live = {
      name: "n",
      limit: -1,
      owner: "o",
      arn: "a",
      roles: ["b", "a"],
      tags: {},
      rules: [{ port: 1, note: "" }],
    };
    expect(inputsOfImport(properties, live)).toEqual({
      name: "n",
      owner: "o",
      roles: ["a", "b"],
      rules: [{ port: 1, __defaults: [] }],
      __defaults: [],
    });
  });
});
