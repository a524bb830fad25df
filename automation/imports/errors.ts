import type { ErrorTable } from "../error-table";

export const importErrors = {
  "import-identifier": {
    httpStatus: 400,
    exitCode: 2,
    message: '"{given}" is not a resource id, such as db-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    hint: 'only a resource id is safe: with any other name, a later up would delete the database. Find it: `aws rds describe-db-instances --db-instance-identifier {given} --query "DBInstances[0].DbiResourceId" --output text`',
  },
  "import-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: "there is no database {resourceId} in {cloud}",
    hint: "is it in another account or Region? `aws rds describe-db-instances` lists those of this one",
  },
  "import-replica": {
    httpStatus: 422,
    exitCode: 2,
    message: '"{identifier}" is a read replica of {source}',
    hint: "a StandardDatabase declares replicas with its source: import that, or first make it a database of its own: `aws rds promote-read-replica --db-instance-identifier {identifier}`",
  },
  "import-engine": {
    httpStatus: 422,
    exitCode: 2,
    message: '"{identifier}" is {engine}, and a StandardDatabase is RDS for PostgreSQL',
    hint: 'nothing was written: docs/import.md, "What cannot be imported"',
  },
  "import-undecided": {
    httpStatus: 422,
    exitCode: 2,
    message: 'neither its tags nor its name say what this is for "{identifier}": {missing}',
    hint: "repeat the command with {options}",
  },
  "import-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "a program would refuse the request: {problems}",
    hint: "nothing was written; `npx shipshape import --help` shows the options, `npx shipshape standard show` the names that are allowed",
  },
  "import-output": {
    httpStatus: 409,
    exitCode: 2,
    message: "{file} was not written: {reason}",
    hint: "name another file, ending in .yaml (a stack's config) or .ts (a program), in a folder that exists",
  },
} as const satisfies ErrorTable;
