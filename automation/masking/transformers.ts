/** Pure: every transformer of ours, by its name in a profile, in the order of its page. */
import type { Transformer } from "./transformer";
import { address } from "./transformers/address";
import { array } from "./transformers/array";
import { bucket } from "./transformers/bucket";
import { card } from "./transformers/card";
import { company } from "./transformers/company";
import { constant } from "./transformers/constant";
import { dateShift } from "./transformers/date-shift";
import { email } from "./transformers/email";
import { freeText } from "./transformers/free-text";
import { iban } from "./transformers/iban";
import { ip } from "./transformers/ip";
import { json } from "./transformers/json";
import { name } from "./transformers/name";
import { noise } from "./transformers/noise";
import { nothing } from "./transformers/null";
import { partial } from "./transformers/partial";
import { permutation } from "./transformers/permutation";
import { phone } from "./transformers/phone";
import { pseudonym } from "./transformers/pseudonym";
import { regex } from "./transformers/regex";
import { sequence } from "./transformers/sequence";
import { shuffle } from "./transformers/shuffle";
import { url } from "./transformers/url";
import { uuid } from "./transformers/uuid";

const all = () => transformers;

export const transformers: readonly Transformer[] = [
  pseudonym,
  permutation,
  uuid,
  ...[email, name, phone, address, company, url, ip],
  ...[card, iban],
  ...[dateShift, noise, bucket],
  ...[freeText, json(all), array(all), regex(all)],
  ...[constant, nothing, partial, shuffle, sequence],
];
