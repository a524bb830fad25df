import type { Properties } from "../recorded/recorded-type";

/**
 * Something that can be changed from outside: what it is now, in Pulumi's camelCase, and how new values are written.
 */
export interface ChangeTarget {
  arn: string;
  /** Every property that can be changed, with its value; one that is unset stands here with undefined. */
  properties: Properties;
  /** Writes the whole change at once, asking nothing of what AWS would allow. */
  write(changed: Properties): void;
  /** Properties whose values no answer repeats. */
  secret?: readonly string[];
}
