import type { ErrorTable } from "../error-table";

export const runnerErrors = {
  "run-over": {
    httpStatus: 409,
    exitCode: 2,
    message: "the run of request {id} has ended",
    hint: "`npx shipshape show {id}` shows how",
  },
  "run-cancelled": {
    httpStatus: 409,
    exitCode: 1,
    message: "the run of request {id} was cancelled by {by}",
    hint: "a worker removes what it created; `npx shipshape show {id}` shows how far it got",
  },
  "run-lost": {
    httpStatus: 500,
    exitCode: 1,
    message: "the run of request {id} was abandoned: its workflow failed, or its workers died one after another",
    hint: "a worker removes what it created; look at the workers' logs, and make a new request",
  },
  "preview-overdue": {
    httpStatus: 504,
    exitCode: 1,
    message: 'the preview was ended: "{step}" took more than {seconds} s',
    hint: "nothing was requested; try again, or request it without --plan-only: a worker tries a step more than once",
  },
  "step-repeated": {
    httpStatus: 500,
    exitCode: 1,
    message: 'the step "{step}" of request {id} has already run: a repeated step needs a key',
    hint: "the operation is wrong, and its owner must fix it; `npx shipshape show {id}` shows the steps that ran",
  },
  "run-overdue": {
    httpStatus: 504,
    exitCode: 1,
    message: "the run of request {id} was ended: its throwaway {identifier} expired at {expiresAt}",
    hint: "a worker removes what it created; `npx shipshape show {id}` shows which step took so long",
  },
  "pause-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: '"{operation}" is not paused; paused: {paused}',
    hint: "`npx shipshape status` lists the pauses, with their reasons",
  },
  "operation-version-missing": {
    httpStatus: 503,
    exitCode: 1,
    message: "request {id} began with version {version} of {operation}, which this worker does not have",
    hint: "start a worker of the release that has it; a request ends with the version it began with",
  },
  "clean-up-lost": {
    httpStatus: 500,
    exitCode: 1,
    message: "the clean-up of request {id} was abandoned: its workflow failed, or its workers died one after another",
    hint: "look at the workers' logs; `npx shipshape clean-up {id}` tries again",
  },
  "clean-up-not-stuck": {
    httpStatus: 409,
    exitCode: 2,
    message: "the clean-up of request {id} is not stuck: it is {status}",
    hint: "`npx shipshape show {id}` shows the run's status; a pending clean-up needs a worker (`npx shipshape worker`)",
  },
  "throwaway-outlived": {
    httpStatus: 504,
    exitCode: 1,
    message: "the throwaway {identifier} of request {id} expired at {expiresAt} and still exists",
    hint: "`npx shipshape show {id}` shows what blocks its clean-up; a worker tries again every hour, `npx shipshape clean-up {id}` at once",
  },
  "worker-session-lost": {
    httpStatus: 503,
    exitCode: 70,
    message: "worker {id} lost its session with the control plane's PostgreSQL and ends: {reason}",
    hint: "no run is lost: other workers continue them, or this one after a restart (`npx shipshape worker`)",
  },
  "worker-silent": {
    httpStatus: 503,
    exitCode: 70,
    message: "worker {id} could not report for {seconds} s and ends: another worker may have taken over its runs",
    hint: "no run is lost; if the machine was neither suspended nor offline, it is overloaded: start fewer workers on it",
  },
  "stack-locked": {
    httpStatus: 409,
    exitCode: 1,
    message: "the Pulumi stack {stack} is locked by {owner}",
    hint: "let it finish; if it is certainly dead on another machine: `pulumi cancel --stack {stack}`, and the run continues",
  },
  "stack-failed": {
    httpStatus: 502,
    exitCode: 1,
    message: "pulumi failed on stack {stack}: {reason}",
    hint: "the run's clean-up removes what was created; the request can be repeated",
  },
} as const satisfies ErrorTable;
