import { randomInt, randomUUID } from "node:crypto";
import { rdsArn } from "../wire/arn";
import { AwsError } from "../wire/aws-error";
import type { Clock } from "../clock";
import type { Secret } from "./secret";
import type { Secrets } from "./secrets";
import { pickVersion, versionAt } from "./versions";

export interface MasterUser {
  dbiResourceId: string;
  /** The instance's resource id. */
  identifier: string;
  region: string;
  username: string;
  /** Absent: AWS's own key for secrets. */
  kmsKeyId?: string;
}

/** As DescribeDBInstances shows it. */
export interface MasterUserSecret {
  SecretArn: string;
  SecretStatus: "active" | "rotating";
  KmsKeyId: string;
}

/** Sets the password in the running database, or throws. Setting the same one twice is not an error. */
export type SetMasterPassword = (dbiResourceId: string, username: string, password: string) => Promise<void>;

/**
 * Secrets that RDS creates for master passwords (`ManageMasterUserPassword`) and that only RDS may change or delete.
 */
export class ManagedSecrets {
  private readonly rotating = new Map<string, Promise<void>>();
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly setMasterPassword: SetMasterPassword,
  ) {}

  /** Safe to repeat: an instance whose creation was interrupted gets the secret it had. */
  create(user: MasterUser): MasterUserSecret {
    const credentials: Credentials = { username: user.username, password: generatePassword() };
    const instanceArn = rdsArn(this.secrets.accountId, user.region, "db", user.identifier);
    const existing = this.of(user.dbiResourceId);
    if (existing !== undefined) return this.view(existing);
    const secret = this.secrets.create({
      name: `rds!db-${randomUUID()}`,
      region: user.region,
      description: `The secret associated with the primary RDS DB instance: ${instanceArn}`,
      ...(user.kmsKeyId === undefined ? {} : { kmsKeyId: user.kmsKeyId }),
      tags: { "aws:rds:primaryDBInstanceArn": instanceArn, "aws:secretsmanager:owningService": "rds" },
      version: { id: randomUUID(), value: { string: JSON.stringify(credentials) } },
      managed: { service: "rds", dbiResourceId: user.dbiResourceId, rotateAfterDays: standardRotationDays },
    });
    return this.view(secret);
  }

  /** Undefined when the instance has none. */
  describe(dbiResourceId: string): MasterUserSecret | undefined {
    const secret = this.of(dbiResourceId);
    return secret && this.view(secret);
  }

  /** The current credentials of an instance that has a managed password. */
  credentials(dbiResourceId: string): Credentials {
    return credentialsIn(this.get(dbiResourceId), "AWSCURRENT");
  }

  /**
   * Safe to repeat. Deletes at once, without a recovery window, as RDS does when the instance is deleted or its
   * password is no longer managed.
   */
  delete(dbiResourceId: string): void {
    const secret = this.of(dbiResourceId);
    if (secret !== undefined) this.secrets.delete(secret, 0);
  }

  /**
   * Gives the database a new password and the secret a new version. The version is on disk as AWSPENDING before it is
   * set in the database, so that a kill in between loses nothing: the next rotation, or `maintain`, finishes it.
   * Concurrent calls share one rotation.
   */
  rotate(dbiResourceId: string, versionId: string = randomUUID()): Promise<void> {
    const running = this.rotating.get(dbiResourceId);
    if (running !== undefined) return running;
    const started = this.serialize(dbiResourceId, () => this.rotateOnce(dbiResourceId, versionId)).finally(() =>
      this.rotating.delete(dbiResourceId),
    );
    this.rotating.set(dbiResourceId, started);
    return started;
  }

  /**
   * Finishes what a kill or an unreachable database interrupted, and rotates what is due by the clock. What fails waits
   * for the next call.
   */
  maintain(): void {
    for (const secret of this.secrets.list()) {
      if (!secret.managed) continue;
      if (versionAt(secret, "AWSPENDING") || nextRotation(secret) <= this.clock.now())
        this.rotate(secret.managed.dbiResourceId).catch(() => undefined);
    }
  }

  /**
   * Changes of an instance's master password run one at a time: PostgreSQL refuses two at once ("tuple concurrently
   * updated"), and the one requested last must win.
   */
  async serialize<Result>(dbiResourceId: string, work: () => Promise<Result>): Promise<Result> {
    const last = (this.queues.get(dbiResourceId) ?? Promise.resolve()).then(work, work);
    this.queues.set(dbiResourceId, last);
    try {
      return await last;
    } finally {
      if (this.queues.get(dbiResourceId) === last) this.queues.delete(dbiResourceId);
    }
  }

  private async rotateOnce(dbiResourceId: string, versionId: string): Promise<void> {
    const secret = this.get(dbiResourceId);
    const { username } = credentialsIn(secret, "AWSCURRENT");
    const value = { string: JSON.stringify({ username, password: generatePassword() } satisfies Credentials) };
    const pending = versionAt(secret, "AWSPENDING")
      ? secret
      : this.secrets.putValue(secret, { id: versionId, value }, ["AWSPENDING"]);
    const version = pickVersion(pending, undefined, "AWSPENDING");
    await this.setMasterPassword(dbiResourceId, username, credentialsIn(pending, "AWSPENDING").password);
    // Read again: tags may have changed, or the instance may have been deleted, during the call to the database.
    this.secrets.promote(this.get(dbiResourceId), "AWSPENDING", version.id);
  }

  private get(dbiResourceId: string): Secret {
    const secret = this.of(dbiResourceId);
    if (secret === undefined)
      throw new AwsError("InvalidDBInstanceState", `the instance ${dbiResourceId} has no managed master password`);
    return secret;
  }

  private view(secret: Secret): MasterUserSecret {
    const awsKey = `arn:aws:kms:${secret.region}:${this.secrets.accountId}:alias/aws/secretsmanager`;
    return {
      SecretArn: secret.arn,
      SecretStatus: versionAt(secret, "AWSPENDING") ? "rotating" : "active",
      KmsKeyId: secret.kmsKeyId ?? awsKey,
    };
  }

  private of(dbiResourceId: string): Secret | undefined {
    return this.secrets.list().find((secret) => secret.managed?.dbiResourceId === dbiResourceId);
  }
}

export interface Credentials {
  username: string;
  password: string;
}

function credentialsIn(secret: Secret, stage: string): Credentials {
  const { value } = pickVersion(secret, undefined, stage);
  return JSON.parse("string" in value ? value.string : "{}") as Credentials;
}

/** RDS rotates every seven days by default. */
const standardRotationDays = 7;

export function nextRotation(secret: Secret): Date {
  const last = new Date(secret.rotatedAt ?? secret.createdAt);
  return new Date(last.getTime() + (secret.managed?.rotateAfterDays ?? standardRotationDays) * 86_400_000);
}

/**
 * Without `/`, `'`, `"`, `@` and space, as on RDS. Other special characters stay, so that a URL built without escaping
 * already fails here and not only in production.
 */
const passwordAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-.:;<=>?[]^_{|}~";
const passwordLength = 28;

export const generatePassword = (): string =>
  Array.from({ length: passwordLength }, () => passwordAlphabet[randomInt(passwordAlphabet.length)]).join("");
