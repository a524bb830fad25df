export { DatabasePlatform } from "./database-platform";
export { platformRequestOf, type DatabasePlatformArgs } from "./platform-arguments";
export { StandardDatabase } from "./standard-database";
export { databaseRequestOf } from "./arguments";
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
export type { EcsHandOver, ExternalSecret, HandOver, HandOverTarget, PolicyDocument } from "./hand-over";
export type { RoleName } from "./standards/names";
export type { StandardShape } from "./standard-shape";
export { defineStandard, programRegion, programStandard } from "./program-standard";
export { builtIn as builtInStandard } from "./standards/built-in";
export type { StandardFile } from "./standards/file-schema";
export type { Standard } from "./standards/standard";
