import { randomInt } from "node:crypto";
import type { z } from "zod";
import { AwsError } from "../wire/aws-error";
import type { inputs } from "./inputs";

/** A password of the characters that are not excluded, with one of each type unless the call says otherwise. */
export function randomPassword(requested: z.output<typeof inputs.getRandomPassword>): string {
  const kinds = [
    requested.ExcludeLowercase ? "" : "abcdefghijklmnopqrstuvwxyz",
    requested.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    requested.ExcludeNumbers ? "" : "0123456789",
    requested.ExcludePunctuation ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    requested.IncludeSpace ? " " : "",
  ]
    .map((kind) => [...kind].filter((character) => !requested.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const alphabet = kinds.flat();
  if (alphabet.length === 0)
    throw new AwsError("InvalidParameterException", "The exclusions leave no character for the password.");
  const required = requested.RequireEachIncludedType ? kinds : [];
  if (required.length > requested.PasswordLength)
    throw new AwsError(
      "InvalidParameterException",
      `A password of ${requested.PasswordLength} can't contain a character of each of ${required.length} types.`,
    );
  const characters = required.map(anyOf);
  while (characters.length < requested.PasswordLength) characters.push(anyOf(alphabet));
  return shuffled(characters).join("");
}

const anyOf = (characters: string[]): string => characters[randomInt(characters.length)]!;

function shuffled(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}
