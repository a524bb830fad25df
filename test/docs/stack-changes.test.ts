// The examples of the pages about changes of stacks are what the control plane reads and writes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectedLine } from "../../automation/command-line/expected-changes";
import { readConfiguration } from "../../automation/configuration/configuration";
import type { ExpectedChange } from "../../automation/fleet-records";
import { changesExpectedDays } from "../../automation/runner/limits";
import { planStackChange } from "../../automation/runner/stack-change";

const page = (name: string) => readFileSync(join(__dirname, "../../docs", name), "utf8");
const folder = mkdtempSync(join(tmpdir(), "shipshape-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("every example of shipshape.yaml is read as it is", () => {
  const examples = [...page("configuration.md").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const path = join(folder, "shipshape.yaml");
  const read = examples.map((text) => (writeFileSync(path, text), readConfiguration({ path, isNamed: true })));
  expect(read.flatMap((one) => one?.stacks ?? [])).toEqual([
    { project: "shipshape", folder: "stacks", author: { name: "Database platform", email: "platform@example.com" } },
  ]);
});

test("a delivered change and its expectation look as the page of the fleet shows them", () => {
  const value = { property: "BackupRetentionPeriod", from: 7, to: 14 };
  const { text, withinDays } = planStackChange(
    { set: [{ path: ["backupRetentionDays"], value: 14 }], why: "", requestId: "", expected: [value] },
    {
      stack: "acme/shop/production",
      urn: "urn:pulumi:production::shop::shipshape:index:StandardDatabase::orders",
      ownership: "delivered",
      config: null,
    },
  );
  expect(page("operations/fleet.md")).toContain(`\`\`\`text\n${text}\`\`\``);
  expect(page("operations/fleet.md")).toContain(`for ${withinDays} days unless`);
  expect(withinDays).toBe(changesExpectedDays);
  const until = new Date("2026-12-11T05:00:00Z");
  const overdue = { ...value, until, status: "overdue", found: 7, lookedAt: until } as ExpectedChange;
  expect(page("operations/fleet.md")).toContain(`\`\`\`text\n${expectedLine(overdue)}\n\`\`\``);
});
