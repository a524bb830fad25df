/**
 * What instances need of Secrets Manager for managed master passwords (`ManageMasterUserPassword`). Secrets Manager's
 * room implements it and is handed to the instances when the cloud is put together; neither imports the other.
 */
export interface MasterSecrets {
  /** Makes the secret of an instance, or gives the one already made for it: an interrupted create comes by again. */
  ensure(owner: SecretOwner): ManagedSecret;
  /** Username and password as they are now. */
  current(secretArn: string): { username: string; password: string };
  /** A new password, set in the database before it becomes the current one. */
  rotate(secretArn: string): Promise<void>;
  /** Gone at once, as when RDS deletes the instance; no error when there is none. */
  remove(secretArn: string): void;
}

export interface SecretOwner {
  resourceId: string;
  instanceArn: string;
  region: string;
  username: string;
  /** ARN of the key. */
  kmsKeyId: string;
}

export interface ManagedSecret {
  /** Named `rds!db-<uuid>`, as on RDS. */
  arn: string;
  password: string;
}

/** The way back, for rotations that Secrets Manager starts: sets the password in the running database. */
export interface MasterPasswords {
  /** Throws AwsError InvalidDBInstanceState when the database does not run. */
  setMasterPassword(resourceId: string, password: string): Promise<void>;
}
