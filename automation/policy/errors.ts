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
    hint: "nothing was done; in this version no command approves a plan, so a request that needs approval always ends like this",
  },
} as const satisfies ErrorTable;
