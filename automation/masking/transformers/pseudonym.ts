import { z } from "zod";
import { integerMask } from "../integer-mask";
import { hashedMask, isInteger, isText, unfitText } from "../mask-parts";
import type { ColumnFacts } from "../schema-facts";
import { shapeMask } from "../shape-mask";
import type { Transformer } from "../transformer";
import { writeBase32 } from "../vocabulary";
import { unfitNumber } from "./permutation";
import { writeUuid } from "./uuid";

/** 80 bits: at 10⁷ values two are the same with a probability of 4·10⁻¹¹. */
const characters = 16;

const parameters = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{0,20}$/, { error: () => "give up to 20 letters, digits, or _ . -" })
    .default(""),
});
type Parameters = z.infer<typeof parameters>;

const hasRoom = ({ maxLength }: ColumnFacts, { prefix }: Parameters) =>
  maxLength === undefined || maxLength >= characters + prefix.length;

export const pseudonym: Transformer<Parameters> = {
  name: "pseudonym",
  title:
    "another value of the same kind for an identifier: a number stays a whole number, a uuid a uuid, a short code keeps its shape, any other text becomes 16 letters and digits",
  parameters,
  example: { prefix: "c-" },
  fits(column, { prefix }) {
    if (column.type === "uuid") return undefined;
    if (isInteger(column)) return unfitNumber(column);
    if (!isText(column)) return `it masks texts, whole numbers and uuids, and the column is ${column.declared}`;
    return prefix === "" ? undefined : unfitText(column, characters + prefix.length);
  },
  uniqueness: (column, given) =>
    isInteger(column)
      ? "injective"
      : isText(column) && !hasRoom(column, given)
        ? "injective"
        : "collision-free-in-practice",
  differsInCaseOnly: (column, given) => isText(column) && !hasRoom(column, given),
  escapes: true,
  prepare(context, given) {
    const { column } = context;
    if (isInteger(column)) return integerMask(context);
    if (column.type === "uuid") return hashedMask(context, "exact", 36, writeUuid);
    if (!hasRoom(column, given)) return shapeMask(context);
    const prefix = Buffer.from(given.prefix);
    return hashedMask(context, "exact", prefix.length + characters, (hashes, from, out, at) => {
      at += prefix.copy(out, at);
      return writeBase32(hashes, from, characters, out, at);
    });
  },
};
