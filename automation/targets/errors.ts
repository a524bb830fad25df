import type { ErrorTable } from "../error-table";

export const targetErrors = {
  "database-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no database "{identifier}"; known: {known}',
    hint: "`shipshape local status` lists the databases; `pulumi up` on a database stack makes one",
  },
  "database-not-available": {
    httpStatus: 409,
    exitCode: 1,
    message: 'database "{identifier}" is {status}, not available',
    hint: "`shipshape local status` shows when it is; a stopped one starts with `aws rds start-db-instance --db-instance-identifier {identifier}`",
  },
  "database-role-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'database "{identifier}" has no login "{role}": the secret {secretName} does not exist',
    hint: "roles with a login: {known}; the database stack makes their secrets at `pulumi up`",
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
    hint: "the words are the database's own; with the cause fixed, ask again",
  },
  "database-replaced": {
    httpStatus: 409,
    exitCode: 1,
    message: 'database "{identifier}" is another one now: {found} instead of {expected}',
    hint: "it was deleted and created again while the run was under way; ask again, for the new one",
  },
  "marker-table-changed": {
    httpStatus: 409,
    exitCode: 1,
    message: "{table} is not the table that drills create: {problem}",
    hint: "nothing but drills uses it: drop it, and the next drill creates it",
  },
  "principal-unknown": {
    httpStatus: 503,
    exitCode: 1,
    message: "who asks is not known, AWS does not say: {reason}",
    hint: "log in to AWS again, or ask without AWS credentials: then the operating system says who asks",
  },
  "cloud-unreachable": {
    httpStatus: 504,
    exitCode: 1,
    message: "the AWS API gave no answer: {reason}",
    hint: 'is AWS_ENDPOINT_URL still right? With the embedded cloud: `npx shipshape local start`, then eval "$(npx shipshape local env)"',
  },
  "cloud-credentials": {
    httpStatus: 502,
    exitCode: 1,
    message: "the AWS API refuses the credentials found here: {reason}",
    hint: "`aws sts get-caller-identity` in the same shell shows what the AWS SDK finds; temporary credentials expire and must be fetched again",
  },
  "cloud-region": {
    httpStatus: 502,
    exitCode: 1,
    message: "no AWS Region is set",
    hint: "set AWS_REGION, or a Region in the profile that AWS_PROFILE names",
  },
  "fleet-unreadable": {
    httpStatus: 502,
    exitCode: 2,
    message: "the RDS API did not answer {action}: {reason}",
    hint: "it needs the right rds:Describe*; `aws rds describe-db-instances` asks the same with the same credentials",
  },
} as const satisfies ErrorTable;
