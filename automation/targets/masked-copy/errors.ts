import type { ErrorTable } from "../../error-table";

/** None of these contains a message of PostgreSQL: those quote rows. */
export const maskedCopyErrors = {
  "schema-unreadable": {
    httpStatus: 502,
    exitCode: 1,
    message: 'the {section} of the schema of "{identifier}" could not be read: {reason}',
    hint: "the message of pg_dump may quote the database, and is not kept; 42501 is a privilege that the reader lacks, 55P03 a lock that another session holds",
  },
  "copy-storage-full": {
    httpStatus: 422,
    exitCode: 1,
    message: 'the storage of "{identifier}" is full: it ended {what} with SQLSTATE {sqlstate}',
    hint: "another attempt would fill it again, so there was none; raise its storage, or choose a larger size, and request it again: `npx shipshape request environment-refresh`",
  },
  "copy-disturbed": {
    httpStatus: 409,
    exitCode: 1,
    message: '"{identifier}" ended {what} with SQLSTATE {sqlstate}, which may pass',
    hint: "it was tried several times; the message may quote rows, and is not kept: 28P01 is a password that was rotated meanwhile, 53300 is too many sessions, 55P03 a lock that another session holds, 57014 a statement that was cancelled or took too long",
  },
  "copy-connection-lost": {
    httpStatus: 502,
    exitCode: 1,
    message: "the connection to {database} ended during {what}: {reason}",
    hint: "it was tried several times, and what was copied is dropped; look whether the instance restarted or failed over meanwhile, and at the network of the workers, then request it again: `npx shipshape request environment-refresh`",
  },
  "schema-not-loaded": {
    httpStatus: 422,
    exitCode: 1,
    message: 'the database "{identifier}" refused {place} with SQLSTATE {sqlstate}',
    hint: "the message may quote rows, and is not kept; what the source has, the target must allow: extensions, roles and parameters",
  },
  "copy-refused": {
    httpStatus: 422,
    exitCode: 1,
    message: "copying {table} ended at the {side} with SQLSTATE {sqlstate}{place}",
    hint: "the message may quote rows, and is not kept; 23514 and 22001 are masks that do not fit the column, 42501 is a privilege",
  },
  "copy-query-failed": {
    httpStatus: 422,
    exitCode: 1,
    message: '"{identifier}" ended {what} with SQLSTATE {sqlstate}',
    hint: "the message may quote rows, and is not kept: repeat the statement in the database to see it; 22P02 is a cast, P0001 a function of the schema, 42501 a privilege",
  },
  "copy-unplanned": {
    httpStatus: 409,
    exitCode: 1,
    message: "{table} {how}, unlike what was planned: no row was copied",
    hint: "the schema has changed since the masks were planned; `npx shipshape masking check --help` says how to find out whether the profile covers it",
  },
  "definition-not-changed": {
    httpStatus: 409,
    exitCode: 1,
    message: "what the masking profile says of {definition} could not be done: SQLSTATE {sqlstate}",
    hint: "the message may quote the schema, and is not kept; 0A000 is a change that PostgreSQL does not offer, 2BP01 something else that needs the definition, 42501 a privilege",
  },
  "subset-condition-refused": {
    httpStatus: 422,
    exitCode: 2,
    message: "the condition of the subset cannot be used for {table}: {reason}",
    hint: "it is one expression over columns of the root, with built-in functions that change nothing; tables in subqueries need their schemas; the message of PostgreSQL may quote it, and is not kept",
  },
  "subset-too-large": {
    httpStatus: 422,
    exitCode: 1,
    message: "the subset would take more than {limit} rows of {table}: {growth}",
    hint: "nothing was copied; narrow its condition, follow fewer keys down, or raise rowsMax in its file",
  },
  "copy-incomplete": {
    httpStatus: 500,
    exitCode: 1,
    message: "{table} has {read} rows in the source, and {stored} were stored",
    hint: "the target is of no use; repeat the request, and report it if it happens again",
  },
  "target-database-missing": {
    httpStatus: 409,
    exitCode: 1,
    message: "the target has no database {database} whose place a copy could take",
    hint: "bring its stack up, and request the refresh again with `npx shipshape request environment-refresh`",
  },
  "disarming-failed": {
    httpStatus: 422,
    exitCode: 1,
    message: "statement {number} of the profile's `disarm` failed with SQLSTATE {sqlstate}",
    hint: "the message may quote rows, and is not kept; correct the statement in the masking profile: docs/masking.md",
  },
  "masking-key-unusable": {
    httpStatus: 409,
    exitCode: 2,
    message: "the masking key in the secret {secret} cannot be used: {problem}",
    hint: "docs/masking.md says what `key.secret` of a profile has to name",
  },
} as const satisfies ErrorTable;
