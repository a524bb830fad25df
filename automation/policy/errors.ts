import type { ErrorTable } from "../error-table";

export const policyErrors = {
  "request-denied": {
    httpStatus: 403,
    exitCode: 1,
    message: "the request was denied: {reasons}",
    hint: "each reason says what would be allowed; nothing was done",
  },
  "approval-missing": {
    httpStatus: 403,
    exitCode: 1,
    message: "the plan {digest} was not approved within {waitedHours} h",
    hint: "nothing was done; request it again, and ask those who may approve in time (`npx shipshape show {id}` shows what they see)",
  },
  "approval-rejected": {
    httpStatus: 403,
    exitCode: 1,
    message: "the plan {digest} was rejected by {principal}: {comment}",
    hint: "nothing was done; request it again when what they object to is settled",
  },
  "approval-not-needed": {
    httpStatus: 409,
    exitCode: 2,
    message: "request {id} does not wait for an approval: it is {status}",
    hint: "`npx shipshape status` lists the requests that wait",
  },
  "approval-own-request": {
    httpStatus: 403,
    exitCode: 2,
    message: "request {id} is by {requestedBy}, and {principal} may be the same person",
    hint: "someone else approves it, with AWS credentials if it was requested with some; sessions of one role count as one person, and so do an operating-system user and the names it issues in the embedded cloud",
  },
  "approval-of-others": {
    httpStatus: 403,
    exitCode: 2,
    message: "{principal} may not approve or reject the plan of request {id}",
    hint: "it needs approval by {who}; `npx shipshape explain {id}` shows who has answered",
  },
  "role-missing": {
    httpStatus: 403,
    exitCode: 2,
    message: "{principal} may not {action}: that needs the role {roles}",
    hint: "nothing was changed. {holders}. shipshape.yaml says who has which role (docs/configuration.md)",
  },
  "principal-embedded": {
    httpStatus: 403,
    exitCode: 2,
    message: "{principal} is a name of an embedded cloud, and this control plane does not belong to one",
    hint: "use your own credentials; `aws sts get-caller-identity` shows whose they are",
  },
  "approval-repeated": {
    httpStatus: 409,
    exitCode: 2,
    message: "{principal} has already answered the plan of request {id}",
    hint: "`npx shipshape show {id}` shows who has answered, and how many are needed",
  },
  "approval-too-late": {
    httpStatus: 409,
    exitCode: 2,
    message: "the plan of request {id} could be approved until {expiredAt}",
    hint: "request it again: the plan is made for the state of today",
  },
  "plan-another": {
    httpStatus: 409,
    exitCode: 2,
    message: "the plan of request {id} is {digest}, not {given}",
    hint: "read the plan (`npx shipshape show {id}`), and give at least the first 12 characters of its digest",
  },
  "plan-altered": {
    httpStatus: 500,
    exitCode: 1,
    message: "the stored plan of request {id} is not the one that was decided: its digest is {found}, not {decided}",
    hint: "nothing was done; find out who can write to the control plane's database, then request it again",
  },
  "plan-outdated": {
    httpStatus: 409,
    exitCode: 1,
    message: "none of {plans} plans of request {id} still held when it was to be carried out",
    hint: "nothing was done; find out what changes the database, or what lets requests wait so long, then request it again",
  },
} as const satisfies ErrorTable;
