/** What a provider needs of the adapter. */
export * from "./resource";
export { serve } from "./serve";
export { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";
