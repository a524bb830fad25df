import type { ErrorTable } from "../../error-table";

export const refreshRemovalErrors = {
  "removal-no-copy": {
    httpStatus: 409,
    exitCode: 2,
    message: "{identifier} is not removed, since it is no copy that a refresh has made: {problem}",
    hint: "docs/operations/refresh-removal.md says which copies are; docs/first-database.md how a team removes a database of its own; `npx shipshape fleet` shows whose it is",
  },
  "removal-moved": {
    httpStatus: 409,
    exitCode: 1,
    message:
      "{identifier} is not removed: it stays until {end} by now, and its removal was planned for the end on {planned}",
    hint: "`npx shipshape request refresh-removal` plans it as it is now, for an approval",
  },
  "removal-waits": {
    httpStatus: 409,
    exitCode: 1,
    message: "{identifier} is not removed yet: the refresh {requestId} makes another copy of it, by a snapshot",
    hint: "look at it with `npx shipshape show {requestId}`, and complete what it has left with `npx shipshape clean-up {requestId}`; then request the removal again",
  },
  "removal-left": {
    httpStatus: 500,
    exitCode: 1,
    message: "after the removal of {identifier} there is still {left}",
    hint: "look at its events in the cloud; then request it again with `npx shipshape request refresh-removal`",
  },
} as const satisfies ErrorTable;
