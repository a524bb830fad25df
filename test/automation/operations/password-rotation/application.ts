import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { Pool } from "pg";
import type { Cloud } from "../../../cloud";
import { until } from "../../../until";

const millisecondsOld = 300;

interface Secret {
  username: string;
  password: string;
  host: string;
  port: number;
  dbname: string;
}

/**
 * An application that writes: each connection of its pools lives for a moment, and user and password are those of a copy
 * of the secret that is a moment old, unless it keeps that for longer.
 */
export class Application {
  written = 0;
  readonly lost: string[] = [];
  private copy: { at: number; login: Promise<Secret> } | undefined;
  private isStopped = false;
  private readonly workers: Promise<void>[];

  constructor(
    private readonly cloud: Cloud,
    private readonly secretId: string,
    private readonly secretMillisecondsMax = millisecondsOld,
  ) {
    this.workers = [this.work(), this.work(), this.work()];
  }

  private login(): Promise<Secret> {
    if (!this.copy || Date.now() - this.copy.at > this.secretMillisecondsMax)
      this.copy = {
        at: Date.now(),
        login: this.cloud.secrets
          .send(new GetSecretValueCommand({ SecretId: this.secretId }))
          .then(({ SecretString = "" }) => JSON.parse(SecretString) as Secret),
      };
    return this.copy.login;
  }

  private async work(): Promise<void> {
    const ssl = { ca: readFileSync(this.cloud.env.PGSSLROOTCERT ?? "") };
    while (!this.isStopped) {
      const { username: user, password, host, port, dbname: database } = await this.login();
      const pool = new Pool({ host, port, database, user, password, ssl, max: 1, application_name: "shop" });
      pool.on("error", () => undefined); // the query that is refused or cut off says so
      const closes = Date.now() + millisecondsOld;
      try {
        do {
          await pool.query("insert into invoice (note) values ('paid')");
          this.written++;
        } while (Date.now() < closes && !this.isStopped);
      } catch (error) {
        this.lost.push(`${user}: ${String(error)}`);
      } finally {
        await pool.end();
      }
    }
  }

  /** Until it has used neither the secret nor a connection from before: the grace. */
  async pass(): Promise<void> {
    const { written } = this;
    await sleep(4 * millisecondsOld);
    await until("the application writes", () => this.written > written);
  }

  async stop(): Promise<this> {
    this.isStopped = true;
    await Promise.all(this.workers);
    return this;
  }
}
