/** What `shipshape guard --json` printed, as a file. */
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { decodeText } from "../../components/standards/text-file";
import { forbidStaleWaivers } from "../../policypacks/database-guardrails/rules/forbid-stale-waivers";
import { reasonOf, ShipshapeError } from "../errors";
import { reportBytesMax } from "./limits";

const reportSchema = z.object({
  findings: z.array(
    z.object({
      rule: z.string(),
      kind: z.string(),
      level: z.enum(["mandatory", "advisory"]),
      urn: z.string(),
      owner: z.string().optional(),
      property: z.string().optional(),
      found: z.string().optional(),
      declared: z.array(z.string()).optional(),
    }),
  ),
});
export type ReportedFinding = z.infer<typeof reportSchema>["findings"][number];

/** Its violations; those of waivers themselves are not of a resource. Errors: usage. */
export function reportedViolations(file: string, command: string): ReportedFinding[] {
  let given: unknown;
  try {
    const { size } = statSync(file);
    if (size > reportBytesMax) throw new Error(`it has ${size} bytes; allowed: ${reportBytesMax} at most`);
    given = JSON.parse(decodeText(readFileSync(file)));
  } catch (error) {
    throw new ShipshapeError("usage", { problem: `--from: cannot read ${file}: ${reasonOf(error)}`, command });
  }
  const { data } = reportSchema.safeParse(given);
  if (!data)
    throw new ShipshapeError("usage", {
      problem: `--from: ${file} is not a report; \`npx shipshape guard --state <path> --json\` prints one`,
      command,
    });
  return data.findings.filter(({ kind, rule }) => kind === "violation" && rule !== forbidStaleWaivers.id);
}
