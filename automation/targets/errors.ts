import type { ErrorTable } from "../error-table";

export const targetErrors = {
  "database-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no database "{identifier}"; known: {known}',
    hint: "`npx shipshape fleet` lists the databases; `pulumi up` on a database stack creates one",
  },
  "database-not-available": {
    httpStatus: 409,
    exitCode: 1,
    message: 'database "{identifier}" is {status}, not available',
    hint: "`aws rds describe-db-instances --db-instance-identifier {identifier}` shows when it becomes available; a stopped one starts with `aws rds start-db-instance --db-instance-identifier {identifier}`",
  },
  "database-role-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'database "{identifier}" has no login "{role}": the secret {secretName} does not exist',
    hint: "roles with a login: {known}; `pulumi up` on the database stack creates their secrets",
  },
  "database-unreachable": {
    httpStatus: 502,
    exitCode: 1,
    message: 'could not connect to database "{identifier}" at {address} as {role}: {reason}',
    hint: 'is the address reachable from here, and does this role log in with a password? docs/going-to-production.md, "Where up must run"',
  },
  "database-query-failed": {
    httpStatus: 502,
    exitCode: 1,
    message: 'database "{identifier}" answered {role} with an error: {reason}',
    hint: "the message is the database's own; fix the cause, and try again",
  },
  "database-replaced": {
    httpStatus: 409,
    exitCode: 1,
    message: 'database "{identifier}" is another one now: {found} instead of {expected}',
    hint: "it was deleted and recreated during the run; make a new request for the new one",
  },
  "marker-table-changed": {
    httpStatus: 409,
    exitCode: 1,
    message: "{table} is not the table that drills create: {problem}",
    hint: "only drills use it: drop it, and the next drill recreates it",
  },
  "principal-unknown": {
    httpStatus: 503,
    exitCode: 1,
    message: "the requester is unknown, because AWS did not identify the caller: {reason}",
    hint: "log in to AWS again, or run this without AWS credentials: then the operating system's user is the requester",
  },
  "cloud-unreachable": {
    httpStatus: 504,
    exitCode: 1,
    message: "the AWS API did not answer: {reason}",
    hint: 'is AWS_ENDPOINT_URL still right? With the embedded cloud: `npx shipshape local start`, then eval "$(npx shipshape local env)"',
  },
  "cloud-credentials": {
    httpStatus: 502,
    exitCode: 1,
    message: "the AWS API rejected these credentials: {reason}",
    hint: "`aws sts get-caller-identity` in the same shell shows what the AWS SDK finds; temporary credentials expire and must be fetched again",
  },
  "cloud-region": {
    httpStatus: 502,
    exitCode: 1,
    message: "no AWS Region is set",
    hint: "set AWS_REGION, or a Region in the profile that AWS_PROFILE names",
  },
  "role-not-assumed": {
    httpStatus: 502,
    exitCode: 1,
    message: "the role {role} cannot be assumed: {reason}",
    hint: "the role must exist, trust the caller that `aws sts get-caller-identity` shows, and ask for no other external id than `accounts` of shipshape.yaml gives: docs/accounts-and-regions.md",
  },
  "fleet-unreadable": {
    httpStatus: 502,
    exitCode: 2,
    message: "the RDS API did not answer {action}: {reason}",
    hint: "it needs the permission rds:Describe*; `aws rds describe-db-instances` makes the same call with the same credentials",
  },
  "signing-key-unknown": {
    httpStatus: 404,
    exitCode: 1,
    message: "there is no KMS key {key} that could sign evidence: {reason}",
    hint: "nothing was signed; correct SHIPSHAPE_SIGNING_KMS_KEY. `aws kms describe-key --key-id {key}` asks with the same credentials",
  },
  "signing-key-refused": {
    httpStatus: 502,
    exitCode: 1,
    message: "this caller may not sign with the KMS key {key}: {reason}",
    hint: "nothing was signed; the key's policy, or IAM, must allow kms:GetPublicKey and kms:Sign: docs/going-to-production.md",
  },
  "signing-key-disabled": {
    httpStatus: 503,
    exitCode: 1,
    message: "the KMS key {key} cannot sign in its present state: {reason}",
    hint: "nothing was signed; `aws kms describe-key --key-id {key}` shows its state: enable it, or cancel its deletion, without which the log could never change its key",
  },
  "signing-key-unsuitable": {
    httpStatus: 422,
    exitCode: 1,
    message: "the KMS key {key} cannot sign evidence: {reason}",
    hint: "`aws kms create-key --key-usage SIGN_VERIFY --key-spec ECC_NIST_P256` makes one that can; ECC_NIST_EDWARDS25519 can, too",
  },
  "signing-key-unanswered": {
    httpStatus: 503,
    exitCode: 1,
    message: "the KMS key {key} did not sign: {reason}",
    hint: "nothing was signed; a worker tries again, and any command may be repeated",
  },
  "signing-key-changed": {
    httpStatus: 503,
    exitCode: 1,
    message: "{key} is not the key that it was: {reason}",
    hint: "nothing was signed; let the alias name the earlier key again, and change the log's key with `npx shipshape evidence key rotate --to <new key>` first",
  },
  "alert-destination-invalid": {
    httpStatus: 400,
    exitCode: 2,
    message: "SHIPSHAPE_ALERT_WEBHOOK_URL is not the address of a webhook: {problem}",
    hint: "its value is a secret and not shown; `npx shipshape alerts test` sends a message to the address that is set",
  },
} as const satisfies ErrorTable;
