import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type PostgresServer,
  type PostgresServerSettings,
  createServer,
  openServer,
} from "../../../localcloud/postgres/postgres-server";
import { processesIn } from "../../../localcloud/postgres/processes";
import { TestServers, master, versions } from "./servers";

describe("a server whose manager dies", () => {
  const testServers = new TestServers();
  afterAll(() => testServers.close());

  it("survives with its clients, and the next manager finds it running", async () => {
    const settings = testServers.settings("adopted");
    const manager = startManager(settings);
    const [, port, pid] = (await once(manager.stdout!, "data")).toString().split(/\s/).map(Number);
    const client = await testServers.connect({ port } as PostgresServer);
    await kill(manager);

    const server = await testServers.server("adopted");
    expect([server.state(), server.port, server.pid]).toEqual(["running", port, pid]);
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();

    await server.stop();
    expect([server.state(), server.pid, processesIn(server.dataFolder)]).toEqual(["stopped", undefined, []]);
    await expect(connectsTo(server.port)).resolves.toBe(false);
  });

  it.each([
    ["nothing is copied yet", "."],
    ["the template is being copied", "data"],
    ["it is about to be started", "tls/server.key"],
    ["it is starting", "data/postmaster.pid"],
    ["the master is being created", "socket"],
  ])("during a create, when %s, is completed by the next create", async (_, sign) => {
    const name = `killed-${sign.replaceAll(/\W/g, "-")}`;
    const settings = testServers.settings(name);
    const manager = startManager(settings);
    while (!existsSync(join(settings.folder, sign))) await sleep(1);
    await kill(manager);
    expect(existsSync(join(settings.folder, "server.json"))).toBe(false);
    await expect(openServer(settings)).rejects.toMatchObject({ code: "not-created" });

    const server = await testServers.server(name);
    const client = await testServers.connect(server);
    expect((await client.query("select current_database() as name")).rows).toEqual([{ name: "orders" }]);
    await client.end();
    expect(new Set(processesIn(server.dataFolder)).has(server.pid as number)).toBe(true);
    await server.stop("immediate");
    expect(server.state()).toBe("crashed"); // as after a crash: the next start recovers
  });

  it("can create twice: the second call finds the first one's server, with the first password", async () => {
    const server = await testServers.server("twice");
    const again = await createServer(testServers.settings("twice"), { ...master, password: "another-Password-1" });
    expect([again.port, again.pid]).toEqual([server.port, server.pid]);
    await (await testServers.connect(again)).end();
  });
});

describe.each(versions)("a PostgreSQL %s that is killed", (engineVersion) => {
  const testServers = new TestServers();
  afterAll(() => testServers.close());

  it("is detected as crashed, and restarted with every committed row, even while an old backend still runs", async () => {
    const server = await testServers.server("db", { engineVersion });
    const client = await testServers.connect(server);
    await client.query("create table kept as select generate_series(1, 1000) as id");
    // Ignores signals while it computes, and holds the shared memory.
    const busy = await testServers.connect(server);
    busy.query("do $$ declare i bigint := 0; begin loop i := i + 1; end loop; end $$").catch(() => undefined);
    await sleep(100);
    process.kill(server.pid as number, "SIGKILL");
    while (server.state() === "running") await sleep(5);
    await sleep(100);
    expect([server.state(), processesIn(server.dataFolder).length]).toEqual(["crashed", 2]); // and the log's collector, which waits for it

    await server.start();
    const after = await testServers.connect(server);
    expect((await after.query("select count(*)::int as rows from kept")).rows).toEqual([{ rows: 1000 }]);
    await after.end();
    await server.stop();
    expect(processesIn(server.dataFolder)).toEqual([]);
  });
});

describe("a pid file that names an unrelated process", () => {
  const testServers = new TestServers();
  afterAll(() => testServers.close());

  it("is not mistaken for a running server, and keeps none from starting", async () => {
    const server = await testServers.server("db");
    process.kill(server.pid as number, "SIGKILL");
    while (server.state() === "running") await sleep(5);
    const stranger = spawn("sleep", ["60"]);
    const file = join(server.dataFolder, "postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(stranger.pid)));
    try {
      expect(server.state()).toBe("crashed");
      await server.start();
      expect(server.state()).toBe("running");
    } finally {
      stranger.kill();
    }
  });
});

function startManager(settings: PostgresServerSettings): ChildProcess {
  const program = join(__dirname, "create-server.ts");
  return spawn(process.execPath, ["--import", "tsx", program, JSON.stringify(settings), JSON.stringify(master)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function kill(manager: ChildProcess): Promise<void> {
  const exit = once(manager, "exit");
  manager.kill("SIGKILL");
  await exit;
}

function connectsTo(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
