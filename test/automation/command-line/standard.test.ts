import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import type { CommandContext } from "../../../automation/command-line/command-context";
import { check, show, types } from "../../../automation/command-line/standard";
import { createTerminal } from "../../../automation/command-line/terminal";
import { readSettings } from "../../../automation/settings";
import { builtIn } from "../../../components/standards/built-in";
import { company, companyFolder } from "../../components/standards/company";
import { recordedTerminal } from "./recorded-terminal";

const root = join(__dirname, "../../..");
/** What a command prints in a folder that has a standard, one entry a line. */
function printed(command: (context: CommandContext) => void, folder: string): string[] {
  const { terminal, results } = recordedTerminal();
  const configuration = join(folder, "shipshape.yaml");
  const settings = readSettings(root, folder, { SHIPSHAPE_CONFIGURATION_FILE: configuration });
  command({ settings, terminal });
  return results;
}
const { folder, file } = companyFolder();
const lineOf = (part: string) => company.split("\n").findIndex((one) => one.includes(part)) + 1;

test("each figure is shown with where it is from: a line of the file, or Shipshape", () => {
  const lines = printed((context) => show({ why: true }, context), folder);
  expect(lines[0]).toMatch(/^standard acme 2027\.1\.0, SHA-256 [0-9a-f]{64}$/);
  expect(lines).toEqual(
    expect.arrayContaining([
      `tiers.platinum.production.rtoSeconds: 1800   ${file}:${lineOf("platinum:")}`,
      "tiers.platinum.production.rpoSeconds: 600   Shipshape",
      `tiers.economy.production.alarms.freeStoragePercent: 15   ${file}:${lineOf("alarms:")}`,
      `tags.owner.key: "Team"   ${file}:${lineOf("owner:")}`,
      `postgres.parameters.log_min_duration_statement: "500"   ${file}:${lineOf("parameters:")}`,
      'postgres.parameters.rds.force_ssl: "1"   Shipshape',
      `logs.retentionDays.elsewhere: 30   Shipshape`,
    ]),
  );
  const [first] = printed((context) => show({ json: true }, context), folder);
  expect(first).toBe("{");
});

test("nothing of it is wider than 80 columns", () => {
  const { file: long } = companyFolder();
  let text = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((part) => ((text += String(part)), true));
  try {
    const settings = readSettings(root, folder, { SHIPSHAPE_CONFIGURATION_FILE: join(long, "../shipshape.yaml") });
    show({ why: true }, { settings, terminal: createTerminal("never", 80) });
  } finally {
    write.mockRestore();
  }
  const lines = text.split("\n");
  expect(lines.length).toBeGreaterThan(150);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("an exception to the floor is named where its figure is shown", () => {
  const expiresOn = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
  const lowered = `${company.replace("retentionDays: { production: 400 }", "retentionDays: { production: 400, elsewhere: 7 }")}
belowFloor:
  - { path: logs.retentionDays.elsewhere, reason: logs of play databases say nothing, owner: ledger, approver: security, expiresOn: ${expiresOn} }
`;
  const lines = printed((context) => show({ why: true }, context), companyFolder(lowered).folder);
  expect(lines.find((line) => line.startsWith("logs.retentionDays.elsewhere"))).toMatch(
    new RegExp(`: 7   .*standard\\.yaml:\\d+, an exception of ledger until ${expiresOn}$`),
  );
});

test("a check says which standard can be used, and refuses one that cannot by its code", () => {
  expect(printed((context) => check({}, context), folder)).toEqual([
    expect.stringMatching(/^standard acme 2027\.1\.0, .*: can be used$/),
  ]);
  const { folder: wrong } = companyFolder(company.replace("production: 400", "production: 4"));
  expect(() => printed((context) => check({}, context), wrong)).toThrow(
    expect.objectContaining({
      code: "standard-invalid",
      message: expect.stringMatching(/logs\.retentionDays\.production: is below the floor, 30/) as string,
    }) as Error,
  );
  writeFileSync(join(wrong, "shipshape.yaml"), "alerts: {}\n");
  expect(printed((context) => check({}, context), wrong)).toEqual([
    `standard shipshape ${builtIn.version}, SHA-256 ${builtIn.digest}: can be used`,
  ]);
});

test("with the company's names a tier of Shipshape's is an error of the compiler, and without them one of theirs", () => {
  const wrongTiers = (declared?: string): string[] => {
    const program = mkdtempSync(join(tmpdir(), "shipshape-names-"));
    writeFileSync(
      join(program, "app.ts"),
      'import type { Tier } from "shipshape/names";\nexport const tiers: Tier[] = ["platinum", "gold"];\n',
    );
    const files = [join(program, "app.ts")];
    if (declared !== undefined) {
      files.push(join(program, "names.d.ts"));
      writeFileSync(join(program, "names.d.ts"), declared);
    }
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      paths: { "shipshape/names": [join(root, "components/standards/names.ts")] },
    };
    return ts
      .getPreEmitDiagnostics(ts.createProgram(files, options))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  };
  expect(wrongTiers()).toEqual([expect.stringContaining('"platinum"')]);
  expect(wrongTiers(printed((context) => types({}, context), folder).join("\n"))).toEqual([
    expect.stringContaining('"gold"'),
  ]);
});
