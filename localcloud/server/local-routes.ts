import { z } from "zod";
import type { Route } from "./wire/action";
import { AwsError } from "./wire/aws-error";
import type { Cloud } from "./cloud";
import type { InstanceRecord } from "./rds/instances/instance-record";

/** The server's endpoints about itself: its status, the clock, administrator access to a database. */
export const localRoutes: Route[] = [
  { method: "GET", path: "/shipshape/status", run: (_request, cloud) => ({ status: 200, body: statusOf(cloud) }) },
  {
    method: "POST",
    path: "/shipshape/stop",
    run(_request, cloud) {
      // After the response has been sent.
      setImmediate(() => cloud.accounts.owner.requestStop());
      return { status: 202, body: { stopping: true } };
    },
  },
  { method: "GET", path: "/shipshape/clock", run: (_request, cloud) => ({ status: 200, body: clockOf(cloud) }) },
  {
    method: "PUT",
    path: "/shipshape/clock",
    run(request, cloud) {
      const requested = clockInput.safeParse(request.body);
      const offset = requested.success ? offsetMs(requested.data) : NaN;
      if (!(Math.abs(offset) <= furthestMs))
        throw new AwsError(
          "InvalidParameterValue",
          `the clock accepts {"now": "<ISO 8601 time>"}, {"offsetSeconds": <number>} or {"reset": true}, at most a century from now`,
        );
      cloud.clock.setOffset(offset);
      return { status: 200, body: clockOf(cloud) };
    },
  },
  {
    method: "POST",
    path: "/shipshape/database-url",
    run(request, cloud) {
      const requested = databaseInput.safeParse(request.body);
      if (!requested.success)
        throw new AwsError(
          "InvalidParameterValue",
          `this takes {"identifier": "<DB instance>", "database": "<optional>", "role": "administrator" | "master"}`,
        );
      return { status: 200, body: connectionInfo(requested.data, cloud) };
    },
  },
];

const clockInput = z.union([
  z.strictObject({ now: z.string().refine((text) => !Number.isNaN(Date.parse(text))) }),
  z.strictObject({ offsetSeconds: z.number() }),
  z.strictObject({ reset: z.literal(true) }),
]);

const databaseInput = z.strictObject({
  identifier: z.string(),
  database: z.string().optional(),
  role: z.enum(["administrator", "master"]).default("administrator"),
  region: z.string().optional(),
});

/**
 * A century: dates further away are invalid for some programs, and a server with an invalid clock could never be
 * started again.
 */
const furthestMs = 100 * 365 * 86_400_000;

function offsetMs(requested: z.output<typeof clockInput>): number {
  if ("now" in requested) return Date.parse(requested.now) - Date.now();
  return "offsetSeconds" in requested ? requested.offsetSeconds * 1000 : 0;
}

const clockOf = (cloud: Cloud): object => ({
  now: cloud.clock.now().toISOString(),
  offsetSeconds: cloud.clock.offsetMs() / 1000,
});

/** The owner of the data folder sees the databases of all accounts: each is a process on this machine. */
function statusOf(cloud: Cloud): object {
  const { servers } = cloud.instances;
  const shown = cloud === cloud.accounts.owner ? cloud.accounts.all() : [cloud];
  return {
    pid: process.pid,
    dataFolder: cloud.settings.dataFolder,
    databasesFolder: servers.databasesFolder,
    ...(servers.folderReason === undefined ? {} : { databasesFolderReason: servers.folderReason }),
    clock: clockOf(cloud),
    accounts: shown.map((one) => one.accountId),
    instances: shown.flatMap((one) => one.instances.list().map((instance) => describe(instance, one))),
    recorded: shown.reduce((sum, one) => sum + one.recorded.recordSet.count(), 0),
  };
}

function describe(instance: InstanceRecord, cloud: Cloud): object {
  const server = cloud.instances.servers.get(instance.resourceId);
  return {
    identifier: instance.shape.DBInstanceIdentifier,
    account: cloud.accountId,
    region: instance.region,
    status: instance.status,
    engineVersion: instance.shape.EngineVersion,
    port: instance.listeningPort ?? null,
    pid: server?.pid ?? null,
    dataFolder: server?.dataFolder ?? cloud.instances.servers.folder(instance.resourceId),
    masterUsername: instance.shape.MasterUsername,
    databaseName: instance.shape.DBName ?? "postgres",
  };
}

/** The administrator connects over the socket, as PostgreSQL's own superuser; the master over TCP, like any client. */
function connectionInfo(requested: z.output<typeof databaseInput>, cloud: Cloud): object {
  const instance = cloud.instances
    .list(requested.region)
    .find((candidate) => candidate.shape.DBInstanceIdentifier === requested.identifier.toLowerCase());
  if (!instance)
    throw new AwsError(
      "DBInstanceNotFound",
      `DBInstance ${requested.identifier} not found; there are: ${
        cloud.instances
          .list(requested.region)
          .map((each) => each.shape.DBInstanceIdentifier)
          .join(", ") || "none"
      }`,
    );
  const server = cloud.instances.servers.get(instance.resourceId);
  if (server?.state() !== "running")
    throw new AwsError(
      "InvalidDBInstanceState",
      `the database of ${instance.shape.DBInstanceIdentifier} is not running: the DB instance is ${instance.status}`,
    );
  const database = requested.database ?? instance.shape.DBName ?? "postgres";
  if (requested.role === "administrator") {
    return {
      host: server.socketFolder,
      port: server.port,
      user: "rdsadmin",
      database,
      url: `postgresql://rdsadmin@/${encodeURIComponent(database)}?host=${encodeURIComponent(server.socketFolder)}&port=${server.port}`,
    };
  }
  const user = instance.shape.MasterUsername;
  // Passwords that the caller set are not stored: only one that Secrets Manager generated is known here.
  const password = instance.masterSecret ? cloud.managedSecrets.credentials(instance.resourceId).password : undefined;
  const login =
    password === undefined ? encodeURIComponent(user) : `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return {
    host: "127.0.0.1",
    port: server.port,
    user,
    database,
    ...(password === undefined ? {} : { password }),
    url: `postgresql://${login}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`,
  };
}
