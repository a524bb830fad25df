/** One way into an error, and the way out of it that its hint names. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, StartDBInstanceCommand } from "@aws-sdk/client-rds";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { ErrorCode } from "../../../automation/errors";
import type { Said, Scene } from "./scene";

export interface Row {
  code: ErrorCode;
  /** What is wrong before. */
  cause?(at: Scene): unknown;
  /** What a person does, and how it fails. */
  fails(at: Scene): Promise<Said>;
  /** What the hint has them do besides running a command, before that. */
  mend?(at: Scene): unknown;
  /** What they type for the parts of its commands that the hint leaves to them. */
  fill?(at: Scene): Record<string, string>;
  /** Where they run its commands. @default on the same machine */
  on?(): Scene;
  /** Exit codes of its commands. @default only 0 */
  codes?: number[];
  /** What works then; it gets what the hint's commands printed. @default what failed */
  works?(at: Scene, printed: string): Promise<Said>;
  /** The exit code of that: another error may follow, or a finding. @default 0 */
  ends?: number;
}

/** The commands of a hint, as it is printed. A single word in backticks is a name, not a command. */
export const commandsIn = (hint: string): string[] =>
  [...hint.matchAll(/`([^`]+ [^`]+)`|\$\((npx shipshape [^)]+)\)/g)].map(
    ([, quoted, evaluated]) => quoted ?? evaluated!,
  );

/** The hint under an error with this code; throws if there is none. */
export function hintIn({ text }: Said, code: string): string {
  const [, hint] = new RegExp(`hint: +([^\\n]*) \\[${code}\\]`).exec(text) ?? [];
  if (hint === undefined) throw new Error(`it did not fail with ${code}, but: ${text}`);
  return hint;
}

/** Runs a command of a hint as it is printed. Throws for one with a part that nobody filled in. */
export async function runHinted(at: Scene, printed: string, fill: Record<string, string>): Promise<Said> {
  const line = Object.entries(fill).reduce((text, [part, typed]) => text.replace(part, typed), printed);
  if (/[<>{}…]|\.\.\./.test(line)) throw new Error(`nobody can run this as it is: ${line}`);
  const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  if (program === "npx" && words[0] === "shipshape") {
    const own = words.slice(1);
    if (own[0] === "worker") return at.ensureWorker();
    return own.join(" ") === "local env" ? at.takeEnvironment() : at.run(own);
  }
  const other = otherPrograms.find(([begin]) => line.startsWith(begin));
  if (!other) throw new Error(`the test does not know how to run: ${line}`);
  await other[1](at, words);
  return { code: 0, text: "" };
}

/** Commands of other programs that this machine may lack: what they do. */
const otherPrograms: [begin: string, run: (at: Scene, words: string[]) => unknown][] = [
  ["chmod ", (_, words) => execFileSync("chmod", words)],
  [
    "aws sts get-caller-identity",
    async (at) => {
      const sts = new STSClient(at.client());
      await sts.send(new GetCallerIdentityCommand({})).finally(() => sts.destroy());
    },
  ],
  ["aws rds describe-db-instances", (at) => at.withRds((rds) => rds.send(new DescribeDBInstancesCommand({})))],
  ["aws rds describe-db-snapshots", (at) => at.withRds((rds) => rds.send(new DescribeDBSnapshotsCommand({})))],
  [
    "aws rds start-db-instance --db-instance-identifier orders",
    async (at) => {
      await at.withRds((rds) => rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: "orders" })));
      await at.databaseIs("available");
    },
  ],
  ["pulumi up --stack platform.test", (at) => at.upPlatform()],
  ["pulumi up --stack carts", (at) => at.upCarts()],
  ["pulumi up", (at) => at.upDatabase()],
  [
    "pulumi stack export ",
    (_, words) => {
      const file = words.at(-1)!;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, emptyState);
    },
  ],
];

/** What `pulumi stack export` writes for a stack without resources. */
export const emptyState = JSON.stringify({ version: 3, deployment: { resources: [] } });
