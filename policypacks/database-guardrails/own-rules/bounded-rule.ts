/** A company's rule as judging applies it: whatever its check does, each resource gets an answer. */
import { createContext, Script } from "node:vm";
import type { Found, Rule, Violation } from "../judging/rule";
import { Undecided, WrongType } from "../vocabulary/properties";
import { checkSeconds, foundMax } from "./limits";

/** A check that throws, or does not end, is a violation: a rule that could not judge must not look like a pass. */
export function boundedRule(rule: Rule, file: string): Rule {
  // After one resource on which it did not end, a fleet would wait for all the others too.
  let hung = "";
  const found = (resource: { name: string }, check: () => Iterable<Found>): Found[] => {
    const all: Found[] = [];
    const failed = (reason: string) => [
      ...all,
      {
        found: `the rule could not judge it: ${reason}`,
        allowed: "a rule that ends without an error",
        change: `correct ${file}`,
      },
    ];
    if (hung !== "") return failed(hung);
    try {
      withinSeconds(checkSeconds, () => {
        for (const one of check()) {
          if (all.length === foundMax) throw new Error(`it found more than ${foundMax} things`);
          all.push(checked(one));
        }
      });
      return all;
    } catch (thrown) {
      if (thrown instanceof Undecided || thrown instanceof WrongType) return [...all, thrown];
      if (isTimeout(thrown)) hung = `it did not end within ${checkSeconds} s for ${resource.name}`;
      return failed(hung || reasonOf(thrown));
    }
  };
  const { check, checkInStack } = rule;
  return {
    ...rule,
    // What is passed in cannot be changed: another rule would judge what this one left.
    ...(check && {
      check: (resource, settings) => found(resource, () => check.call(rule, unchangeable(resource), ownCopy(settings))),
    }),
    ...(checkInStack && {
      checkInStack: (resource, stack, settings) =>
        found(resource, () => checkInStack.call(rule, unchangeable(resource), unchangeable(stack), ownCopy(settings))),
    }),
  };
}

/** Only text can be checked by the compiler of a company; a rule in JavaScript may yield anything. */
function checked(one: Found): Found {
  if (one instanceof Undecided || one instanceof WrongType) return one;
  const { property, allowed, change } = (one ?? {}) as Partial<Violation>;
  const isText = (given: unknown) => typeof given === "string" && given !== "";
  if (isText(allowed) && isText(change) && (property === undefined || isText(property))) return one;
  throw new Error("it found something without allowed and change");
}

const ownCopy = <Settings extends { audited: ReadonlySet<string> }>(settings: Settings): Settings => ({
  ...unchangeable(settings),
  audited: new Set(settings.audited),
});

const frozen = new WeakSet();
/** Freezes it with everything in it. */
function unchangeable<T>(given: T): T {
  if (typeof given !== "object" || given === null || frozen.has(given)) return given;
  frozen.add(Object.freeze(given));
  for (const part of Object.values(given)) unchangeable(part);
  return given;
}

const isTimeout = (thrown: unknown): boolean =>
  (thrown as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
export const reasonOf = (thrown: unknown): string =>
  isTimeout(thrown)
    ? "it did not end"
    : String((thrown as Partial<Error> | undefined)?.message ?? thrown).split("\n")[0]!;

let runner: { context: { run?: () => unknown }; script: Script } | undefined;

/** Only the virtual machine can stop an endless loop. */
export function withinSeconds<T>(seconds: number, work: () => T): T {
  runner ??= { context: createContext({}), script: new Script("run()") };
  runner.context.run = work;
  return runner.script.runInContext(runner.context, { timeout: seconds * 1000 }) as T;
}
