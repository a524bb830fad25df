/** What AWS omits from its own log, by parameter name. */
const secretNames =
  /^(MasterUserPassword|NewPassword|.*Password|SecretString|SecretBinary|TdeCredentialPassword|.*AuthToken)$/i;
/** Flags whose names end like a secret's, but are not secret. */
const flagNames = /^(ManageMasterUserPassword|RotateMasterUserPassword)$/;

const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** The input of a call without its secrets, for a log that outlives them. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name) ? hidden : redact(inner)]),
  );
}

const isSecret = (name: string): boolean => secretNames.test(name) && !flagNames.test(name);
