// What a stack declares inside its database, its secrets, and what is said of what could not be read.
import {
  accessDifferences,
  accessWasRead,
  bounded,
  isAccessWhole,
  namedObjects,
  secretDifferences,
  unreadable,
} from "../../../../automation/operations/drift-detection/access-baseline";
import { declaredInside, isInsideCluster } from "../../../../automation/operations/drift-detection/desired-access";
import { differencesMax } from "../../../../automation/operations/drift-detection/limits";
import type { Privilege } from "../../../../automation/targets/access-catalog";
import { resource, of, stack, group, toApp, untouched, as, differences } from "./access-states";

describe("a stack", () => {
  const secret = [
    resource("aws:secretsmanager/secret:Secret", "secret", { name: "shipshape/o/e/orders/app" }, { arn: "arn:app" }),
    resource("aws:secretsmanager/secretVersion:SecretVersion", "version", { secretId: "arn:app" }, { versionId: "v1" }),
  ];

  test("that declares nothing inside its database has nothing to compare", () => {
    expect(declaredInside(stack().slice(0, 2), "db-1")).toBeUndefined();
    expect(declaredInside(stack(), "db-other")).toBeUndefined();
  });

  test("of an Aurora cluster declares roles that are not compared, which is said", () => {
    const type = "aws:rds/clusterInstance:ClusterInstance";
    const reader = resource(type, "reader", {}, { dbiResourceId: "db-READER" });
    expect(declaredInside(stack(reader), "db-READER")).toBeUndefined();
    expect(isInsideCluster(stack(reader), "db-READER")).toBe(true);
    expect([isInsideCluster([reader], "db-READER"), isInsideCluster(stack(reader), "db-1")]).toEqual([false, false]);
  });

  test("has the secret of each role, by the role that its name has, and never its value", () => {
    expect(declaredInside(stack(...secret), "db-1")!.secrets).toMatchObject([
      { secretId: "arn:app", versionId: "v1", usernames: ["app"] },
    ]);
  });

  test("with a master password of its own has the master's secret, whose login no part of its name is", () => {
    const [named, version] = secret.map((one) => structuredClone(one));
    Object.assign(named!.inputs!, { name: "shipshape/app/e/orders/master" });
    const [found] = declaredInside(stack(named!, version!), "db-1")!.secrets;
    const master = declaredInside(stack(), "db-1")!.desired.master;
    expect(found).toMatchObject({ usernames: [master] });
  });

  test("with grants on single objects has these read apart", () => {
    const one = { role: "app", objectType: "table", schema: "orders", database: "orders", objects: ["line"] };
    const { desired } = declaredInside(stack(of("Grant", "line", { ...one, privileges: ["UPDATE"] })), "db-1")!;
    expect(namedObjects(desired)).toContainEqual({ kind: "table", schema: "orders", name: "line" });
    const line = (privileges: Privilege[]) =>
      accessDifferences(
        desired,
        untouched({ objects: [...as.objects, group("table", { name: "line", names: ["line"], privileges })] }),
      );
    expect(line([toApp, ["app", "UPDATE", false]])).toEqual([]);
  });

  test("that declares something in another database has that as unreadable", () => {
    expect(differences({}, of("Schema", "far", { name: "far", owner: "owner", database: "other" }))).toEqual([
      ["far", "unreadable", "high", "could not be read"],
    ]);
  });
});

test.each([
  ["works, as written", { isWritten: false, elsewhere: [], login: "works", reason: "" }, []],
  [
    "was written by others, and works",
    { isWritten: true, elsewhere: [], login: "works", reason: "" },
    [["secretString", "drift", "medium"]],
  ],
  [
    "leads to another host",
    { isWritten: true, elsewhere: ["host"], login: "works", reason: "" },
    [["secretString.host", "drift", "critical"]],
  ],
  ["is refused", { isWritten: false, elsewhere: [], login: "refused", reason: "28P01" }, [["login", "drift", "high"]]],
  [
    "cannot be tried",
    { isWritten: false, elsewhere: [], login: "unknown", reason: "timeout" },
    [[null, "unreadable", "high"]],
  ],
] as const)("a secret that %s", (_, tried, expected) => {
  const secret = {
    urn: "urn:pulumi:s::p::t::version",
    type: "t",
    secretId: "arn",
    versionId: "v1",
    usernames: ["app"],
  };
  const all = secretDifferences(secret, { ...tried, elsewhere: [...tried.elsewhere] });
  expect(all.map((one) => [one.property, one.class, one.severity])).toEqual(expected);
});

test("what cannot be read is inconclusive and says why, and more than a run keeps is counted", () => {
  const none = bounded("orders", null, [unreadable("access of orders", "it is stopped")]);
  expect(accessWasRead(none)).toMatchObject({
    verdict: "inconclusive",
    explanation: "access of orders: it is stopped",
  });
  expect(isAccessWhole(none)).toBe(false);
  const many = bounded(
    "orders",
    { roles: 1, objects: 1, logins: 1 },
    Array(differencesMax + 7).fill(unreadable("a", "b")),
  );
  expect(many.differencesLeftOut).toBe(7);
  expect(isAccessWhole(bounded("orders", null, []))).toBe(false);
  // A secret that could not be tried, or what is in another database, says nothing of the rest.
  const read = { roles: 1, objects: 1, logins: 1 };
  expect(isAccessWhole(bounded("orders", read, [unreadable("orders-secret-owner", "denied")]))).toBe(true);
});
