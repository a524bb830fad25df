import { type Properties, type RecordedType, type Reference, iamUniqueId, reference, text } from "../recorded-type";

export const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";

const path = (properties: Properties): string => text(properties, "path") || "/";

/** AWS's own policies (arn:aws:iam::aws:policy/…) are built in. */
const isManagedByAws = (arn: string): boolean => arn.startsWith("arn:aws:iam::aws:policy/");

const role: RecordedType = {
  token: ROLE,
  noun: "IAM role",
  required: ["name", "assumeRolePolicy"],
  isGlobal: true,
  identify(properties, context) {
    const name = text(properties, "name");
    const arn = `arn:aws:iam::${context.accountId}:role${path(properties)}${name}`;
    return {
      id: name,
      arn,
      computed: {
        arn,
        uniqueId: iamUniqueId("AROA"),
        createDate: context.now.toISOString(),
        path: "/",
        maxSessionDuration: 3600,
      },
    };
  },
};

const rolePolicy: RecordedType = {
  token: "aws:iam/rolePolicy:RolePolicy",
  noun: "inline role policy",
  required: ["name", "role", "policy"],
  isGlobal: true,
  whenExists: "replaced",
  identify(properties) {
    const id = `${text(properties, "role")}:${text(properties, "name")}`;
    return { id, arn: "" };
  },
  references: (properties) => reference(ROLE, "role", properties, "refused"),
};

const rolePolicyAttachment: RecordedType = {
  token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  noun: "role policy attachment",
  required: ["role", "policyArn"],
  isGlobal: true,
  whenExists: "replaced",
  identify(properties) {
    return { id: `${text(properties, "role")}/${text(properties, "policyArn")}`, arn: "" };
  },
  references(properties): Reference[] {
    const policy = isManagedByAws(text(properties, "policyArn"))
      ? []
      : reference(POLICY, "policyArn", properties, "refused");
    return [...reference(ROLE, "role", properties, "refused"), ...policy];
  },
};

const policy: RecordedType = {
  token: POLICY,
  noun: "IAM policy",
  required: ["name", "policy"],
  isGlobal: true,
  identify(properties, context) {
    const arn = `arn:aws:iam::${context.accountId}:policy${path(properties)}${text(properties, "name")}`;
    return { id: arn, arn, computed: { arn, policyId: iamUniqueId("ANPA"), path: "/" } };
  },
};

export const identityAndAccessTypes: RecordedType[] = [role, rolePolicy, rolePolicyAttachment, policy];
