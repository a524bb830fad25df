/**
 * An error as AWS would return it. The code is the one on the wire (botocore's `error.code`, e.g. `DBInstanceNotFound`,
 * not the exception's class name); the message is for people and contains what was given and what is allowed.
 */
export class AwsError extends Error {
  readonly status: number;
  constructor(
    readonly code: string,
    message: string,
    status?: number,
  ) {
    super(message);
    this.name = "AwsError";
    this.status = status ?? statusOfCode[code] ?? 400;
  }
}

/** Codes whose HTTP status is not 400. */
const statusOfCode: Record<string, number> = {
  AccessDenied: 403,
  MissingAuthenticationToken: 403,
  CertificateNotFound: 404,
  DBInstanceNotFound: 404,
  DBInstanceAutomatedBackupNotFound: 404,
  DBLogFileNotFoundFault: 404,
  DBParameterGroupNotFound: 404,
  DBSnapshotNotFound: 404,
  DBSubnetGroupNotFoundFault: 404,
  OptionGroupNotFoundFault: 404,
  SNSTopicArnNotFound: 404,
  SourceNotFound: 404,
  SubscriptionCategoryNotFound: 404,
  SubscriptionNotFound: 404,
  ResourceNotFoundFault: 404,
  InternalFailure: 500,
};
