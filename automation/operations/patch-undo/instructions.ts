/**
 * Pure: what people do to go back behind a patch that runs. The database of before is restored beside the patched one;
 * only the swap of their names loses what was written since.
 */
import type { TargetDatabase } from "../../fleet-records";
import { planStackChange, type ObservedStack } from "../../runner/stack-change";

/** What a restore does not inherit, as the patched instance has it. */
export interface RestoredShape {
  instanceClass: string;
  parameterGroupName: string;
  subnetGroupName: string;
  securityGroupIds: string[];
  isMultiAz: boolean;
  isPublic: boolean;
  copiesTags: boolean;
  hasDeletionProtection: boolean;
  hasIamLogins: boolean;
  logExports: string[];
  lifecycleSupport: string;
  /** Whether RDS manages the master's password: a restore cannot ask for that. */
  managesPassword: boolean;
  replicas: string[];
}

export type WayBackPoint = { restoreTime: string } | { snapshot: string };

interface Given {
  database: TargetDatabase;
  shape: RestoredShape;
  tags: Record<string, string>;
  point: WayBackPoint;
  from: string;
  to: string;
  stack: ObservedStack;
}

export function restoreInstructions(given: Given): string {
  return stepsOf(given)
    .map(({ say, run }, at) => [`${at + 1}. ${say}`, ...run.map((line) => `     ${line}`)].join("\n"))
    .join("\n");
}

interface InstructionStep {
  say: string;
  run: string[];
}

function stepsOf(given: Given): InstructionStep[] {
  const { database, shape, from, to, stack } = given;
  const { identifier, region } = database;
  const [beside, patched] = [nameWith(identifier, from), nameWith(identifier, to)];
  const rds = (words: string) => `aws rds ${words} --region ${region}`;
  const available = (name: string) => rds(`wait db-instance-available --db-instance-identifier ${name}`);
  const renamed = (name: string, now: string) => [
    rds(`modify-db-instance --db-instance-identifier ${name} --new-db-instance-identifier ${now} --apply-immediately`),
    available(now),
  ];
  const change = planStackChange(
    { set: [{ path: ["engineVersion"], value: from }], why: `back to ${from}`, requestId: "", expected: [] },
    stack,
  );
  const name = stack.stack.split("/").at(-1) ?? stack.stack;
  return [
    {
      say: "Restore the database of before beside it. Nothing is lost by that:",
      run: [rds(restoreOf(given, beside)), available(beside)],
    },
    {
      say: `Look whether it runs ${from}; if it does not, delete it, and end here: the way back is forward then:`,
      run: [rds(`describe-db-instances --db-instance-identifier ${beside} --query DBInstances[0].EngineVersion`)],
    },
    ...(shape.managesPassword
      ? [
          {
            say: "Have RDS manage its master password, as before:",
            run: [
              rds(
                `modify-db-instance --db-instance-identifier ${beside} --manage-master-user-password --apply-immediately`,
              ),
              available(beside),
            ],
          },
        ]
      : []),
    {
      say: "Stop the application. What was written since the moment above is lost from here on:",
      run: renamed(identifier, patched),
    },
    { say: "Give the restored one the name:", run: renamed(beside, identifier) },
    { say: `Have stack ${name} declare ${from} again:`, run: change.text.trimEnd().split("\n") },
    {
      say: "Tell the state of the stack which instance has the name now:",
      run: [
        `pulumi stack export --stack ${name} --file state.json`,
        `id=$(${rds(`describe-db-instances --db-instance-identifier ${identifier} --query DBInstances[0].DbiResourceId --output text`)})`,
        `node -e '${adoption}' ${identifier} $id`,
        `pulumi stack import --stack ${name} --file state.json`,
      ],
    },
    {
      say: "Look at what the stack would still change, such as monitoring; nothing may be replaced or deleted. Then bring it up:",
      run: [`pulumi preview --refresh --diff --stack ${name}`, `pulumi up --refresh --stack ${name}`],
    },
    {
      say: `Start the application. ${patched} is the patched one, with what was written since: keep it until nobody needs that.`,
      run: [],
    },
  ];
}

/** Of the instance with that identifier; a pending operation of an engine that was interrupted is over. */
const adoption = [
  `const fs = require("fs"), [name, id] = process.argv.slice(1), state = JSON.parse(fs.readFileSync("state.json"));`,
  `for (const one of state.deployment.resources) if (one.type === "aws:rds/instance:Instance" && one.outputs.identifier === name)`,
  `Object.assign(one, { id }), Object.assign(one.outputs, { id, resourceId: id });`,
  `state.deployment.pending_operations = []; fs.writeFileSync("state.json", JSON.stringify(state));`,
].join(" ");

function restoreOf({ database, shape, tags, point }: Given, beside: string): string {
  const flag = (name: string, is: boolean) => `--${is ? "" : "no-"}${name}`;
  const source =
    "restoreTime" in point
      ? `restore-db-instance-to-point-in-time --source-dbi-resource-id ${database.resourceId} --target-db-instance-identifier ${beside} --restore-time ${point.restoreTime}`
      : `restore-db-instance-from-db-snapshot --db-snapshot-identifier ${point.snapshot} --db-instance-identifier ${beside}`;
  return [
    source,
    `--db-instance-class ${shape.instanceClass}`,
    `--db-parameter-group-name ${shape.parameterGroupName}`,
    `--db-subnet-group-name ${shape.subnetGroupName}`,
    `--vpc-security-group-ids ${shape.securityGroupIds.join(" ")}`,
    flag("multi-az", shape.isMultiAz),
    flag("publicly-accessible", shape.isPublic),
    flag("copy-tags-to-snapshot", shape.copiesTags),
    flag("deletion-protection", shape.hasDeletionProtection),
    flag("enable-iam-database-authentication", shape.hasIamLogins),
    "--no-auto-minor-version-upgrade",
    ...(shape.logExports.length > 0 ? [`--enable-cloudwatch-logs-exports ${shape.logExports.join(" ")}`] : []),
    `--engine-lifecycle-support ${shape.lifecycleSupport}`,
    ...(Object.keys(tags).length > 0
      ? [
          `--tags ${Object.entries(tags)
            .map(([key, value]) => quoted(`Key=${key},Value=${value}`))
            .join(" ")}`,
        ]
      : []),
  ].join(" ");
}

/** For a shell. Anyone who may tag a database writes what is here. */
const quoted = (text: string): string => (/^[\w=,.:@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** RDS allows 63 characters, letters, digits and hyphens. */
const nameWith = (identifier: string, version: string): string => {
  const end = `-${version.replaceAll(".", "-")}`;
  return `${identifier.slice(0, 63 - end.length).replace(/-$/, "")}${end}`;
};
