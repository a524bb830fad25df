import { AsyncLocalStorage } from "node:async_hooks";

const foreseen = new AsyncLocalStorage<true>();

/**
 * Declares a database whose name another instance, of another major, is about to get: a preview then says what an `up`
 * will do with that one. No `up` does so while the instance runs the major before.
 */
export const foreseeingMajor = <T>(declare: () => T): T => foreseen.run(true, declare);

export const foreseesMajor = (): boolean => foreseen.getStore() === true;
