import type { ErrorTable } from "../error-table";

export const evidenceErrors = {
  "evidence-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no evidence of a request "{id}"',
    hint: "`shipshape evidence list` shows what there is; a run is sealed when it has ended",
  },
  "evidence-unreadable": {
    httpStatus: 422,
    exitCode: 2,
    message: "{folder} is no exported evidence: {reason}",
    hint: "`shipshape evidence export <id> --out <folder>` makes one",
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
    message: 'the evidence log "{origin}" is not the one that was seen here before: {reason}',
    hint: "nothing was signed; restore the control plane's database as it was, or find out who changed it. What was seen is in {file}; docs/evidence.md",
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
    message: "what this machine remembers of evidence logs cannot be used, {file}: {reason}",
    hint: "make its folder writable; a file that is broken: compare with a checkpoint that you published, then move it away",
  },
  "signing-key-missing": {
    httpStatus: 503,
    exitCode: 1,
    message: "there is no key to sign evidence: {file} does not exist",
    hint: "restore it from where you keep it, or correct SHIPSHAPE_SIGNING_KEY_FILE; for a log that has no key yet: `shipshape evidence key create`",
  },
  "signing-key-exposed": {
    httpStatus: 503,
    exitCode: 1,
    message: "the signing key {file} is open to others than its owner (mode {mode})",
    hint: "`chmod 600 {file}`; if somebody may have read it, then `shipshape evidence key rotate`",
  },
  "signing-key-unusable": {
    httpStatus: 503,
    exitCode: 1,
    message: "{file} is no key that can sign evidence: {reason}",
    hint: "an Ed25519 private key in PEM (PKCS #8) is expected; restore it from where you keep it",
  },
  "signing-key-foreign": {
    httpStatus: 503,
    exitCode: 1,
    message: 'key {keyId} is not the one that signs the evidence log "{origin}": that is {logKeyId}',
    hint: "nothing was signed; restore the log's key, or correct SHIPSHAPE_SIGNING_KEY_FILE. A rotation that was cut off: `shipshape evidence key rotate` again",
  },
  "signing-key-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "there is a signing key already: {file}",
    hint: "`shipshape evidence key show` shows its public half; `shipshape evidence key rotate` replaces it and records that in the log",
  },
  "signing-key-lost": {
    httpStatus: 409,
    exitCode: 2,
    message: 'the evidence log "{origin}" has a key already, and {file} is not there',
    hint: "restore the key: another cannot go on with this log. Where it is lost for good: docs/evidence.md",
  },
} as const satisfies ErrorTable;
