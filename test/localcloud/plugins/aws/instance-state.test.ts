import { DeleteDBInstanceCommand, type DBInstance, type DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { diffResource } from "../../../../localcloud/plugins/adapter/diff";
import { configureProvider } from "../../../../localcloud/plugins/aws/configuration";
import { instance } from "../../../../localcloud/plugins/aws/rds/instance";
import { checkInstance } from "../../../../localcloud/plugins/aws/rds/instance-check";
import { liveInstance } from "../../../../localcloud/plugins/aws/rds/instance-live";

const config = configureProvider({}, { endpoint: "http://127.0.0.1:9", accessKey: "K", secretKey: "s" });
const live = (more: DBInstance, known: Record<string, unknown> = {}) =>
  liveInstance({ DBInstanceIdentifier: "orders", EngineVersion: "17.9", ...more }, known, config, "eu-central-1");

describe("the state of an instance", () => {
  test("has the version as the program wrote it, while that is right or pending", () => {
    expect(live({}, { engineVersion: "17" }).engineVersion).toBe("17");
    expect(live({ PendingModifiedValues: { EngineVersion: "17.10" } }, { engineVersion: "17.10" }).engineVersion).toBe(
      "17.10",
    );
    expect(live({}, { engineVersion: "17.10" }).engineVersion).toBe("17.9");
    expect(live({}, { engineVersion: "1" }).engineVersion).toBe("17.9");
    expect(live({}, { engineVersion: "17" }).engineVersionActual).toBe("17.9");
  });

  test("has the live value of anything else that is pending, so that drift is visible", () => {
    expect(
      live(
        { DBInstanceClass: "db.m7g.large", PendingModifiedValues: { DBInstanceClass: "db.r7g.xlarge" } },
        { instanceClass: "db.r7g.xlarge" },
      ).instanceClass,
    ).toBe("db.m7g.large");
  });

  test("keeps what no API returns: deletion settings, password", () => {
    expect(
      live(
        {},
        {
          skipFinalSnapshot: true,
          finalSnapshotIdentifier: "last",
          password: "secret-1",
          manageMasterUserPassword: true,
        },
      ),
    ).toMatchObject({
      skipFinalSnapshot: true,
      finalSnapshotIdentifier: "last",
      password: "secret-1",
      manageMasterUserPassword: true,
    });
  });

  test("keeps who manages the master password, and with which key, as the program set it: the provider never reads either", () => {
    const MasterUserSecret = { SecretArn: "arn", SecretStatus: "active", KmsKeyId: "arn:theirs" };
    expect(live({ MasterUserSecret }).manageMasterUserPassword).toBeUndefined();
    expect(live({ MasterUserSecret }).masterUserSecretKmsKeyId).toBeUndefined();
    expect(live({ MasterUserSecret }, { masterUserSecretKmsKeyId: "arn:ours" }).masterUserSecretKmsKeyId).toBe(
      "arn:ours",
    );
  });

  test("has endpoint, secret and time in the provider's forms", () => {
    const instance = live({
      Endpoint: { Address: "127.0.0.1", Port: 5432, HostedZoneId: "Z1" },
      MasterUserSecret: { SecretArn: "arn", SecretStatus: "active", KmsKeyId: "key" },
      LatestRestorableTime: new Date("2030-01-01T10:00:00.123Z"),
    });
    expect(instance).toMatchObject({
      endpoint: "127.0.0.1:5432",
      address: "127.0.0.1",
      port: 5432,
      hostedZoneId: "Z1",
      masterUserSecrets: [{ secretArn: "arn", secretStatus: "active", kmsKeyId: "key" }],
      latestRestorableTime: "2030-01-01T10:00:00Z",
    });
  });
});

describe("like the official provider, an instance is", () => {
  /** RDS with these databases, and its delete calls. */
  function rdsWith(...databases: DBInstance[]) {
    const deleted: unknown[] = [];
    const send = (command: object) => {
      if (command instanceof DeleteDBInstanceCommand) {
        const { DBInstanceIdentifier } = command.input;
        deleted.push(DBInstanceIdentifier);
        if (databases.every((one) => one.DBInstanceIdentifier !== DBInstanceIdentifier))
          throw Object.assign(new Error("not found"), { name: "DBInstanceNotFound" });
        return {};
      }
      const { Filters, DBInstanceIdentifier } = (command as DescribeDBInstancesCommand).input;
      const here = databases.filter((one) => !deleted.includes(one.DBInstanceIdentifier));
      return {
        DBInstances: here.filter((one) =>
          Filters ? one.DbiResourceId === Filters[0]?.Values?.[0] : one.DBInstanceIdentifier === DBInstanceIdentifier,
        ),
      };
    };
    const context = {
      config: { ...config, rds: () => ({ send }) },
      signal: new AbortController().signal,
      log: () => {},
      importing: false,
    };
    return { deleted, context: context as never };
  }
  const known = { identifier: "orders", resourceId: "db-OLD", skipFinalSnapshot: true, region: "eu-central-1" };

  test("read by its resource id, even if it was renamed", async () => {
    const { context } = rdsWith(
      { DBInstanceIdentifier: "orders-2", DbiResourceId: "db-OLD" },
      { DBInstanceIdentifier: "orders", DbiResourceId: "db-NEW" },
    );
    expect(await instance.read!("db-OLD", known, context)).toMatchObject({
      id: "db-OLD",
      properties: { identifier: "orders-2" },
    });
  });

  test("read by its name where the resource id is gone, and gets the id of the instance that has that name now", async () => {
    const { context } = rdsWith({ DBInstanceIdentifier: "orders", DbiResourceId: "db-NEW" });
    expect(await instance.read!("db-OLD", known, context)).toMatchObject({
      id: "db-NEW",
      properties: { resourceId: "db-NEW" },
    });
    expect(await instance.read!("db-OLD", known, rdsWith().context)).toBeUndefined();
  });

  test("deleted by the name in the state: another database that has it now is deleted", async () => {
    const { context, deleted } = rdsWith({ DBInstanceIdentifier: "orders", DbiResourceId: "db-NEW" });
    await instance.delete("db-OLD", known, context);
    expect(deleted).toEqual(["orders"]);
  });

  test("deleted by the name in the state: a database renamed outside Pulumi survives", async () => {
    const { context, deleted } = rdsWith({ DBInstanceIdentifier: "orders-2", DbiResourceId: "db-OLD" });
    await instance.delete("db-OLD", known, context);
    expect(deleted).toEqual(["orders"]);
  });
});

describe("the effect of a change", () => {
  const state = {
    autoMinorVersionUpgrade: true,
    deleteAutomatedBackups: true,
    identifier: "orders",
    engine: "postgres",
    engineVersion: "17.9",
    storageEncrypted: true,
    kmsKeyId: "arn:one",
    username: "owner",
    dbName: "orders",
    allocatedStorage: 100,
    instanceClass: "db.m7g.large",
    maintenanceWindow: "sun:04:00-sun:05:00",
  };
  const replaced = (change: Record<string, unknown>) =>
    diffResource(instance, state, { ...state, ...change }, []).replaces;
  const changed = (change: Record<string, unknown>) => diffResource(instance, state, { ...state, ...change }, []).diffs;

  test.each([
    ["engine", "mysql"],
    ["storageEncrypted", false],
    ["kmsKeyId", "arn:two"],
    ["username", "admin"],
    ["dbName", "other"],
    ["availabilityZone", "eu-central-1b"],
    ["characterSetName", "x"],
    ["snapshotIdentifier", "s"],
    ["timezone", "UTC"],
  ])("a change of %s replaces the database", (name, value) => {
    expect(replaced({ [name]: value })).toEqual([name]);
  });

  test.each([
    ["identifier", "orders-2"],
    ["engineVersion", "17.10"],
    ["instanceClass", "db.r7g.large"],
    ["allocatedStorage", 200],
    ["dbSubnetGroupName", "other"],
    ["parameterGroupName", "other"],
    ["engineLifecycleSupport", "open-source-rds-extended-support"],
    ["port", 5433],
    ["multiAz", true],
    ["networkType", "DUAL"],
  ])("a change of %s does not", (name, value) => {
    expect(changed({ [name]: value })).toEqual([name]);
    expect(replaced({ [name]: value })).toEqual([]);
  });

  test("dropping a restore would replace the database, which is why components ignore that change", () => {
    expect(
      diffResource(instance, { ...state, restoreToPointInTime: { sourceDbiResourceId: "db-A" } }, state, []).replaces,
    ).toEqual(["restoreToPointInTime"]);
  });

  test("a prefix of the version, the case of a window and grown storage are no difference", () => {
    expect(changed({ engineVersion: "17" })).toEqual([]);
    expect(changed({ maintenanceWindow: "Sun:04:00-Sun:05:00" })).toEqual([]);
    expect(changed({ allocatedStorage: 50, maxAllocatedStorage: 500 })).toEqual(["maxAllocatedStorage"]);
    expect(changed({ allocatedStorage: 50 })).toEqual(["allocatedStorage"]);
  });
});

test.each([
  [{ manageMasterUserPassword: true, password: "secret-1" }, "manageMasterUserPassword", "conflicts with password"],
  [{ identifier: "Orders" }, "identifier", "lowercase"],
  [{ identifier: "orders-" }, "identifier", "cannot end in a hyphen"],
  [{ finalSnapshotIdentifier: "a--b" }, "finalSnapshotIdentifier", "two consecutive hyphens"],
  [{ backupWindow: "25:00-26:00" }, "backupWindow", "hh24:mi-hh24:mi"],
  [{ maintenanceWindow: "sunday:04:00-sunday:05:00" }, "maintenanceWindow", "ddd:hh24:mi-ddd:hh24:mi"],
  [{ kmsKeyId: "alias/aws/rds" }, "kmsKeyId", "invalid ARN"],
  [{ passwordWo: "secret-1" }, "passwordWo", "passwordWoVersion"],
  [{ restoreToPointInTime: {}, snapshotIdentifier: "s" }, "restoreToPointInTime", "conflicts with snapshotIdentifier"],
])("%j is refused before any call", (inputs, property, reason) => {
  expect(checkInstance(inputs)).toEqual([{ property, reason: expect.stringContaining(reason) }]);
});
