export { DatabasePlatform } from "./database-platform";
export { platformOf } from "./platform-of";
export { platformRequestOf } from "./platform-arguments";
export type { DatabasePlatformArgs, PlatformArguments, PlatformRequest } from "./platform-request";
export { StandardDatabase } from "./standard-database";
export { databaseRequestOf } from "./arguments";
export { parseInput, text } from "./input-errors";
export {
  AccessRoles,
  MasterPassword,
  type DatabaseArguments,
  type DatabaseRequest,
  type PlatformReference,
  type RestoreSource,
  type RoleSettings,
  type StandardDatabaseArgs,
} from "./database-request";
export type { ExistingDatabase, FoundProperties } from "./existing-database";
export type { MaskedCopy } from "./masked-copy";
export type { EcsHandOver, ExternalSecret, HandOver, HandOverTarget, PolicyDocument } from "./hand-over";
export { PatchMethod, PostgresMajor } from "./standards/fixed";
export { DataClassification, Environment, Size, Tier } from "./standards/names";
export { Authentication, Extension } from "./standards/roles";
export type { RoleName } from "./standards/names";
export type { StandardShape } from "./standard-shape";
export { defineStandard, programRegion, programStandard } from "./program-standard";
export { builtIn as builtInStandard } from "./standards/built-in";
export type { StandardFile } from "./standards/file-schema";
export type { Standard } from "./standards/standard";
