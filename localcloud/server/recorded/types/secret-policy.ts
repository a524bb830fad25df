import { type RecordedType, reference, text } from "../recorded-type";

export const SECRET = "aws:secretsmanager/secret:Secret";
export const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";

/**
 * The secret itself lives behind the Secrets Manager API, which answers GetResourcePolicy with what is recorded here.
 */
const secretPolicy: RecordedType = {
  token: SECRET_POLICY,
  noun: "secret policy",
  required: ["secretArn", "policy"],
  whenTaken: "replaced",
  identify: (properties) => ({ id: text(properties, "secretArn"), arn: "" }),
  references: (properties) => reference(SECRET, "secretArn", properties, "unnoticed"),
};

export const secretPolicyTypes: RecordedType[] = [secretPolicy];
