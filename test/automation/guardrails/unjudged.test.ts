import { instance, securityGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import { productionTags } from "../../policypacks/fixtures";
import { folderOf, guard, report } from "./command";
import { aSecret, exported, resource, stateOf } from "./states";

const { put, remove } = folderOf("unjudged");
afterAll(remove);
let number = 0;
const state = (...resources: object[]) => put(`${number++}.json`, stateOf(resources));
const open = [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }];

describe("the actual state counts, as well as the program's inputs", () => {
  test("a port opened by hand is found, even if the program declares no rules", async () => {
    const { exitCode, found } = await report(
      "--state",
      state(resource(securityGroup, "db", { name: "db" }, { name: "db", ingress: open })),
    );
    expect([exitCode, found]).toEqual([1, ["violation forbid-open-ingress ingress[0].cidrBlocks"]]);
  });

  test("a port closed by hand is found if the next `up` would reopen it", async () => {
    const { found } = await report("--state", state(resource(securityGroup, "db", { ingress: open }, { ingress: [] })));
    expect(found).toEqual(["violation forbid-open-ingress ingress[0].cidrBlocks"]);
  });

  test("the same port is reported once, whatever the order of AWS's rules", async () => {
    const narrow = { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/24"] };
    const { found } = await report(
      "--state",
      state(resource(securityGroup, "db", { ingress: [...open, narrow] }, { ingress: [narrow, ...open] })),
    );
    expect(found).toEqual(["violation forbid-open-ingress ingress[1].cidrBlocks"]);
  });

  test("an unencrypted restore is found, although the program says that it is encrypted", async () => {
    const one = exported({ storageEncrypted: true, snapshotIdentifier: "before" });
    change(one, instance, (database) => Object.assign(database.outputs, { storageEncrypted: false, kmsKeyId: "" }));
    const { exitCode, found } = await report("--state", put("restored.json", one));
    expect([exitCode, found]).toEqual([1, ["violation require-encryption-at-rest storageEncrypted"]]);
  });

  test("a database that became public, without backups and protection, is found", async () => {
    const one = exported();
    change(one, instance, (database) =>
      Object.assign(database.outputs, {
        publiclyAccessible: true,
        backupRetentionPeriod: 0,
        deletionProtection: false,
      }),
    );
    expect((await report("--state", put("changed.json", one))).found).toEqual([
      "violation forbid-public-access publiclyAccessible",
      "violation require-backup-retention backupRetentionPeriod",
      "violation require-deletion-protection deletionProtection",
    ]);
  });

  test("a replaced resource that still exists is judged, as well as its replacement", async () => {
    const replaced = { ...resource(securityGroup, "db", { ingress: open }), delete: true };
    const { exitCode, found, findings, left } = await report(
      "--state",
      state(replaced, resource(securityGroup, "db", { ingress: [] })),
    );
    expect([exitCode, found, left]).toEqual([1, ["violation forbid-open-ingress ingress[0].cidrBlocks"], []]);
    expect(findings[0]?.message).toMatch(/^db \(replaced, exists until `pulumi up` deletes it\): /);
  });

  test("a replaced resource is judged only by the rules that matter until it is deleted", async () => {
    const old = { publiclyAccessible: true, deletionProtection: false, backupRetentionPeriod: 0 };
    const one = exported();
    const { resources } = one["deployment"] as { resources: { type: string; inputs: object; outputs: object }[] };
    const current = resources.find(({ type }) => type === instance)!;
    resources.unshift({
      ...current,
      inputs: { ...current.inputs, ...old },
      outputs: { ...current.outputs, ...old },
      delete: true,
    } as never);
    expect((await report("--state", put("replaced.json", one))).found).toEqual([
      "violation forbid-public-access publiclyAccessible",
    ]);
  });

  test("an adopted throwaway is judged as one for a throwaway's lifetime", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const inputsOfThrowaway = {
      identifier: "drill-1",
      tags: {
        ...productionTags,
        "shipshape:ring": undefined,
        "shipshape:run": "r",
        "shipshape:expires-on": inDays(1).slice(0, 10),
      },
      storageEncrypted: true,
      backupRetentionPeriod: 0,
      deletionProtection: false,
      parameterGroupName: "shipshape-postgres17-standard",
      skipFinalSnapshot: true,
    };
    const outputs = {
      ...inputsOfThrowaway,
      engine: "postgres",
      engineVersion: "17.10",
      kmsKeyId: "arn:k",
      publiclyAccessible: false,
      username: "shipshape_admin",
    };
    const adopted = (created: string | undefined, inputs: object = inputsOfThrowaway) =>
      state({ ...resource(instance, "restored", inputs as never, outputs), created });
    expect((await report("--state", adopted(inDays(0)))).found).toEqual([]);
    for (const none of [
      adopted(inDays(-9)),
      adopted(undefined),
      adopted(inDays(0), { ...inputsOfThrowaway, engine: "postgres" }),
    ])
      expect((await report("--state", none)).found).toContain(
        "violation require-backup-retention backupRetentionPeriod",
      );
  });

  test("the component's arguments take precedence over its resources' tags", async () => {
    const component = {
      ...resource("shop:index:Database", "shop", { environment: "production", tier: "gold" }),
      custom: false,
    };
    const properties = {
      identifier: "shop",
      tags: { environment: "development", tier: "bronze" },
      backupRetentionPeriod: 7,
    };
    const one = exported(properties, { parent: component.urn }, "database.shop");
    (one["deployment"] as { resources: object[] }).resources.unshift(component);
    expect((await report("--state", put("component.json", one))).found).toContain(
      "violation require-backup-retention backupRetentionPeriod",
    );
  });

  test("a value that is secret in the program may be visible in the state", async () => {
    const one = exported({ multiAz: false });
    change(one, instance, (database) => Object.assign(database.inputs, { multiAz: aSecret }));
    expect((await report("--state", put("hidden.json", one))).found).toEqual(["violation require-multi-az multiAz"]);
  });
});

describe("resources that no rule judges are named, in text and in JSON, and the summary does not claim a pass", () => {
  const clean = /no findings$/m;

  test("such as a resource that this stack only reads", async () => {
    const file = state({
      ...resource(instance, "shared", undefined, { publiclyAccessible: true, identifier: "x" }),
      external: true,
    });
    const { exitCode, found, left } = await report("--state", file);
    expect([exitCode, found, left]).toEqual([
      0,
      [],
      [`not judged: 1 resource of another stack (${instance} shared): only read here; judged where it is declared`],
    ]);
    const { out } = await guard("--state", file);
    expect(out).toContain(left[0]);
    expect(out).not.toMatch(clean);
  });

  test("such as an interrupted create: its inputs are judged, and its result is unknown", async () => {
    const pending = resource(instance, "ledger", {
      publiclyAccessible: true,
      storageEncrypted: false,
      tags: productionTags,
    });
    const file = put("pending.json", {
      version: 3,
      deployment: { resources: [], pending_operations: [{ type: "creating", resource: pending }] },
    });
    const { exitCode, found, left } = await report("--state", file);
    expect(exitCode).toBe(1);
    expect(found).toEqual(
      expect.arrayContaining([
        "violation forbid-public-access publiclyAccessible",
        "violation require-encryption-at-rest storageEncrypted",
      ]),
    );
    expect(left[0]).toMatch(/^not judged: 1 pending operation \(creating urn:pulumi:.*::ledger\)/);
  });

  test("such as an interrupted delete", async () => {
    const pending = resource(instance, "ledger", { publiclyAccessible: true });
    const file = put("deleting.json", {
      version: 3,
      deployment: { resources: [], pending_operations: [{ type: "deleting", resource: pending }] },
    });
    const { found, left } = await report("--state", file);
    expect([found, left[0]]).toEqual([[], expect.stringContaining("1 pending operation (deleting ") as string]);
  });

  test("such as a replaced resource of a type that no rule covers", async () => {
    const { found, left } = await report(
      "--state",
      state({ ...resource("aws:docdb/cluster:Cluster", "old", {}), delete: true }),
    );
    expect([found, left]).toEqual([
      [],
      [
        "not judged: 1 replaced resource (aws:docdb/cluster:Cluster old): not yet deleted by `pulumi up`, and of a type that no rule knows",
      ],
    ]);
  });

  test.each([
    "aws-native:rds:DBInstance",
    "aws:cloudformation/stack:Stack",
    "aws:cloudcontrol/resource:Resource",
    "aws:docdb/cluster:Cluster",
    "aws:rds/customDbEngineVersion:CustomDbEngineVersion",
    "aws:RDS/instance:Instance",
    "aws:rds/shardGroup:ShardGroup",
    "pulumi-nodejs:dynamic:Resource",
    "command:local:Command",
    "kubernetes:helm.sh/v3:Release",
  ])("a resource of type %s", async (type) => {
    const file = state(resource(type, "other", {}));
    const { left } = await report("--state", file);
    expect(left).toEqual([
      `not judged: 1 resource of a type that no rule knows (${type} other): it may create databases`,
    ]);
    expect((await guard("--state", file)).out).not.toMatch(clean);
  });

  test("which are counted if there are many, and the first few named", async () => {
    const { left } = await report(
      "--state",
      state(...Array.from({ length: 8 }, (_, at) => resource("command:local:Command", `c${at}`, {}))),
    );
    expect(left[0]).toMatch(
      /^not judged: 8 resources of types that no rule knows \(command:local:Command c0, .* and 3 more\)/,
    );
  });

  test("such as a parameter group known only by its name; together with the state that declares it, everything is judged", async () => {
    const group = resource("aws:rds/parameterGroup:ParameterGroup", "group", {
      name: "Shipshape-Postgres17-Standard",
      family: "postgres17",
      tags: productionTags,
      parameters: [
        { name: "log_connections", value: "1" },
        { name: "log_disconnections", value: "1" },
        { name: "log_statement", value: "ddl" },
      ],
    });
    const alone = put("group/a.json", exported());
    expect((await report("--state", alone)).left[0]).toContain("1 parameter group (shipshape-postgres17-standard)");
    put("group/b.json", stateOf([group]));
    const { out, exitCode } = await guard("--state", put("group/a.json", exported()).replace(/a\.json$/, ""));
    expect([exitCode, out]).toEqual([0, "2 states with 7 resources: no findings"]);
  });

  test("but not components, providers and resources that only compute values", async () => {
    const component = { ...resource("shop:index:Shop", "shop", {}), custom: false };
    const file = state(
      component,
      resource("pulumi:providers:aws", "default", {}),
      resource("random:index/randomId:RandomId", "id", {}),
    );
    expect((await guard("--state", file)).out).toBe("1 state with 3 resources: no findings");
  });
});

describe("encrypted values", () => {
  test("are undecided, the report says how to decide them, and they can be made to fail", async () => {
    const file = state(resource(securityGroup, "db", { ingress: aSecret }));
    const { exitCode, out } = await guard("--state", file);
    expect([exitCode, out]).toEqual([
      0,
      expect.stringContaining("`pulumi stack export --show-secrets | npx shipshape guard --state -`") as string,
    ]);
    expect(out).toMatch(/1 undecided$/);
    expect((await guard("--state", file, "--fail-on-undecided")).exitCode).toBe(1);
    expect(
      (await guard("--state", state(resource(securityGroup, "db", { ingress: [] })), "--fail-on-undecided")).exitCode,
    ).toBe(0);
  });

  test("do not hide plain values next to them", async () => {
    const file = state(resource(securityGroup, "db", { ingress: [{ ...open[0], cidrBlocks: [aSecret] }, ...open] }));
    const { found, findings } = await report("--state", file);
    expect(found).toEqual([
      "undecided forbid-open-ingress ingress[0].cidrBlocks[0]",
      "violation forbid-open-ingress ingress[1].cidrBlocks",
    ]);
    expect(JSON.stringify(findings)).not.toContain("[secret]");
  });

  test("are judged in an export that shows secrets", async () => {
    const shown = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: JSON.stringify(open),
    };
    expect((await report("--state", state(resource(securityGroup, "db", { ingress: shown })))).found).toEqual([
      "violation forbid-open-ingress ingress[0].cidrBlocks",
    ]);
  });

  test("are reported for advisory rules too: in a state they stay encrypted", async () => {
    expect((await report("--state", put("low.json", exported({ monitoringInterval: aSecret })))).found).toEqual([
      "undecided require-enhanced-monitoring monitoringInterval",
    ]);
  });
});

type Entry = { type: string; inputs: Record<string, unknown>; outputs: Record<string, unknown> };
function change(state: Record<string, unknown>, type: string, act: (entry: Entry) => void): void {
  const { resources } = state["deployment"] as { resources: Entry[] };
  for (const entry of resources) if (entry.type === type) act(entry);
}
