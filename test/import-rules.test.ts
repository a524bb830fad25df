// The import rules must catch every form of import: what lint overlooks, the graph check of `npm run check:static`
// catches.
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import config from "../eslint.config.js";

test.each([
  [
    "an area imports one above it",
    "components/one.ts",
    'import { readRun } from "../automation/runner/runs"; readRun;',
  ],
  ["it does so at run time", "components/one.ts", 'export const late = () => import("../automation/runner/runs");'],
  ["it requires it", "components/one.ts", 'export const late = require("../automation/runner/runs");'],
  ["it imports only its types", "components/one.ts", 'export type Late = import("../automation/records").Run;'],
  ["a stage imports another", "automation/policy/one.ts", 'export const late = () => import("../review/findings");'],
  [
    "the durable engine is used elsewhere",
    "automation/policy/one.ts",
    'export const late = () => import("@dbos-inc/dbos-sdk");',
  ],
  ["`pg` is used elsewhere", "automation/runner/one.ts", 'import { Client } from "pg"; new Client();'],
  [
    "the AWS SDK is used elsewhere",
    "automation/runner/one.ts",
    'export const late = () => import("@aws-sdk/client-rds");',
  ],
  [
    "the Automation API is used elsewhere",
    "automation/operations/one.ts",
    'import { LocalWorkspace } from "@pulumi/pulumi/automation"; LocalWorkspace;',
  ],
  [
    "the command line imports the embedded cloud",
    "automation/command-line/local-start.ts",
    'export const late = () => import("../../localcloud/main");',
  ],
  [
    "the command line reads a stage's table",
    "automation/command-line/one.ts",
    'export const late = () => import("../runner/runs");',
  ],
  [
    "one of its commands does",
    "automation/command-line/commands/one.ts",
    'import { readDecision } from "../../policy/decisions"; readDecision;',
  ],
  ["rules import components", "policypacks/one.ts", 'export * from "../components/instance";'],
])("lint refuses it when %s", (_, file, code) => {
  expect(problems(file, code)).toHaveLength(1);
});

test.each([
  ["components/one.ts", 'import { tiers } from "./standards/built-in"; tiers;'],
  ["policypacks/one.ts", 'import { tiers } from "../components/standards/built-in"; tiers;'],
  [
    "automation/targets/one.ts",
    'import { Client } from "pg"; import { RDSClient } from "@aws-sdk/client-rds"; new Client(RDSClient);',
  ],
  ["automation/runner/durable.ts", 'export const late = () => import("@dbos-inc/dbos-sdk");'],
  [
    "automation/command-line/one.ts",
    'import type { Finding } from "../review/findings"; export type { Finding }; export * from "../evidence/reading";',
  ],
  ["automation/command-line/commands/one.ts", 'export const late = () => import("../review");'],
])("lint lets %s import what it may", (file, code) => {
  expect(problems(file, code)).toEqual([]);
});

/** The findings of the import rules only, without the rules that need types. */
function problems(file: string, code: string): string[] {
  const rules = ["@typescript-eslint/no-restricted-imports", "no-restricted-syntax"];
  const entries = config
    .filter((entry) => rules.some((rule) => rule in (entry.rules ?? {})))
    .map(({ files, rules }) => ({ files, rules, plugins: { "@typescript-eslint": tseslint.plugin } }) as Linter.Config);
  const parser = { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } } as Linter.Config;
  return new Linter().verify(code, [parser, ...entries], { filename: file }).map(({ message }) => message);
}
