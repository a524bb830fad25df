// Passwords that are rotated by changing logins: which login there is at each generation, and what the component
// declares for it. What they can do in a database: automation/password-rotation.engine.test.ts.
import { runtime } from "@pulumi/pulumi";
import { StandardDatabase } from "../../components";
import { loginsOf, type RoleRotation } from "../../components/standards/rotated-logins";
import { declare, platform, request, type Declared } from "./declared";

const shown = ({ generation, locked }: RoleRotation) => {
  const { roleMayLogIn, logins } = loginsOf("readwrite", { generation, locked });
  const own = logins.map((one) => `${one.side}${one.passwords}${one.mayLogIn ? "" : " locked"}`);
  return [...own, roleMayLogIn ? "role" : "role locked"].join(", ");
};

test.each([
  [0, undefined, "role"],
  [1, undefined, "a1, role"],
  [1, 0, "a1, role locked"],
  [2, 0, "b1, a1, role locked"],
  [2, undefined, "b1, a1, role locked"],
  [2, 1, "b1, a1 locked, role locked"],
  [3, 1, "a2, b1, role locked"],
  [3, 2, "a2, b1 locked, role locked"],
  [4, 2, "b2, a2, role locked"],
  [5, 3, "a3, b2, role locked"],
])("at generation %i with %p locked the logins are %s", (generation, locked, logins) => {
  expect(shown({ generation, locked })).toBe(logins);
});

test("the login in use keeps its password until it is in use again, and is never locked", () => {
  for (let generation = 1; generation < 9; generation++)
    for (let locked = -1; locked < generation; locked++) {
      const [inUse] = loginsOf("r", { generation, locked }).logins;
      const then = loginsOf("r", { generation: generation + 1, locked }).logins;
      expect(inUse).toMatchObject({ mayLogIn: true });
      // With the number that was locked before, a rotation leaves it open.
      expect(then[1]).toEqual(inUse);
      expect(then[0]?.username).not.toBe(inUse?.username);
    }
});

describe("in a database", () => {
  afterEach(() => runtime.setAllConfig({}));
  const configOf = (rotation: unknown) => ({
    "shipshape:rotation": JSON.stringify({ "orders-production": rotation }),
  });
  const rotated = (rotation: unknown) => {
    runtime.setAllConfig(configOf(rotation));
    return declare(() => new StandardDatabase("orders", { ...request, platform }));
  };
  const names = (declared: Declared[]) => declared.map(({ name }) => name);
  const of = (declared: Declared[], name: string) => declared.find((one) => one.name === name)!.inputs;
  const plain = (value: unknown) => (value as { value: string }).value;

  test("that was never rotated, config says nothing, or says 0, and nothing differs", async () => {
    runtime.setAllConfig({});
    const never = names(await declare(() => new StandardDatabase("orders", { ...request, platform })));
    expect(names(await rotated({ readwrite: { generation: 0 } }))).toEqual(never);
  });

  test("the first rotation adds a login, and the role may still log in with its own password", async () => {
    const declared = await rotated({ readwrite: { generation: 1 } });
    expect(names(declared).filter((name) => /-[ab](-|$)/.test(name))).toEqual([
      "orders-role-readwrite-a",
      "orders-readwrite-a-password",
    ]);
    expect(of(declared, "orders-role-readwrite")).toMatchObject({ login: true });
    expect(of(declared, "orders-role-readwrite")).not.toHaveProperty("password");
    expect(of(declared, "orders-role-readwrite-a")).toMatchObject({
      name: "readwrite_a",
      login: true,
      roles: ["readwrite"],
      assumeRole: "readwrite",
    });
    const secret = plain(of(declared, "orders-readwrite-secret-version").secretString);
    expect(JSON.parse(secret)).toMatchObject({
      username: "readwrite_a",
      url: expect.stringContaining("//readwrite_a:") as string,
    });
  });

  test("both logins have every setting and limit of the role, since members of a role get none of them", async () => {
    const declared = await rotated({ monitoring: { generation: 2 } });
    const { name: _, login: __, roles: ___, password: ____, ...role } = of(declared, "orders-role-monitoring");
    expect(role).toMatchObject({ connectionLimit: 5, statementTimeout: 30_000, validUntil: "infinity" });
    for (const side of ["a", "b"]) expect(of(declared, `orders-role-monitoring-${side}`)).toMatchObject(role);
  });

  test("the owner stays a member of what the application logs in as, so that it can end its sessions", async () => {
    const declared = await rotated({ readwrite: { generation: 2, locked: 1 } });
    expect(of(declared, "orders-role-owner")).toMatchObject({
      roles: ["readwrite", "readonly", "readwrite_b", "readwrite_a"],
    });
    expect(of(declared, "orders-role-readwrite")).toMatchObject({ login: false });
    expect(of(declared, "orders-role-readwrite-a")).toMatchObject({ login: false });
    expect(of(declared, "orders-readwrite-a-password")).toMatchObject({ keepers: { generation: "1" } });
  });

  test.each([
    [{ readwrit: { generation: 1 } }, {}, "orders-production.readwrit: is not a role; give owner, readwrite"],
    [{ readwrite: 1 }, {}, "orders-production.readwrite: give {generation}"],
    [{ readwrite: { generation: 1.5 } }, {}, "readwrite.generation: a generation is a whole number (given 1.5)"],
    [{ readwrite: { generation: -1 } }, {}, "readwrite.generation: a generation is 0 or more (given -1)"],
    [{ readwrite: { generation: 1, locked: 1 } }, {}, "readwrite.locked: give a generation before the one in use"],
    [{ readwrite: { generaton: 1 } }, {}, "readwrite.generaton: is not an argument; did you mean generation?"],
    [
      { readwrite: { generation: 1 } },
      { roles: { readwrite: { authentication: "iam" } } } as const,
      "orders-production.readwrite: logs in with IAM, and has no password to rotate; remove it",
    ],
  ])("config %j is refused with its path and the reason", async (rotation, more, reason) => {
    let refusal = "";
    runtime.setAllConfig(configOf(rotation));
    await declare(() => {
      try {
        new StandardDatabase("orders", { ...request, ...more, platform });
      } catch (error) {
        refusal = String(error);
      }
    });
    expect(refusal).toContain("config shipshape:rotation of stack database.orders-production: ");
    expect(refusal).toContain(reason);
  });
});
