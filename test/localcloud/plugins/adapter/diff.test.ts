import { diffResource } from "../../../../localcloud/plugins/adapter/diff";
import type { Properties, ResourceType } from "../../../../localcloud/plugins/adapter/resource";
import { UNKNOWN, type PropertyValues } from "../../../../localcloud/plugins/adapter/wire";

const typeOf = (properties: Properties, more: Partial<ResourceType<unknown>> = {}): ResourceType<unknown> => ({
  properties,
  create: async () => ({ id: "", properties: {} }),
  read: async () => undefined,
  delete: async () => {},
  ...more,
});

const detailed = (properties: Properties, old: PropertyValues, inputs: PropertyValues, ignoreChanges: string[] = []) =>
  diffResource(typeOf(properties), old, inputs, ignoreChanges).detailed;

const ingress: Properties = {
  ingress: {
    type: "set",
    element: {
      type: "object",
      properties: {
        protocol: { type: "string", required: true },
        fromPort: { type: "int" },
        description: { type: "string" },
        securityGroups: { type: "set" },
        self: { type: "bool", default: false },
      },
    },
  },
};

describe("a plain value", () => {
  test("that is absent, null, empty, zero or false equals an omitted one", () => {
    const properties: Properties = {
      a: { type: "string" },
      b: { type: "int" },
      c: { type: "bool", default: false },
      d: { type: "list" },
      e: { type: "map" },
    };
    expect(detailed(properties, { a: "", b: 0, d: [] }, { c: false, e: {} })).toEqual({});
    expect(detailed(properties, {}, { a: "", b: 0, c: false, d: [], e: {} })).toEqual({});
  });

  test("that a program omits is compared with the schema's default, or not at all when the service decides it", () => {
    const properties: Properties = {
      limit: { type: "int", default: -1 },
      owner: { type: "string", computed: true },
      arn: { type: "string", outputOnly: true },
    };
    expect(detailed(properties, { limit: 5, owner: "somebody", arn: "x" }, {})).toEqual({ limit: "UPDATE" });
  });

  test("is added, updated or deleted, and replaces when it is create-only", () => {
    const properties: Properties = {
      a: { type: "string" },
      b: { type: "string" },
      c: { type: "string", createOnly: true },
    };
    expect(detailed(properties, { b: "1", c: "1" }, { a: "1", c: "2" })).toEqual({
      a: "ADD",
      b: "DELETE",
      c: "UPDATE_REPLACE",
    });
  });

  test("that is not known yet is an update", () => {
    expect(detailed({ a: { type: "string" }, b: { type: "int" } }, { a: "1" }, { a: UNKNOWN, b: UNKNOWN })).toEqual({
      a: "UPDATE",
      b: "ADD",
    });
  });

  test("that is write-only does not differ while state has none", () => {
    expect(detailed({ passwordWo: { type: "string", writeOnly: true } }, {}, { passwordWo: "p" })).toEqual({});
  });

  test("may have the same meaning in another form", () => {
    const engineVersion = {
      type: "string" as const,
      equal: (old: string, wanted: string) => old.startsWith(`${wanted}.`),
    };
    expect(detailed({ engineVersion }, { engineVersion: "17.10" }, { engineVersion: "17" })).toEqual({});
    expect(detailed({ engineVersion }, { engineVersion: "17.10" }, { engineVersion: "16" })).toEqual({
      engineVersion: "UPDATE",
    });
  });

  test("that is a JSON document is compared by its content", () => {
    const properties: Properties = { policy: { type: "string", json: true } };
    expect(detailed(properties, { policy: '{"b":[1,2],"a":1}' }, { policy: '{ "a": 1, "b": [1, 2] }' })).toEqual({});
    expect(detailed(properties, { policy: '{"b":[1,2]}' }, { policy: '{"b":[2,1]}' })).toEqual({ policy: "UPDATE" });
  });
});

describe("a map", () => {
  const tags: Properties = { tags: { type: "map" } };

  test("differs by key, quoted where it is not a plain name", () => {
    expect(
      detailed(
        tags,
        { tags: { owner: "a", "cost-center": "1", gone: "x" } },
        { tags: { owner: "b", "cost-center": "2", "shipshape:ring": "0" } },
      ),
    ).toEqual({
      "tags.owner": "UPDATE",
      'tags["cost-center"]': "UPDATE",
      "tags.gone": "DELETE",
      'tags["shipshape:ring"]': "ADD",
    });
  });

  test("differs as a whole when one side has nothing", () => {
    expect(detailed(tags, { tags: null }, { tags: { a: "1" } })).toEqual({ tags: "ADD" });
    expect(detailed(tags, { tags: { a: "1" } }, {})).toEqual({ tags: "DELETE" });
  });

  test("distinguishes an empty value from a missing key", () => {
    expect(detailed(tags, { tags: { a: "1" } }, { tags: { a: "1", b: "" } })).toEqual({ "tags.b": "ADD" });
  });
});

describe("a set", () => {
  test("has no order", () => {
    expect(detailed({ roles: { type: "set" } }, { roles: ["a", "b"] }, { roles: ["b", "a"] })).toEqual({});
  });

  test("differs by element: index in state for removed ones, in the program for added ones", () => {
    expect(detailed({ roles: { type: "set" } }, { roles: ["a", "b", "c"] }, { roles: ["c", "d"] })).toEqual({
      "roles[0]": "DELETE",
      "roles[1]": "UPDATE",
    });
  });

  test("with an unknown element is one update", () => {
    expect(detailed({ roles: { type: "set" } }, { roles: ["a"] }, { roles: ["a", UNKNOWN] })).toEqual({
      roles: "UPDATE",
    });
  });

  test("of objects finds each one's equal, whatever the order and the defaults", () => {
    const old = {
      ingress: [
        { protocol: "tcp", fromPort: 80, description: "", self: false },
        { protocol: "tcp", fromPort: 5432, securityGroups: ["sg-2", "sg-1"] },
      ],
    };
    const wanted = {
      ingress: [
        { __defaults: [], protocol: "tcp", fromPort: 5432, securityGroups: ["sg-1", "sg-2"] },
        { __defaults: [], protocol: "tcp", fromPort: 80 },
      ],
    };
    expect(detailed(ingress, old, wanted)).toEqual({});
  });

  test("of objects shows what changed inside one, and one added by hand as deleted", () => {
    const rule = { protocol: "tcp", fromPort: 5432, securityGroups: ["sg-1"] };
    expect(
      detailed(ingress, { ingress: [{ ...rule, securityGroups: ["sg-1", "sg-9"] }] }, { ingress: [rule] }),
    ).toEqual({
      "ingress[0].securityGroups[1]": "DELETE",
    });
    expect(detailed(ingress, { ingress: [rule, { protocol: "tcp", fromPort: 22 }] }, { ingress: [rule] })).toEqual({
      "ingress[1]": "DELETE",
    });
    expect(detailed(ingress, { ingress: [rule] }, { ingress: [{ protocol: "tcp", fromPort: 22 }, rule] })).toEqual({
      "ingress[0]": "ADD",
    });
  });
});

describe("a list", () => {
  test("keeps its longest common part", () => {
    expect(detailed({ paths: { type: "list" } }, { paths: ["a", "b", "c"] }, { paths: ["b", "c", "d"] })).toEqual({
      "paths[0]": "DELETE",
      "paths[2]": "ADD",
    });
  });

  test("of objects is compared position by position", () => {
    const properties: Properties = {
      metricQueries: {
        type: "list",
        element: { type: "object", properties: { id: { type: "string" }, expression: { type: "string" } } },
      },
    };
    const old = { metricQueries: [{ id: "a", expression: "1" }, { id: "b" }] };
    expect(detailed(properties, old, { metricQueries: [{ id: "a", expression: "2" }] })).toEqual({
      "metricQueries[0].expression": "UPDATE",
      "metricQueries[1]": "DELETE",
    });
    expect(detailed(properties, old, { metricQueries: [{ id: "a", expression: UNKNOWN }, { id: "b" }] })).toEqual({
      "metricQueries[0].expression": "UPDATE",
    });
  });
});

describe("an object", () => {
  const restore: Properties = {
    restoreToPointInTime: {
      type: "object",
      properties: {
        restoreTime: { type: "string", createOnly: true },
        sourceDbiResourceId: { type: "string" },
        useLatest: { type: "bool" },
      },
    },
  };

  test("differs inside, and replaces where what changed is create-only", () => {
    const old = { restoreToPointInTime: { restoreTime: "1", sourceDbiResourceId: "db-1" } };
    expect(detailed(restore, old, { restoreToPointInTime: { restoreTime: "2", sourceDbiResourceId: "db-2" } })).toEqual(
      {
        "restoreToPointInTime.restoreTime": "UPDATE_REPLACE",
        "restoreToPointInTime.sourceDbiResourceId": "UPDATE",
      },
    );
  });

  test("that is added or removed causes a replacement only when it has a create-only property", () => {
    expect(detailed(restore, {}, { restoreToPointInTime: { restoreTime: "1" } })).toEqual({
      restoreToPointInTime: "ADD_REPLACE",
    });
    expect(detailed(restore, { restoreToPointInTime: { sourceDbiResourceId: "db-1" } }, {})).toEqual({
      restoreToPointInTime: "DELETE",
    });
  });
});

describe("the whole response", () => {
  const named = typeOf(
    { name: { type: "string", createOnly: true }, size: { type: "int", createOnly: true }, note: { type: "string" } },
    { autoname: { property: "name", maxLength: 63 } },
  );

  test("names top-level properties once, sorted", () => {
    const type = typeOf({ tags: { type: "map" }, note: { type: "string" } });
    expect(diffResource(type, { tags: { a: "1", b: "1" } }, { tags: { a: "2", b: "2" }, note: "n" }, []).diffs).toEqual(
      ["note", "tags"],
    );
  });

  test("deletes first when the name is explicit, and creates first when it was generated", () => {
    expect(diffResource(named, { name: "n", size: 1 }, { name: "n", size: 2, __defaults: [] }, [])).toMatchObject({
      replaces: ["size"],
      stables: ["name"],
      deleteBeforeReplace: true,
    });
    expect(
      diffResource(named, { name: "n-1", size: 1 }, { name: "n-1", size: 2, __defaults: ["name"] }, [])
        .deleteBeforeReplace,
    ).toBe(false);
    expect(
      diffResource(named, { name: "n", size: 1 }, { name: "n", size: 1, note: "x", __defaults: [] }, [])
        .deleteBeforeReplace,
    ).toBe(false);
  });

  test("omits what the program ignores: a property, an element, a key, everything below", () => {
    const properties: Properties = { tags: { type: "map" }, roles: { type: "set" }, note: { type: "string" } };
    const old = { tags: { a: "1", "b-c": "1" }, roles: ["x", "y"], note: "old" };
    const wanted = { tags: { a: "2", "b-c": "2" }, roles: ["x", "z"], note: "new" };
    expect(detailed(properties, old, wanted, ["tags.a", "roles[*]"])).toEqual({
      'tags["b-c"]': "UPDATE",
      note: "UPDATE",
    });
    expect(detailed(properties, old, wanted, ["tags", "note"])).toEqual({ "roles[1]": "UPDATE" });
    expect(detailed(properties, old, wanted, ["*"])).toEqual({});
  });
});
