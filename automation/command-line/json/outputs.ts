/** What each command prints with `--json`. Loaded by tests and pages only: commands need just the types. */
import { z } from "zod";
import { evidenceOutputs } from "./evidence";
import { guardrailOutputs } from "./guardrails";
import { localOutputs } from "./local";
import { maskingOutputs } from "./masking";
import { recordOutputs } from "./records";

/** By the words of the command. */
export const outputs = {
  ...localOutputs,
  ...recordOutputs,
  ...evidenceOutputs,
  ...guardrailOutputs,
  ...maskingOutputs,
  completion: z.strictObject({ shell: z.string(), script: z.string() }),
} as const;
