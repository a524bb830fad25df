/** One secret with all its versions, as stored on disk (in a file only its owner can read). Times are ISO strings. */
export interface Secret {
  arn: string;
  name: string;
  region: string;
  description?: string;
  /** As given: an ARN, id or alias; absent for AWS's own key. */
  kmsKeyId?: string;
  tags: Record<string, string>;
  versions: SecretVersion[];
  createdAt: string;
  changedAt: string;
  rotatedAt?: string;
  /** The day of the last read: Secrets Manager is no more precise. */
  accessedAt?: string;
  deletion?: { askedAt: string; dueAt: string };
  managed?: ManagedBy;
}

/** Set on a master password's secret: only RDS may change its value or delete it. */
export interface ManagedBy {
  service: "rds";
  /** `db-…` of the instance whose master password this is. */
  dbiResourceId: string;
  rotateAfterDays: number;
}

export interface SecretVersion {
  id: string;
  value: SecretValue;
  /** `AWSCURRENT`, `AWSPREVIOUS`, `AWSPENDING` and any of the caller's; none once it is deprecated. */
  stages: string[];
  createdAt: string;
}

/** One of the two; `binary` in base64. */
export type SecretValue = { string: string } | { binary: string };
