import type { ErrorTable } from "../error-table";

export const evidenceErrors = {
  "evidence-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no evidence for a request "{id}"',
    hint: "`npx shipshape evidence list` shows all evidence; a run is sealed when it ends",
  },
  "evidence-unreadable": {
    httpStatus: 422,
    exitCode: 2,
    message: "{folder} is not exported evidence: {reason}",
    hint: "`npx shipshape evidence export <id> --out <folder>` creates one",
  },
  "evidence-out-unusable": {
    httpStatus: 409,
    exitCode: 2,
    message: "cannot write evidence to {folder}: {reason}",
    hint: "name a folder that does not exist yet, or one that an earlier export wrote",
  },
  "evidence-log-rewritten": {
    httpStatus: 409,
    exitCode: 1,
    message: 'the evidence log "{origin}" is not the one this machine has seen before: {reason}',
    hint: "nothing was signed; restore the control plane's database as it was, or find out who changed it. {file} has what was seen before; docs/evidence.md",
  },
  "evidence-log-damaged": {
    httpStatus: 500,
    exitCode: 1,
    message: "the evidence log is damaged: {reason}",
    hint: "nothing was signed; restore the control plane's database from its backup; docs/evidence.md",
  },
  "evidence-memory-unusable": {
    httpStatus: 500,
    exitCode: 1,
    message: "the file of known evidence logs, {file}, cannot be used: {reason}",
    hint: "make its folder writable; if the file is broken, compare it with a checkpoint that you published, then move it away",
  },
  "evidence-publication-missing": {
    httpStatus: 503,
    exitCode: 2,
    message: "no place to publish evidence is known: SHIPSHAPE_EVIDENCE_PUBLISH_TO is not set",
    hint: "set it to a folder or s3://<bucket>/<prefix>, or give --to; docs/evidence.md",
  },
  "evidence-publication-unusable": {
    httpStatus: 503,
    exitCode: 1,
    message: "the published evidence in {target} cannot be read or written: {reason}",
    hint: 'nothing is lost: fix that, and repeat the command; workers publish the rest, and so does `npx shipshape evidence publish --to "{target}"`',
  },
  "evidence-publication-differs": {
    httpStatus: 409,
    exitCode: 1,
    message: 'the evidence log "{origin}" is not the one that is published in {target}: {reason}',
    hint: "nothing more is published; find out who changed which of them. If the database lost statements: `npx shipshape evidence restore --from {target}`",
  },
  "evidence-publication-invalid": {
    httpStatus: 422,
    exitCode: 1,
    message: "{target} is not a whole, unaltered evidence log: {reason}",
    hint: "nothing was taken from it; use another copy of it, or an earlier version of that file; docs/evidence.md",
  },
  "evidence-restore-refused": {
    httpStatus: 409,
    exitCode: 2,
    message: 'the control plane\'s database already has another evidence log "{origin}": {reason}',
    hint: "nothing was restored; name an empty database in SHIPSHAPE_DATABASE_URL, or find out who changed this one",
  },
  "evidence-key-untrusted": {
    httpStatus: 400,
    exitCode: 2,
    message: 'this machine knows no key of the evidence log "{origin}", and none was given',
    hint: "give the key that `npx shipshape evidence key show` printed when you kept it: --key <file>",
  },
  "signing-key-missing": {
    httpStatus: 503,
    exitCode: 1,
    message: "there is no key for signing evidence: {file} does not exist",
    hint: "restore it from your copy, or correct SHIPSHAPE_SIGNING_KEY_FILE; for a log without a key: `npx shipshape evidence key create`",
  },
  "signing-key-exposed": {
    httpStatus: 503,
    exitCode: 1,
    message: "the signing key {file} can be read by others than its owner (mode {mode})",
    hint: "`chmod 600 {file}`; if someone may have read it, then `npx shipshape evidence key rotate`",
  },
  "signing-key-unusable": {
    httpStatus: 503,
    exitCode: 1,
    message: "{file} is not a key for signing evidence: {reason}",
    hint: "an Ed25519 private key in PEM (PKCS #8) is expected; restore it from your copy",
  },
  "signing-key-foreign": {
    httpStatus: 503,
    exitCode: 1,
    message: 'key {keyId} is not the one that signs the evidence log "{origin}": that is {logKeyId}',
    hint: "nothing was signed; restore the log's key, or correct SHIPSHAPE_SIGNING_KEY_FILE or SHIPSHAPE_SIGNING_KMS_KEY (was its alias moved?). After an interrupted rotation: the same `npx shipshape evidence key rotate` again",
  },
  "signing-key-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "a signing key already exists: {file}",
    hint: "`npx shipshape evidence key show` shows its public key; `npx shipshape evidence key rotate` replaces it and records that in the log",
  },
  "signing-key-lost": {
    httpStatus: 409,
    exitCode: 2,
    message: 'the evidence log "{origin}" already has a key, but {file} does not exist',
    hint: "restore the key: another one cannot continue this log. If it is lost for good: docs/evidence.md",
  },
} as const satisfies ErrorTable;
