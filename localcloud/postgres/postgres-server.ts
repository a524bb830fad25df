/** The public interface of this folder: PostgreSQL servers that behave like RDS's. */
export { checkpoint, runningPort, transactionsInTheWay, waitUntilHasAllOf } from "./handover";
export {
  allowCopy,
  copyLogically,
  copySequences,
  fillViews,
  followAt,
  hasAllOf,
  logicalState,
  schemaFingerprint,
  unfollow,
  unpublish,
  untilCopied,
  type LogicalPair,
} from "./logical-copy";
export type { ParameterReport } from "./parameters";
export { PostgresError, type PostgresErrorCode } from "./postgres-errors";
export {
  allowReplica,
  caughtUp,
  createReplica,
  dropSlots,
  isStandby,
  keepWalFor,
  promote,
  replicationState,
  type ReplicaSource,
} from "./replica";
export { restoreServer, type RecoverySource } from "./recovery";
export { createServer, freePort, openServer, removeServer } from "./server-lifecycle";
export type { Following, LogFile, MasterLogin, PostgresServer, PostgresServerSettings } from "./server-types";
export { prepareUpgrade } from "./upgrade";
