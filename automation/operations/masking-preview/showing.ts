/** Pure: what the run of a masking preview and the command that shows its rows tell each other. */
import { z } from "zod";
import { printable } from "../../printable";
import type { CleanUpReport } from "../../records";

/** The step after which rows can be read. */
export const readyStep = "let a reader into the copy";

/** What ends the waiting early. Nobody sends it: `shipshape cancel` ends the run. */
export const endTopic = "the end of the preview";

/** On which each showing is recorded. */
export const showingTopic = "rows shown";

/** One time that rows are shown: recorded before any is read, and without a value. */
const showing = z.object({
  profileDigest: z.string(),
  tables: z.array(z.string()),
  /** Of each table, at most. */
  rows: z.number(),
});
export type Showing = z.infer<typeof showing>;

/** For the statement of the clean-up: what people have seen cannot be removed. */
export const showingsLeft = (
  recorded: readonly { sentBy: string; sentAt: Date; content: unknown }[],
): NonNullable<CleanUpReport["left"]> =>
  recorded.map(({ sentBy, sentAt, content }) => {
    // Operators may send a run any message: none of them makes its clean-up fail.
    const { tables, rows, profileDigest } = showing.safeParse(content).data ?? unknown;
    return {
      kind: "rows that a person has seen",
      identifier: printable(tables.join(", ")),
      reason: `shown to ${sentBy} at ${sentAt.toISOString()}: at most ${rows} rows of each table, beside their masks by the profile ${printable(profileDigest.slice(0, 12))}`,
    };
  });
const unknown: Showing = { profileDigest: "unknown", tables: ["unknown tables"], rows: 0 };
