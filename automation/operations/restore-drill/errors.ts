import type { ErrorTable } from "../../error-table";

export const restoreDrillErrors = {
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
} as const satisfies ErrorTable;
