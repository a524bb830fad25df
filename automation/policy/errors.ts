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
    message: "nobody approved the plan {digest} within {waitedHours} h",
    hint: "nothing was done; ask again, and for approval of the new plan",
  },
} as const satisfies ErrorTable;
