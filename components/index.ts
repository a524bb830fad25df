export { DatabasePlatform, platformRequest, type DatabasePlatformArgs } from "./database-platform";
export { StandardDatabase } from "./standard-database";
export { databaseRequest } from "./arguments";
export { parseInput } from "./input-errors";
export type { DatabaseRequest, PlatformReference, StandardDatabaseArgs } from "./arguments";
export type { ConsumerSettings, ExternalSecretValue } from "./consumers";
export type { RoleName } from "./roles";
export type { StandardShape } from "./standard-shape";
export * as standards from "./standards";
