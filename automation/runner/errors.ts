import type { ErrorTable } from "../error-table";

export const runnerErrors = {
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
  "throwaway-outlived": {
    httpStatus: 504,
    exitCode: 1,
    message: "the throwaway {identifier} of request {id} had to be gone by {expiresAt}, and is still there",
    hint: "`shipshape show {id}` says what keeps its clean-up; a worker tries again every hour, `shipshape clean-up {id}` at once",
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
} as const satisfies ErrorTable;
