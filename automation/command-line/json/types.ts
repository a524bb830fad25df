import type { z } from "zod";
import type { moment } from "./parts";
import type { outputs } from "./outputs";

/** A command that prints JSON, by its words. */
export type Printing = keyof typeof outputs;

/** What a command hands over to be printed: for a moment it may have a Date. */
export type Printed<Command extends Printing> = Unprinted<z.infer<(typeof outputs)[Command]>>;

type Unprinted<T> =
  T extends z.infer<typeof moment>
    ? string | Date
    : T extends readonly (infer One)[]
      ? readonly Unprinted<One>[]
      : T extends object
        ? string extends keyof T
          ? Unprinted<T[keyof T]> extends infer Value
            ? unknown extends Value
              ? object
              : Readonly<Record<string, Value>>
            : never
          : { readonly [Key in keyof T]: Unprinted<T[Key]> }
        : T;
