import type { Properties } from "../recorded/recorded-type";

/**
 * A resource that can be changed from outside: its current properties, in Pulumi's camelCase, and how new values are
 * written.
 */
export interface ChangeTarget {
  arn: string;
  /** Every property that can be changed, with its value; unset ones are undefined. */
  properties: Properties;
  /** Writes the whole change at once, without checking what AWS would allow. */
  write(changed: Properties): void;
  /** Properties whose values are never echoed in a response. */
  secret?: readonly string[];
}
