import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../wire/aws-error";
import type { Clock } from "../clock";
import { limits } from "../limits";
import type { Collection, Store } from "../storage/store";
import type { ManagedBy, Secret, SecretValue } from "./secret";
import { addVersion, moveStage } from "./versions";

export interface NewSecret {
  name: string;
  region: string;
  description?: string;
  kmsKeyId?: string;
  tags: Record<string, string>;
  /** Absent: the secret is created without a value, which is set later. */
  version?: { id: string; value: SecretValue };
  managed?: ManagedBy;
}

export interface SecretsContext {
  /** The ARN of a usable key, or undefined. */
  keyArn(idOrArn: string, region: string): string | undefined;
}

/**
 * The secrets of all Regions, found by name or ARN, deleted after a recovery window during which the name stays taken.
 */
export class Secrets {
  private readonly records: Collection<Secret>;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly context: SecretsContext,
  ) {
    this.records = store.collection<Secret>("secrets");
  }

  get accountId(): string {
    return this.store.accountId;
  }

  create(requested: NewSecret): Secret {
    const existing = this.find(requested.name, requested.region);
    // SDKs send the same token when they retry a request whose response was lost.
    if (
      existing &&
      !existing.deletion &&
      requested.version &&
      existing.versions.some((version) =>
        isDeepStrictEqual([version.id, version.value], [requested.version?.id, requested.version?.value]),
      )
    )
      return existing;
    if (existing?.deletion)
      throw new AwsError(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (existing)
      throw new AwsError(
        "ResourceExistsException",
        `The operation failed because the secret ${requested.name} already exists.`,
      );
    // RDS has checked the key of its own secrets, and an interrupted create must continue even if the key was deleted
    // since.
    if (!requested.managed) this.refuseUnusableKey(requested.kmsKeyId, requested.region);
    const { version, ...described } = requested;
    const now = this.now();
    const arn = `arn:aws:secretsmanager:${requested.region}:${this.accountId}:secret:${requested.name}-${randomSuffix()}`;
    const empty: Secret = { ...described, arn, versions: [], createdAt: now, changedAt: now };
    const secret =
      version === undefined ? empty : addVersion(empty, { ...version, stages: ["AWSCURRENT"], createdAt: now });
    this.keep(secret);
    return secret;
  }

  /** Finds a secret by its name, its ARN, or its ARN without the random suffix, even if it waits for its deletion. */
  find(nameOrArn: string, region: string): Secret | undefined {
    const named = (secret: Secret) =>
      nameOrArn.startsWith("arn:")
        ? secret.arn === nameOrArn || secret.arn.replace(/-[A-Za-z0-9]{6}$/, "") === nameOrArn
        : secret.name === nameOrArn && secret.region === region;
    return this.list().find(named);
  }

  list(): Secret[] {
    this.removeDue();
    return this.records.list();
  }

  putValue(secret: Secret, version: { id: string; value: SecretValue }, stages: string[] = ["AWSCURRENT"]): Secret {
    return this.change(addVersion(secret, { ...version, stages, createdAt: this.now() }));
  }

  /** Makes the version with that stage the current one and removes the stage: the end of a rotation. */
  promote(secret: Secret, stage: string, versionId: string): Secret {
    const current = moveStage(moveStage(secret, "AWSCURRENT", versionId), stage, "");
    return this.change({ ...current, rotatedAt: this.now() });
  }

  describe(
    secret: Secret,
    changed: { description?: string; kmsKeyId?: string; tags?: Record<string, string> },
  ): Secret {
    if (changed.kmsKeyId !== secret.kmsKeyId) this.refuseUnusableKey(changed.kmsKeyId, secret.region);
    return this.change({ ...secret, ...changed });
  }

  /** Sets its descriptive properties, as a change from outside would, without checking whether AWS would allow it. */
  overwrite(secret: Secret, described: Partial<Pick<Secret, "description" | "kmsKeyId" | "tags">>): Secret {
    return this.change({ ...secret, ...described });
  }

  setRotationDays(secret: Secret, rotateAfterDays: number): void {
    if (secret.managed) this.change({ ...secret, managed: { ...secret.managed, rotateAfterDays } });
  }

  /** Records the day of the read, so that most reads write nothing. */
  touch(secret: Secret): void {
    const day = `${this.now().slice(0, 10)}T00:00:00.000Z`;
    if (secret.accessedAt !== day) this.keep({ ...secret, accessedAt: day });
  }

  /** @param recoveryDays days by the cloud's clock until it is gone; 0 at once */
  delete(secret: Secret, recoveryDays: number): Date {
    const due = new Date(this.clock.now().getTime() + recoveryDays * 86_400_000);
    if (recoveryDays === 0) this.records.delete(secret.arn);
    else this.keep({ ...secret, deletion: { askedAt: this.now(), dueAt: due.toISOString() } });
    return due;
  }

  restore(secret: Secret): void {
    const { deletion: _over, ...restored } = secret;
    this.keep(restored);
  }

  private refuseUnusableKey(kmsKeyId: string | undefined, region: string): void {
    if (kmsKeyId === undefined || this.context.keyArn(kmsKeyId, region) !== undefined) return;
    throw new AwsError(
      "EncryptionFailure",
      `Secrets Manager can't encrypt the protected secret text using the KMS key ${kmsKeyId}: it does not exist, or is pending deletion.`,
    );
  }

  /** A recovery window is checked whenever a secret is read; no timer is needed for that. */
  private removeDue(): void {
    const now = this.now();
    for (const secret of this.records.list()) {
      if (secret.deletion && secret.deletion.dueAt <= now) this.records.delete(secret.arn);
    }
  }

  private change(secret: Secret): Secret {
    if (Object.keys(secret.tags).length > limits.tagsPerResource)
      throw new AwsError(
        "InvalidParameterException",
        `a secret can have ${limits.tagsPerResource} tags, not ${Object.keys(secret.tags).length}`,
      );
    const changed = { ...secret, changedAt: this.now() };
    this.keep(changed);
    return changed;
  }

  private keep(secret: Secret): void {
    this.records.put(secret.arn, secret);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

const suffixAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A secret re-created under its old name gets another ARN, so that old permissions do not apply to the new one. */
const randomSuffix = (): string =>
  Array.from({ length: 6 }, () => suffixAlphabet[randomInt(suffixAlphabet.length)]).join("");
