export { DatabasePlatform } from "./database-platform";
export { platformRequest, type DatabasePlatformArgs } from "./platform-arguments";
export { StandardDatabase } from "./standard-database";
export { databaseRequest } from "./arguments";
export { parseInput, text } from "./input-errors";
export type {
  DatabaseRequest,
  ExistingDatabase,
  PlatformReference,
  RestoreFromSnapshot,
  RestoreToPointInTime,
  RoleSettings,
  StandardDatabaseArgs,
} from "./database-request";
export type { ConsumerSettings, ExternalSecretValue } from "./consumers";
export type { RoleName } from "./roles";
export type { StandardShape } from "./standard-shape";
export * as standards from "./standards";
