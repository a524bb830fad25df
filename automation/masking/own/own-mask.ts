/**
 * Pure: a team's transformer as ours are. Its code is the team's, so nothing it does is believed: each mask is checked,
 * what it throws is not passed on, since it may quote a value, and it has a time limit.
 */
import { createHmac } from "node:crypto";
import { createContext, Script } from "node:vm";
import { ByteWriter } from "../byte-writer";
import { fingerprintsMax, maskSeconds, unchangedCharacters } from "../limits";
import { isInteger, isText, unfit } from "../mask-parts";
import { normaliser } from "../normal-form";
import type { Mask, MaskContext, Transformer } from "../transformer";
import type { MaskTools, OwnTransformer } from "./api";

export function asTransformer<P>(own: OwnTransformer<P>): Transformer<P> {
  const { name, title, parameters, uniqueness } = own;
  return {
    ...{ name, title, parameters },
    ...(own.vocabulary && { vocabulary: own.vocabulary }),
    uniqueness: () => uniqueness,
    escapes: true,
    fits(column, given) {
      try {
        const why = within(() => own.fits(column, given));
        if (why !== undefined) return String(why);
        const most = within(() => own.charactersMax(column, given));
        if (!Number.isSafeInteger(most) || most < 1) return "its charactersMax is no whole number of 1 or more";
        const { maxLength } = column;
        if (isText(column) && maxLength !== undefined && maxLength < most)
          return `it needs ${most} characters, and the column has ${maxLength}`;
        return undefined;
      } catch (error) {
        return `it could not be asked: ${kindOf(error)}`;
      }
    },
    prepare: (context, given) => ownMask(own, context, given),
  };
}

function ownMask<P>(own: OwnTransformer<P>, { column, key, sourceWords }: MaskContext, given: P): Mask {
  const failed = (what: string) => unfit(column, `the transformer ${own.name} ${what}`);
  const vocabulary = own.vocabulary ?? [];
  const words = vocabulary.filter((word) => !sourceWords.has(word.toLowerCase()));
  if (vocabulary.length > 0 && words.length === 0) throw failed("has no word that the source does not have");
  const most = guarded(() => own.charactersMax(column, given), failed);
  const normal = normaliser("exact", column);
  const writer = new ByteWriter();
  const watch = new Watch(own.uniqueness !== "lossy");
  let text = "";
  const tools: MaskTools = {
    column,
    words,
    hash: (of) =>
      createHmac("sha256", key)
        .update(`own ${own.name}\0`)
        .update(of ?? text)
        .digest(),
  };
  const one = (value: string): string => {
    const mask: unknown = own.mask(value, tools, given);
    if (typeof mask !== "string") throw new Refusal("gave something else than a text");
    return mask;
  };
  return (values) => {
    const { start, end, count } = values;
    const forms = normal(values);
    writer.reset(count, count * 16);
    guarded(() => {
      for (let i = 0; i < count; i++) {
        if (start[i]! < 0) {
          writer.null();
          continue;
        }
        const value = values.bytes.toString("utf8", start[i], end[i]);
        text = forms.bytes.toString("utf8", forms.start[i], forms.end[i]);
        const mask = one(value);
        const problem = outputProblem(mask, value, most, column) ?? watch.problem(text, mask);
        if (problem !== undefined) throw new Refusal(problem);
        const bytes = Buffer.from(mask);
        writer.copy(bytes, 0, bytes.length);
      }
    }, failed);
    return writer;
  };
}

/** What is told of it, as it is. */
class Refusal extends Error {}

function guarded<T>(work: () => T, failed: (what: string) => Error): T {
  try {
    return within(work);
  } catch (error) {
    if (error instanceof Refusal) throw failed(error.message);
    throw failed(isTimeout(error) ? `did not end within ${maskSeconds} s` : `threw ${kindOf(error)}`);
  }
}

/** Of PostgreSQL's types, those whose values have a form that can be told; the server refuses the others. */
const forms: Record<string, RegExp> = {
  int2: /^-?\d{1,5}$/,
  int4: /^-?\d{1,10}$/,
  int8: /^-?\d{1,19}$/,
  numeric: /^-?\d+(\.\d+)?$/,
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  date: /^\d{4,}-\d\d-\d\d( BC)?$/,
  bool: /^[tf]$/,
};

function outputProblem(mask: string, value: string, most: number, column: MaskContext["column"]): string | undefined {
  if ([...mask].length > most) return `gave a mask of more than ${most} characters`;
  if (/\0/.test(mask) || /\p{Cs}/u.test(mask)) return "gave a text that PostgreSQL cannot store";
  const form = forms[column.type];
  if (form && !form.test(mask)) return `gave a mask that is no ${column.type}`;
  if (!isInteger(column) && mask === value && [...value].length >= unchangedCharacters && /[\p{L}\p{N}]/u.test(value))
    return "left a value as it was";
  return undefined;
}

/** Watches what it claims, by fingerprints of the first values and masks that differ. */
class Watch {
  private readonly maskOf = new Map<string, string>();
  private readonly valueOf = new Map<string, string>();

  constructor(private readonly isUnique: boolean) {}

  problem(value: string, mask: string): string | undefined {
    const known = this.maskOf.get(value);
    if (known !== undefined) return known === mask ? undefined : "gave the same value another mask";
    const other = this.isUnique ? this.valueOf.get(mask) : undefined;
    if (other !== undefined && other !== value) return "gave different values the same mask, although it claims not to";
    if (this.maskOf.size >= fingerprintsMax) return undefined;
    this.maskOf.set(value, mask);
    if (this.isUnique) this.valueOf.set(mask, value);
    return undefined;
  }
}

/** Classes of JavaScript itself: a name of the team's own may say anything. */
const kinds = ["TypeError", "RangeError", "ReferenceError", "SyntaxError", "URIError", "EvalError"];
function kindOf(error: unknown): string {
  const name = (error as { constructor?: { name?: unknown } } | null)?.constructor?.name;
  return `${kinds.find((one) => one === name) ?? "an error"}, whose message may quote a value`;
}

const isTimeout = (thrown: unknown): boolean =>
  (thrown as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";

let runner: { context: { run?: () => unknown }; script: Script } | undefined;

/** Only the virtual machine can stop an endless loop. */
export function within<T>(work: () => T): T {
  runner ??= { context: createContext({}), script: new Script("run()") };
  runner.context.run = work;
  return runner.script.runInContext(runner.context, { timeout: maskSeconds * 1000 }) as T;
}
