/** What rules of a company's own are written with: `import { defineRule } from "shipshape/guardrails"`. */
export type { Standard } from "../../../components/standards/standard";
export { defineRule, type Found, type Rule, type RuleSettings, type Severity, type Violation } from "../judging/rule";
export { claimsOf, type Claims } from "../authoring/claims";
export { named, resource, type Fixture } from "../authoring/fixtures";
export { canonical, decided, unknown, type Properties } from "../vocabulary/properties";
export type { Resource, ResourceFacts, Stack } from "../vocabulary/resource";
export { isThrowaway, namedStrictness, strictnessOf, type Strictness } from "../vocabulary/strictness";
export * as types from "../vocabulary/types";
/** The same zod that reads a config: for the options of rules. */
export { z } from "zod";
