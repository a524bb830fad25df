import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes the rule that a page shows, and a state that it finds something in; returns how to compile it. */
export function putRuleOfPage(page: string, project: string): string[] {
  const [, rule = ""] = /```ts\n(\/\/ guardrails\/rules[\s\S]*?)```/.exec(readFileSync(page, "utf8"))!;
  const [file = ""] = /rules\/\S+\.ts/.exec(rule)!;
  mkdirSync(join(project, "rules"));
  writeFileSync(join(project, file), rule);
  writeFileSync(join(project, "shipshape.yaml"), "guardrails:\n  rules: rules\n");
  const type = "aws:rds/instance:Instance";
  const small = {
    urn: `urn:pulumi:a::b::${type}::small`,
    type,
    custom: true,
    inputs: { instanceClass: "db.t4g.micro" },
  };
  writeFileSync(join(project, "small.json"), JSON.stringify({ version: 3, deployment: { resources: [small] } }));
  return ["--noEmit", "--strict", "--module", "node16", "--types", "node", "--skipLibCheck", file];
}
