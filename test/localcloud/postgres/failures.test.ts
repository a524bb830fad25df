import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer as createListener, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { availableVersions } from "../../../localcloud/postgres/binaries";
import { buildOnce } from "../../../localcloud/postgres/build-once";
import { createServer, openServer, removeServer } from "../../../localcloud/postgres/postgres-server";
import { reachableFolder, temporaryRoot } from "../../../localcloud/postgres/reachable-folder";
import { createReachableFolder } from "../../../localcloud/postgres/server-files";
import { serverUser } from "../../../localcloud/postgres/server-user";
import { startFailure } from "../../../localcloud/postgres/start-failure";
import { TestServers, master } from "./servers";

describe("a server that cannot run", () => {
  const testServers = new TestServers();
  afterAll(() => testServers.close());

  it("reports that its port is taken, disturbs no other, and starts once the port is free", async () => {
    const other = await testServers.server("other");
    const listener = createListener().listen(0, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    const { port } = listener.address() as AddressInfo;

    await expect(createServer(testServers.settings("db", { port }), master)).rejects.toMatchObject({
      code: "port-taken",
      hint: expect.any(String) as string,
    });
    expect(existsSync(join(testServers.folder, "db"))).toBe(false);
    expect(other.state()).toBe("running");
    await new Promise((resolve) => listener.close(resolve));
    expect((await testServers.server("db", { port })).port).toBe(port);
  });

  it("names the package to add when its binaries are missing", async () => {
    const missing = {
      code: "binaries-missing",
      message: expect.stringContaining(availableVersions().join(", ")) as string,
      hint: expect.stringContaining(`postgresql-15.3-${process.platform}-${process.arch}`) as string,
    };
    await expect(createServer(testServers.settings("old", { engineVersion: "15.3" }), master)).rejects.toMatchObject(
      missing,
    );
    expect(existsSync(join(testServers.folder, "old"))).toBe(false);
  });

  it("refuses queries by name while it is stopped", async () => {
    const server = await testServers.server("stopped");
    await server.stop();
    await expect(server.query("select 1")).rejects.toMatchObject({ code: "not-running" });
    await expect(openServer(testServers.settings("never-created"))).rejects.toMatchObject({ code: "not-created" });
  });

  it("keeps its port when it is reopened, and takes another when given one", async () => {
    const server = await openServer(testServers.settings("stopped"));
    const reopened = await openServer(testServers.settings("stopped", { port: server.port + 1 }));
    expect((await openServer(testServers.settings("stopped"))).port).toBe(reopened.port);
  });

  it("works below a path too long for a socket, and leaves nothing of it when removed", async () => {
    const name = "long-".repeat(20);
    const server = await testServers.server(name);
    expect(server.socketFolder.startsWith(testServers.folder)).toBe(false);
    expect(await server.query("select $1::int as one", [1])).toEqual([{ one: 1 }]);
    await removeServer(testServers.settings(name).folder);
    expect([existsSync(testServers.settings(name).folder), existsSync(server.socketFolder), server.pid]).toEqual([
      false,
      false,
      undefined,
    ]);
  });

  it.each([
    ["disk-full", 'FATAL:  could not write to file "pg_wal/xlogtemp.12": No space left on device'],
    ["port-taken", 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'],
    ["incompatible-parameters", 'FATAL:  could not access file "pgaudit": No such file or directory'],
    [
      "incompatible-parameters",
      'FATAL:  WAL streaming ("max_wal_senders" > 0) requires "wal_level" to be "replica" or "logical"',
    ],
    ["incompatible-parameters", "FATAL:  could not map anonymous shared memory: Cannot allocate memory"],
    ["start-failed", "PANIC:  could not locate a valid checkpoint record"],
  ])("is classified as %s by PostgreSQL's log: %s", (code, line) => {
    const error = startFailure([`2026-11-23 10:00:00 UTC::@:[1]:${line}`]);
    expect(error.code).toBe(code);
    expect(error.message).toContain(line.replace(/^\w+: +/, ""));
  });
});

describe("a folder for PostgreSQL's user", () => {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-reach-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is used as given when that user can reach it, else replaced, with the reason", () => {
    const isRoot = serverUser().spawnOptions.uid !== undefined;
    chmodSync(folder, 0o700);
    const closed = reachableFolder(join(folder, "databases"));
    expect(closed.folder.startsWith("/var/tmp/shipshape-")).toBe(isRoot);
    if (isRoot) expect(closed.reason).toContain(`${folder} is not accessible to user ${serverUser().name}`);
    chmodSync(folder, 0o755);
    expect(reachableFolder(join(folder, "databases"))).toEqual({ folder: join(folder, "databases") });
  });

  it("that lies beside other users' folders is open to that user, and writable for nobody else, whatever the umask", () => {
    const root = join(folder, "beside");
    const umask = process.umask(0o077);
    try {
      expect(temporaryRoot(root)).toBe(root);
      expect(statSync(root).mode & 0o777).toBe(0o755);
      chmodSync(root, 0o700);
      temporaryRoot(root);
      expect(statSync(root).mode & 0o777).toBe(0o755);
    } finally {
      process.umask(umask);
    }
    chmodSync(root, 0o777);
    expect(() => temporaryRoot(root)).toThrow("is not a folder that only this user can write to");
    rmSync(root, { recursive: true });
  });

  it("is opened, with its ancestors, if a kill came between its creation and that; others are left as they are", async () => {
    const closedBefore = (outer: number, inner: number) => {
      rmSync(join(folder, "outer"), { recursive: true, force: true });
      mkdirSync(join(folder, "outer", "inner"), { recursive: true });
      chmodSync(join(folder, "outer"), outer);
      chmodSync(join(folder, "outer", "inner"), inner);
    };
    const modes = () => ["outer", "outer/inner"].map((name) => statSync(join(folder, name)).mode & 0o777);
    const another = { name: "nobody", uid: 65534, gid: 65534, spawnOptions: { uid: 65534, gid: 65534, cwd: "/" } };
    const own = { ...another, spawnOptions: { cwd: "/" } };
    chmodSync(folder, 0o755);
    for (const left of [0o700, 0o755]) {
      closedBefore(left, 0o700);
      await createReachableFolder(join(folder, "outer", "inner"), another);
      expect(modes()).toEqual([0o755, 0o755]);
    }
    closedBefore(0o700, 0o700);
    await createReachableFolder(join(folder, "outer", "inner"), own);
    expect(modes()).toEqual([0o700, 0o700]);
    rmSync(join(folder, "outer"), { recursive: true });
  });

  it("that several processes build at once is built once and completely, and leftovers of dead ones are removed", async () => {
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "view.partial-999999999-abcdef"));
    let built = 0;
    const build = async (partial: string) => {
      built++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      mkdirSync(join(partial, "whole"));
    };
    await Promise.all([1, 2, 3].map(() => buildOnce(join(folder, "view"), build)));
    expect([built, readdirSync(folder)]).toEqual([1, ["view"]]);
    expect(statSync(join(folder, "view")).mode & 0o777).toBe(0o755);
    await expect(buildOnce(join(folder, "other"), () => Promise.reject(new Error("half-way")))).rejects.toThrow(
      "half-way",
    );
    expect(readdirSync(folder)).toEqual(["view"]);
  });
});

/** Needs its own small file system, which only some machines let us mount. */
const canMount = process.platform === "linux" && process.getuid?.() === 0 && mounts();
(canMount ? describe : describe.skip)("a full disk", () => {
  it("fails that server's create by name, leaves nothing of it, and affects no other", async () => {
    const testServers = new TestServers();
    const small = join(testServers.folder, "small");
    mkdirSync(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m,mode=0755", "tmpfs", small]);
    try {
      const other = await testServers.server("other");
      await expect(createServer(testServers.settings("small/db"), master)).rejects.toMatchObject({ code: "disk-full" });
      expect(readdirSync(small)).toEqual([]);
      expect(other.state()).toBe("running");
    } finally {
      execFileSync("umount", [small]);
      await testServers.close();
    }
  });
});

function mounts(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
