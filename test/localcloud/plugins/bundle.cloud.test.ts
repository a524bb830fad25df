import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { credentials } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import awsSdk from "@pulumi/aws/package.json";
import postgresqlSdk from "@pulumi/postgresql/package.json";
import randomSdk from "@pulumi/random/package.json";
import { installPlugins } from "../../../localcloud/plugins/bundle";

let pulumiHome: string;
const executable = () => join(pulumiHome, "plugins", "resource-random-v4.21.2", "pulumi-resource-random");

beforeAll(async () => {
  pulumiHome = mkdtempSync(join(tmpdir(), "shipshape-bundle-"));
  await Promise.all([installPlugins(pulumiHome), installPlugins(pulumiHome)]);
});

afterAll(() => rmSync(pulumiHome, { recursive: true, force: true }));

test("two concurrent installations leave exactly the plugins the SDKs require, each one executable file", () => {
  const plugins = readdirSync(join(pulumiHome, "plugins")).sort();
  expect(plugins).toEqual(["resource-aws-v7.48.0", "resource-postgresql-v3.18.1", "resource-random-v4.21.2"]);
  for (const plugin of plugins) {
    const files = readdirSync(join(pulumiHome, "plugins", plugin));
    expect(files).toEqual([expect.stringMatching(/^pulumi-resource-(aws|postgresql|random)$/)]);
    expect(statSync(join(pulumiHome, "plugins", plugin, files[0]!)).mode & 0o111).toBe(0o111);
  }
});

test("the versions are those of the SDKs that are installed", () => {
  for (const { name, version } of [awsSdk, postgresqlSdk, randomSdk]) {
    expect(readdirSync(join(pulumiHome, "plugins"))).toContain(`resource-${name.split("/").pop()}-v${version}`);
  }
});

test("a second installation writes nothing", async () => {
  const before = statSync(executable());
  await installPlugins(pulumiHome);
  expect(statSync(executable()).ino).toBe(before.ino);
});

describe("a plugin process", () => {
  const running: ChildProcess[] = [];
  const start = async (environment: Record<string, string> = {}) => {
    const plugin = spawn(executable(), [], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    running.push(plugin);
    const [port] = await once(plugin.stdout!, "data");
    return { plugin, port: Number(port) };
  };
  const accepts = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true))).on("error", () =>
        resolve(false),
      );
    });

  afterAll(() => running.forEach((plugin) => plugin.kill("SIGKILL")));

  test("prints its port, listens there, and ends with the engine that holds its stdin", async () => {
    const { plugin, port } = await start();
    expect(await accepts(port)).toBe(true);
    plugin.stdin!.end();
    expect(await once(plugin, "exit")).toEqual([0, null]);
  });

  test("answers a cancel and stays: the engine ends it, and treats a plugin that exited as crashed", async () => {
    const { plugin, port } = await start();
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) =>
      client.cancel(new Empty(), (error: Error | null) => (error ? reject(error) : resolve())),
    );
    await sleep(300);
    expect([await accepts(port), plugin.exitCode]).toEqual([true, null]);
    client.close();
    plugin.stdin!.end();
    expect(await once(plugin, "exit")).toEqual([0, null]);
  });

  test("outlives the engine, as the official ones do, when so configured; a signal ends it", async () => {
    const { plugin, port } = await start({ SHIPSHAPE_PLUGIN_OUTLIVES_ENGINE: "true" });
    plugin.stdin!.end();
    await sleep(300);
    expect(await accepts(port)).toBe(true);
    plugin.kill("SIGTERM");
    expect(await once(plugin, "exit")).toEqual([0, null]);
  });
});
