/** What a provider needs from the adapter. */
export * from "./resource";
export { serve } from "./serve";
export { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";
