import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { text } from "./input-errors";

/** The tags of a resource by key; some values only another resource knows. */
export type Tags = Record<string, pulumi.Input<string>>;

/**
 * What AWS accepts as tags (Tagging AWS Resources User Guide): letters, digits and spaces of any script, and a few
 * signs.
 */
const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const rule = "use only letters, digits, spaces and _ . : / = + - @";
const valueLengthMax = 256;
const keyLengthMax = 128;
/** Per resource, including the platform's and the program's tags. */
const tagsMax = 50;

export const tagValue = (what: string) =>
  text(what)
    .max(valueLengthMax, { error: () => `give at most ${valueLengthMax} characters` })
    .regex(characters, { error: () => rule });

const keyOf = (key: string): string | undefined => {
  if (key.length < 1 || key.length > keyLengthMax) return `give a key of 1 to ${keyLengthMax} characters`;
  if (/^aws:/i.test(key)) return "give a key that does not begin with aws:, which AWS reserves";
  return characters.test(key) ? undefined : rule;
};

export const tags = z.record(z.string(), tagValue("the value it has")).superRefine((given, context) => {
  const refuse = (path: string[], input: unknown, message: string) =>
    context.addIssue({ code: "custom", path, input, message });
  for (const key of Object.keys(given)) {
    const reason = keyOf(key);
    if (reason) refuse([key], key, reason);
  }
  if (Object.keys(given).length > tagsMax) refuse([], Object.keys(given).length, `give at most ${tagsMax} tags`);
});
