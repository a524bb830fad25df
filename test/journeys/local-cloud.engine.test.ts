import { execFile, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { shellLines } from "../../automation/command-line/local-env";
import { listens, processLives } from "../../automation/command-line/local-cloud";
import { until } from "../until";

const checkout = join(__dirname, "../..");
const run = promisify(execFile);
const databaseStack = "database.ledger-development";
const identifier = "ledger-development";

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

describe("a newcomer tries Shipshape on their own machine", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "shipshape-journey-"));
  const stranger = {
    ...process.env,
    SHIPSHAPE_DATA_FOLDER: dataFolder,
    AWS_PROFILE: "production",
  } as NodeJS.ProcessEnv;
  let shell: Record<string, string> = {};
  let status: { pid: number; url: string; instances: { identifier: string; status: string; port: number }[] };

  const answer = (program: string, words: string[], env: NodeJS.ProcessEnv): Promise<Answer> =>
    run(program, words, { cwd: checkout, env, maxBuffer: 64 << 20 }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: Partial<Answer>) => ({
        code: Number(error.code ?? -1),
        stdout: error.stdout ?? "",
        stderr: error.stderr ?? "",
      }),
    );
  const shipshape = (...words: string[]) =>
    answer(process.execPath, [join(checkout, "automation/command-line/shipshape.cjs"), ...words], stranger);
  const pulumi = async (...words: string[]) => {
    const result = await answer("pulumi", [...words, "--non-interactive", "--color", "never"], shell);
    if (result.code !== 0)
      throw new Error(`pulumi ${words.join(" ")} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
    return result.stdout;
  };

  beforeAll(() => chmodSync(dataFolder, 0o755));
  afterAll(async () => {
    await shipshape("local", "reset", "--yes");
    rmSync(dataFolder, { recursive: true, force: true });
  });

  test("before anything is started, commands that need the cloud explain how to start it", async () => {
    expect(await shipshape("local", "env")).toMatchObject({
      code: 3,
      stdout: "",
      stderr: expect.stringContaining("shipshape local --data-folder") as string,
    });
    expect(await shipshape("local", "stop")).toMatchObject({ code: 0, stdout: "nothing is running\n" });
  });

  test("start brings up the cloud; a second start, even at the same moment, finds it running", async () => {
    const both = await Promise.all([shipshape("local", "start", "--json"), shipshape("local", "start", "--json")]);
    expect(both.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual([
      expect.stringMatching(/^0 /),
      expect.stringMatching(/^0 /),
    ]);
    const [one, other] = both.map(({ stdout }) => JSON.parse(stdout) as typeof status);
    expect(one?.pid).toBe(other?.pid);
  });

  test("env sets everything a shell needs, and unsets what would lead to AWS", async () => {
    const { stdout } = await shipshape("local", "env", "--shell", "sh");
    const printed = execFileSync("sh", ["-c", `${stdout}\nenv -0`], { env: stranger, encoding: "utf8" });
    shell = Object.fromEntries(
      printed
        .split("\0")
        .filter(Boolean)
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(shell).toMatchObject({ AWS_ENDPOINT_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string });
    expect(shell).not.toHaveProperty("AWS_PROFILE");
  });

  test("start --platform, killed in the middle and repeated at once, brings up one platform", async () => {
    const words = [join(checkout, "automation/command-line/shipshape.cjs"), "local", "start", "--platform"];
    const killed = spawn(process.execPath, words, { cwd: checkout, env: stranger, stdio: "ignore" });
    const said = () => readFileSync(join(dataFolder, "platform.log"), { encoding: "utf8", flag: "a+" });
    await until("the engine creates resources", () => Promise.resolve(/\bcreating\b/.test(said())));
    killed.kill("SIGKILL");
    expect(await shipshape("local", "start", "--platform")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('platformOf("shipshape/platform.dev")') as string,
    });
    expect(said().match(/\+ \d+ created/g)).toEqual(["+ 29 created"]);
  });

  test("plain pulumi changes nothing of that platform, brings up a bronze database, and writes to no tracked file", async () => {
    const tracked = () =>
      ["platform.dev", databaseStack].map((s) => readFileSync(join(checkout, `stacks/Pulumi.${s}.yaml`), "utf8"));
    const before = tracked();
    await pulumi("preview", "--stack", "platform.dev", "--expect-no-changes");
    await pulumi("stack", "select", "--create", "--stack", databaseStack);
    await pulumi("up", "--yes", "--skip-preview", "--stack", databaseStack);
    expect(await pulumi("preview", "--stack", databaseStack, "--expect-no-changes")).not.toMatch(/error|warning/i);
    expect(tracked()).toEqual(before);
  });

  test("status names the database with its endpoint; psql looks inside as one of its roles, over TLS", async () => {
    status = JSON.parse((await shipshape("local", "status", "--json")).stdout) as typeof status;
    expect(status.instances).toEqual([expect.objectContaining({ identifier, status: "available" })]);
    const query = await shipshape(
      "local",
      "psql",
      identifier,
      "--role",
      "readonly",
      "-c",
      "select current_user, ssl from pg_stat_ssl where pid = pg_backend_pid()",
    );
    expect(query.stdout).toMatch(/readonly\s*\|?\s*(t|true)/);
    expect(await shipshape("local", "psql", "nobody")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(identifier) as string,
    });
    expect(await shipshape("local", "psql", identifier, "--role", "nobody")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("readwrite") as string,
    });
  });

  test("what was changed from outside is shown by a refresh that writes nothing, and fixed by up", async () => {
    expect(
      (
        await shipshape(
          "local",
          "change",
          `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
          "backupRetentionPeriod=1",
        )
      ).code,
    ).toBe(0);
    expect(await pulumi("refresh", "--preview-only", "--diff", "--stack", databaseStack)).toContain(
      "backupRetentionPeriod",
    );
    await pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", databaseStack);
    const rds = new RDSClient({
      endpoint: shell["AWS_ENDPOINT_URL"]!,
      region: shell["AWS_REGION"]!,
      credentials: { accessKeyId: shell["AWS_ACCESS_KEY_ID"]!, secretAccessKey: shell["AWS_SECRET_ACCESS_KEY"]! },
    });
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    expect(DBInstances?.[0]?.BackupRetentionPeriod).toBe(7);
  });

  test("stop leaves nothing running, a second start brings everything back", async () => {
    const ports = [Number(new URL(status.url).port), ...status.instances.map(({ port }) => port)];
    expect((await shipshape("local", "stop")).code).toBe(0);
    expect(await Promise.all(ports.map(listens))).toEqual(ports.map(() => false));
    expect(processLives(status.pid)).toBe(false);

    status = JSON.parse((await shipshape("local", "start", "--json")).stdout) as typeof status;
    const { stdout } = await shipshape("local", "env", "--json");
    shell = { ...shell, ...(JSON.parse(stdout) as Record<string, string>) };
    expect(status.instances).toEqual([expect.objectContaining({ identifier })]);
  });

  test("after kill -9 of the server, stop still ends the databases it left behind", async () => {
    process.kill(status.pid, "SIGKILL");
    expect(await shipshape("local", "status")).toMatchObject({ code: 3 });
    expect(await listens(status.instances[0]?.port ?? 0)).toBe(true);
    expect((await shipshape("local", "stop")).stdout).toContain("stopped");
    expect(await listens(status.instances[0]?.port ?? 0)).toBe(false);
  });

  test("destroy ends the bronze database without a trace, and reset the rest", async () => {
    await shipshape("local", "start");
    shell = { ...shell, ...(JSON.parse((await shipshape("local", "env", "--json")).stdout) as Record<string, string>) };
    await pulumi("destroy", "--yes", "--skip-preview", "--stack", databaseStack);
    expect(JSON.parse((await shipshape("local", "status", "--json")).stdout)).toMatchObject({ instances: [] });

    expect(await shipshape("local", "reset")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--yes") as string,
    });
    expect((await shipshape("local", "reset", "--yes")).code).toBe(0);
    expect(existsSync(dataFolder)).toBe(false);
  });
});

test("a shell reads exactly the values, quotes and dollars included", () => {
  const value = 'it\'s $HOME `date` \\ "x"';
  const lines = shellLines("sh", { VALUE: value }, ["AWS_PROFILE"]);
  const script = `${lines.join("\n")}\nprintf '%s|%s' "$VALUE" "\${AWS_PROFILE-gone}"`;
  expect(execFileSync("sh", ["-c", script], { env: { AWS_PROFILE: "production" }, encoding: "utf8" })).toBe(
    `${value}|gone`,
  );
});
