/** Pure: values and moments as people read them. */
import { shortened } from "../../printable";
import { shownCharactersMax } from "./limits";

/** What the engine shows for a value that the state marks as secret. */
const secretText = "[secret]";

/** Whether something in it is secret. */
export function isSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === secretText;
  return Object.values(value).some(isSecret);
}

/** What is secret on one side is shown on neither. */
export const shown = (desired: unknown, actual: unknown): { desired: string; actual: string } =>
  isSecret(desired) || isSecret(actual)
    ? { desired: secretText, actual: secretText }
    : { desired: shownOf(desired), actual: shownOf(actual) };

export function shownOf(value: unknown): string {
  const text =
    value === undefined || value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
  return shortened(text, shownCharactersMax);
}

export type Scalar = string | number | boolean | null;

/** Both as they are, where each is one value and neither is secret: a text cannot be turned back into it. */
export const scalars = (desired: unknown, actual: unknown): { values?: { desired: Scalar; actual: Scalar } } =>
  isScalar(desired) && isScalar(actual) && !isSecret(desired) && !isSecret(actual)
    ? { values: { desired: desired ?? null, actual: actual ?? null } }
    : {};

const isScalar = (value: unknown): value is Scalar | undefined =>
  value === null || ["undefined", "string", "number", "boolean"].includes(typeof value);

const days: Record<string, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

/** ", Thursday 02:00 to 04:00 UTC" of "thu:02:00-thu:04:00"; nothing if RDS gave none. */
export function windowText(window: string): string {
  const [, from = "", begin = "", to = "", end = ""] = /^(\w{3}):(\d\d:\d\d)-(\w{3}):(\d\d:\d\d)$/.exec(window) ?? [];
  const [first, last] = [days[from], days[to]];
  if (!first || !last) return window === "" ? "" : `, ${window}`;
  return `, ${first} ${begin} to ${last === first ? "" : `${last} `}${end} UTC`;
}
