/** What a provider needs of the adapter. */
export * from "./resource";
export { serve } from "./serve";
export { isUnknown, UNKNOWN, type Bag, type Value } from "./wire";
