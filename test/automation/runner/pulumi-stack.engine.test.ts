import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@pulumi/pulumi";
import { RandomUuid } from "@pulumi/random";
import { bringUp, createAhead, removeStack, type StackProgram } from "../../../automation/runner/pulumi-stack";
import { readStack, stackExists, type StackContext } from "../../../automation/runner/stack-state";
import { installPlugins } from "../../../localcloud/plugins/bundle";

const folder = mkdtempSync(join(tmpdir(), "shipshape-pulumi-stack-"));
const backend = join(folder, "100% state #1");
const context: StackContext = {
  workspacesFolder: join(folder, "workspaces"),
  environment: {
    PATH: process.env["PATH"],
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}/100%25 state %231`,
    PULUMI_CONFIG_PASSPHRASE: "a test's own",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  },
};
let owner: ChildProcess | undefined;
beforeAll(async () => {
  mkdirSync(backend);
  await installPlugins(join(folder, "home"));
});
afterEach(() => void owner?.kill("SIGKILL"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running = new AbortController().signal;
const orders = "11111111-2222-4333-8444-555555555555";
const nothingInCloud = () => Promise.resolve(new Map<string, string>());
const seen: { adopt: [string, string][]; settled: number } = { adopt: [], settled: 0 };
beforeEach(() => Object.assign(seen, { adopt: [], settled: 0 }));

/** A stack with one resource, which is imported if the cloud has it and the state does not. */
const stackCalled = (
  stackName: string,
  inCloud: () => Promise<ReadonlyMap<string, string>> = nothingInCloud,
): StackProgram => ({
  stackName,
  settleCloud: () => (seen.settled++, inCloud()),
  program: (adopt) => {
    seen.adopt = [...adopt];
    return async () => {
      const id = new RandomUuid("orders", {}, { import: adopt.get(orders) });
      return { id: id.result, password: secret("p"), plain: "seen", nested: [{ inner: secret("q") }] };
    };
  },
});
async function outputsOf(of: StackContext, program: StackProgram): Promise<Record<string, unknown> | undefined> {
  await bringUp(of, program, running);
  return (await readStack(of, program.stackName))?.outputs;
}
const filesOf = (kind: string): string[] =>
  existsSync(join(backend, ".pulumi", kind))
    ? (readdirSync(join(backend, ".pulumi", kind), { recursive: true }) as string[])
    : [];
const tracesOf = (stackName: string) =>
  ["stacks", "history", "backups", "locks"].flatMap((kind) => filesOf(kind).filter((file) => file.includes(stackName)));
const stateFile = (stackName: string) => join(backend, ".pulumi", "stacks", "shipshape", `${stackName}.json`);

/** The file that a process holding the stack's lock leaves in the backend. */
function lock(stackName: string, by: { pid: number; hostname: string }): string {
  const folder = join(backend, ".pulumi", "locks", "organization", "shipshape", stackName);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "11111111-1111-4111-8111-111111111111.json");
  writeFileSync(
    file,
    JSON.stringify({ pid: by.pid, username: "somebody", hostname: by.hostname, timestamp: "2026-01-01T00:00:00Z" }),
  );
  return file;
}

test("a stack is created, updated without changes, and removed without a trace", async () => {
  expect(await stackExists(context, "throwaway.one")).toBe(false);
  expect(await readStack(context, "throwaway.one")).toBeUndefined();
  const outputs = await outputsOf(context, stackCalled("throwaway.one"));
  expect(outputs).toMatchObject({ plain: "seen", password: "p", nested: [{ inner: "q" }] });
  expect(await stackExists(context, "throwaway.one")).toBe(true);
  expect(await readStack(context, "throwaway.one")).toEqual({ outputs: outputs, secretsProvider: undefined });
  expect(await outputsOf(context, stackCalled("throwaway.one"))).toEqual(outputs);
  await removeStack(context, stackCalled("throwaway.one"), running);
  expect(await stackExists(context, "throwaway.one")).toBe(false);
  expect(tracesOf("throwaway.one")).toEqual([]);
  expect(filesOf("../../workspaces").filter((file) => file.includes("throwaway.one"))).toEqual([]);
});

test("a stack that was created ahead is brought up like a new one; what is in it by then is never taken for new", async () => {
  const name = "throwaway.ahead";
  await createAhead(context, stackCalled(name));
  expect(await stackExists(context, name)).toBe(true);
  const { id } = (await outputsOf(context, stackCalled(name))) as { id: string };
  // By another worker, or after a kill: there is one already.
  await createAhead(context, stackCalled(name));
  await bringUp(
    context,
    stackCalled(name, () => Promise.resolve(new Map([[id, id]]))),
    running,
  );
  expect(seen.adopt).toEqual([]);
  await createAhead(context, stackCalled("throwaway.left"));
  for (const one of [name, "throwaway.left"]) {
    await removeStack(context, stackCalled(one), running);
    expect(tracesOf(one)).toEqual([]);
  }
});

/**
 * A key service with the API of Vault's "transit": it keeps encrypted values in memory. Returns its address, and the
 * number of requests.
 */
async function keyService() {
  const requests = { encrypt: 0, decrypt: 0 };
  const plaintexts: string[] = [];
  const server = createServer((request, response) => {
    const action = /^\/v1\/transit\/(encrypt|decrypt)\/throwaways$/.exec(request.url ?? "")?.[1] as
      keyof typeof requests | undefined;
    let body = "";
    request.on("data", (bytes: Buffer) => (body += bytes.toString()));
    request.on("end", () => {
      if (!action || request.headers["x-vault-token"] !== "a-token") return void response.writeHead(403).end("{}");
      requests[action]++;
      const given = JSON.parse(body) as { plaintext: string; ciphertext: string };
      const data =
        action === "encrypt"
          ? { ciphertext: `vault:v1:${plaintexts.push(given.plaintext) - 1}` }
          : { plaintext: plaintexts[Number(given.ciphertext.split(":").at(-1))] };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { requests, url, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}

test("with a secrets provider no worker needs a passphrase, whether it creates, updates, reads or removes a stack", async () => {
  const service = await keyService();
  try {
    const { PULUMI_CONFIG_PASSPHRASE: _, ...environment } = context.environment;
    const vault = {
      VAULT_SERVER_URL: service.url,
      VAULT_SERVER_TOKEN: "a-token",
      PULUMI_CONFIG_PASSPHRASE: undefined,
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    };
    const worker = { ...context, environment: { ...environment, ...vault } };
    const other = { ...worker, workspacesFolder: join(folder, "workspaces-of-another") };
    const sealed = { ...stackCalled("throwaway.sealed"), secretsProvider: "hashivault://throwaways" };
    const outputs = await outputsOf(worker, sealed);
    expect(outputs).toMatchObject({ plain: "seen", password: "p" });
    const state = readFileSync(stateFile("throwaway.sealed"), "utf8");
    expect(JSON.parse(state)).toMatchObject({
      checkpoint: { latest: { secrets_providers: { type: "cloud", state: { url: "hashivault://throwaways" } } } },
    });
    expect(state).not.toMatch(/"plaintext"|encryptionsalt/);
    expect(await outputsOf(other, sealed)).toEqual(outputs);
    expect(await readStack(other, "throwaway.sealed")).toEqual({
      outputs: outputs,
      secretsProvider: "hashivault://throwaways",
    });
    await removeStack(worker, sealed, running);
    expect(tracesOf("throwaway.sealed")).toEqual([]);
    expect(service.requests).toMatchObject({ encrypt: expect.any(Number), decrypt: expect.any(Number) });
    expect(Math.min(service.requests.encrypt, service.requests.decrypt)).toBeGreaterThan(0);
  } finally {
    await service.close();
  }
});

test("removing a stack that does not exist or is already removed does nothing", async () => {
  await removeStack(context, stackCalled("throwaway.none"), running);
  expect([seen.settled, tracesOf("throwaway.none")]).toEqual([0, []]);
});

test("an empty stack is removed", async () => {
  await bringUp(context, { ...stackCalled("throwaway.empty"), program: () => async () => ({}) }, running);
  await removeStack(context, stackCalled("throwaway.empty"), running);
  expect(await stackExists(context, "throwaway.empty")).toBe(false);
});

test("a resource that only the cloud has is imported by its id; one that the state has is not imported again", async () => {
  const inCloud = () => Promise.resolve(new Map([[orders, orders]]));
  expect(await outputsOf(context, stackCalled("throwaway.two", inCloud))).toMatchObject({
    id: orders,
  });
  expect(seen).toEqual({ adopt: [[orders, orders]], settled: 1 });
  expect(await outputsOf(context, stackCalled("throwaway.two", inCloud))).toMatchObject({
    id: orders,
  });
  expect(seen).toEqual({ adopt: [], settled: 2 });
});

test("what a killed engine had begun is removed from the state, and created again", async () => {
  await bringUp(context, { ...stackCalled("throwaway.killed"), program: () => async () => ({}) }, running);
  const state = JSON.parse(readFileSync(stateFile("throwaway.killed"), "utf8")) as {
    checkpoint: { latest: Record<string, unknown> };
  };
  const urn = "urn:pulumi:throwaway.killed::shipshape::random:index/randomUuid:RandomUuid::orders";
  state.checkpoint.latest["pending_operations"] = [
    { type: "creating", resource: { urn, custom: true, type: "random:index/randomUuid:RandomUuid", inputs: {} } },
  ];
  writeFileSync(stateFile("throwaway.killed"), JSON.stringify(state));
  const outputs = await outputsOf(context, stackCalled("throwaway.killed"));
  expect(outputs?.["id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(readFileSync(stateFile("throwaway.killed"), "utf8")).not.toContain("pending_operations");
});

test("the lock of a dead process is removed, only on this host", async () => {
  const dead = spawn("true");
  await new Promise((resolve) => dead.on("exit", resolve));
  const file = lock("throwaway.locked", { pid: dead.pid ?? 0, hostname: hostname() });
  expect(await outputsOf(context, stackCalled("throwaway.locked"))).toMatchObject({ plain: "seen" });
  expect(existsSync(file)).toBe(false);
  // For an existing stack, too.
  lock("throwaway.locked", { pid: dead.pid ?? 0, hostname: hostname() });
  expect(await outputsOf(context, stackCalled("throwaway.locked"))).toMatchObject({ plain: "seen" });
  lock("throwaway.locked", { pid: dead.pid ?? 0, hostname: "another-host" });
  const over = AbortSignal.abort();
  await expect(bringUp(context, stackCalled("throwaway.locked"), over)).rejects.toMatchObject({
    code: "stack-locked",
    message: expect.stringContaining(`process ${dead.pid} on another-host`) as string,
  });
});

test("a running engine's lock is waited for; one whose process id now belongs to another program is not", async () => {
  copyFileSync("/bin/sleep", join(folder, "pulumi-sleeps"));
  chmodSync(join(folder, "pulumi-sleeps"), 0o755);
  owner = spawn(join(folder, "pulumi-sleeps"), ["600"]);
  await new Promise((resolve) => owner?.on("spawn", resolve));
  const held = { pid: owner.pid ?? 0, hostname: hostname() };
  lock("throwaway.held", held);
  await expect(bringUp(context, stackCalled("throwaway.held"), AbortSignal.abort())).rejects.toMatchObject({
    code: "stack-locked",
  });
  const waiting = bringUp(context, stackCalled("throwaway.held"), running);
  owner.kill("SIGKILL");
  await waiting;
  lock("throwaway.held", { pid: process.pid, hostname: hostname() });
  await removeStack(context, stackCalled("throwaway.held"), running);
  expect(await stackExists(context, "throwaway.held")).toBe(false);
});

test("the engine's refusal is an error with the engine's message, and leaves a stack that can still be updated", async () => {
  const guarded = {
    ...stackCalled("throwaway.failing"),
    program: () => async () => void new RandomUuid("orders", {}, { protect: true }),
  };
  await bringUp(context, guarded, running);
  const empty = { ...stackCalled("throwaway.failing"), program: () => async () => ({}) };
  const refusal: unknown = await bringUp(context, empty, running).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "stack-failed" });
  expect(String(refusal)).toMatch(/orders" cannot be deleted/);
  await expect(removeStack(context, guarded, running)).rejects.toMatchObject({ code: "stack-failed" });
  expect(await outputsOf(context, stackCalled("throwaway.failing"))).toMatchObject({ plain: "seen" });
});

test("an unreadable backend is an error, not a missing stack", async () => {
  const wrong = { ...context, environment: { ...context.environment, PULUMI_BACKEND_URL: "file:///nowhere/at/all" } };
  await expect(stackExists(wrong, "throwaway.one")).rejects.toThrow(/nowhere/);
  await expect(bringUp(wrong, stackCalled("throwaway.one"), running)).rejects.toMatchObject({ code: "stack-failed" });
});
