import { type RecordedType, reference, text } from "../recorded-type";

export const SECRET = "aws:secretsmanager/secret:Secret";
export const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";

/** The secret itself is managed by the Secrets Manager API, whose GetResourcePolicy returns what is recorded here. */
const secretPolicy: RecordedType = {
  token: SECRET_POLICY,
  noun: "secret policy",
  required: ["secretArn", "policy"],
  whenExists: "replaced",
  identify: (properties) => ({ id: text(properties, "secretArn"), arn: "" }),
  references: (properties) => reference(SECRET, "secretArn", properties, "ignored"),
};

export const secretPolicyTypes: RecordedType[] = [secretPolicy];
