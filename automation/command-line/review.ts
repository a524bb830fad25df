import { ShipshapeError } from "../errors";
import type { Answer } from "../review/findings";
import type { CommandContext } from "./command-context";
import { principal, withRecords } from "./open-records";

export interface ReviewOptions {
  accept?: boolean;
  reject?: boolean;
  followUp?: string;
  comment: string;
  json?: boolean;
}

/** `shipshape review`: records a person's answer to a finding. */
export async function review(
  findingId: string,
  options: ReviewOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  await withRecords(settings, async (records) => {
    const status = answerOf(options);
    await records.answer({
      findingId,
      status,
      reviewer: await principal(records),
      comment: options.comment,
      followUpRequestId: options.followUp,
    });
    const { followUp = null } = options;
    if (options.json) terminal.json("review", { findingId, status, followUpRequestId: followUp });
    else terminal.say(`${findingId} is answered: ${status}`);
  });
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
