import type { Command } from "commander";
import { ShipshapeError } from "../errors";
import { answerFinding, type Answer } from "../review/findings";
import { readRun } from "../runner/runs";
import type { CommandContext } from "./command-context";
import { principal, withControlPlane } from "./open-control-plane";

interface ReviewOptions {
  accept?: boolean;
  reject?: boolean;
  followUp?: string;
  comment: string;
}

/** `shipshape review`: records a person's answer to a finding. */
export function addReview(shipshape: Command, { settings, terminal }: CommandContext): void {
  shipshape
    .command("review <finding>")
    .description("answer a finding that `shipshape status` lists; the answer is recorded with its author")
    .option("--accept", "the finding is right, and acceptable")
    .option("--reject", "the finding is wrong")
    .option("--follow-up <request id>", "the request that fixes it")
    .requiredOption("--comment <text>", "why")
    .addHelpText(
      "after",
      '\nExample:\n  npx shipshape review 261123093000-1a2b3c4d.verdict --accept --comment "a typing error: there is no such database"',
    )
    .action((findingId: string, options: ReviewOptions) =>
      withControlPlane(settings, async ({ database }) => {
        const status = answerOf(options);
        if (options.followUp !== undefined) await readRun(database, options.followUp);
        await answerFinding(database, {
          findingId,
          status,
          reviewer: await principal(),
          comment: options.comment,
          followUpRequestId: options.followUp,
        });
        terminal.say(`${findingId} is answered: ${status}`);
      }),
    );
}

function answerOf({ accept, reject, followUp, comment }: ReviewOptions): Answer["status"] {
  const usage = (problem: string) => new ShipshapeError("usage", { problem, command: "shipshape review" });
  const given = [
    ...(accept ? ["accepted" as const] : []),
    ...(reject ? ["rejected" as const] : []),
    ...(followUp === undefined ? [] : ["follow-up" as const]),
  ];
  if (given.length !== 1) throw usage("give one of --accept, --reject or --follow-up");
  if (comment.trim() === "") throw usage("--comment is empty: say why");
  return given[0]!;
}
