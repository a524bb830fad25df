import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openControlPlane, type ControlPlane, type ControlPlaneSettings } from "../../automation/control-plane";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { builtIn } from "../../components/standards/built-in";
import { makeControlPlaneDatabase, type TestDatabase } from "./control-plane-database";

export interface EndedProcess {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunningProcess {
  kill(signal: NodeJS.Signals): void;
  /** Its output so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<EndedProcess>;
}

export const unused = () => {
  throw new Error("not used here");
};

/** A control plane with its own database, its probe workers and its commands. */
export class ProbedControlPlane {
  private readonly running = new Set<RunningProcess>();
  private readonly clients: ControlPlane[] = [];

  private constructor(
    readonly postgres: TestDatabase,
    readonly database: ControlPlaneDatabase,
    readonly folder: string,
  ) {}

  static async start(): Promise<ProbedControlPlane> {
    const folder = mkdtempSync(join(tmpdir(), "shipshape-probe-"));
    chmodSync(folder, 0o755);
    const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(join(folder, "key.pem"), key, { mode: 0o600 });
    const postgres = await makeControlPlaneDatabase();
    return new ProbedControlPlane(postgres, await openDatabase(postgres.url), folder);
  }

  async stop(): Promise<void> {
    for (const one of this.running) one.kill("SIGKILL");
    for (const one of this.clients) await one.close();
    await this.database.close();
    await this.postgres.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Opened in this process, which cannot sign; closed at the end. */
  async client(
    operations: ControlPlaneSettings["operations"] = unused,
    more: Partial<ControlPlaneSettings> = {},
  ): Promise<ControlPlane> {
    const known = { standard: builtIn, databaseUrl: this.postgres.url, signer: unused, toolVersions: {}, operations };
    const client = await openControlPlane({ ...known, ...more });
    this.clients.push(client);
    return client;
  }

  /** A probe worker with that moment (probe-worker.ts), for that request or a new one. */
  worker(moment: string, requestId = "", silentSeconds?: number): RunningProcess {
    const words = [
      this.postgres.url,
      join(this.folder, "key.pem"),
      moment,
      requestId,
      ...(silentSeconds === undefined ? [] : [String(silentSeconds)]),
    ];
    return this.spawn(["--import", "tsx", join(__dirname, "probe-worker.ts"), ...words], {});
  }

  /** A command, as a person runs it. */
  shipshape(...words: string[]): RunningProcess {
    return this.command([join(__dirname, "../../automation/command-line/shipshape.cjs"), ...words]);
  }

  /** A program that is such a command, with more in its environment. */
  command(program: string[], environment: Record<string, string> = {}): RunningProcess {
    return this.spawn(program, {
      ...environment,
      SHIPSHAPE_DATABASE_URL: this.postgres.url,
      SHIPSHAPE_SIGNING_KEY_FILE: join(this.folder, "key.pem"),
      SHIPSHAPE_EVIDENCE_ORIGIN: "shipshape.test/evidence", // the log that the probes write
      SHIPSHAPE_DATA_FOLDER: this.folder,
      AWS_EC2_METADATA_DISABLED: "true", // a control plane alone makes no calls to AWS
    });
  }

  async effects(moment: string): Promise<number> {
    const [row] = await this.database.query<{ count: string }>("select count(*) from effect where moment = $1", [
      moment,
    ]);
    return Number(row?.count);
  }

  private spawn(words: string[], environment: Record<string, string>): RunningProcess {
    const child = spawn(process.execPath, words, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (d: Buffer) => (stdout += d.toString()));
    child.stderr.on("data", (d: Buffer) => (stderr += d.toString()));
    const ended = new Promise<EndedProcess>((resolve) =>
      child.on("close", (code, signal) => {
        this.running.delete(running);
        resolve({ code, signal, stdout: stdout.trim(), stderr });
      }),
    );
    const running: RunningProcess = {
      kill: (signal) => void child.kill(signal),
      stdout: () => stdout.trim(),
      stderr: () => stderr,
      ended,
    };
    this.running.add(running);
    return running;
  }
}

/** Waits until it holds; the bound allows for busy machines. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + 100_000; !(await holds()); await sleep(20))
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
}
