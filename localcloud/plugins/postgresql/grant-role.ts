import type { PropertyValues, Context, ResourceType } from "../adapter";
import { onConnection } from "./connection";
import { refuseIamLogin } from "./role";
import type { ServerAccess } from "./settings";
import { identifier } from "./sql-text";
import { inTransaction, lockRole } from "./transaction";

/** A single membership. It conflicts with `Role.roles` of the same role: use one of the two. */
export const grantRole: ResourceType<ServerAccess> = {
  properties: {
    role: { type: "string", required: true, createOnly: true },
    grantRole: { type: "string", required: true, createOnly: true },
    withAdminOption: { type: "bool", default: false, createOnly: true },
  },

  async create(inputs, context) {
    refuseIamLogin([inputs.grantRole]);
    await inTransaction(context, {}, async (query) => {
      await lockRole(query, inputs.role);
      await query(revokeStatement(inputs));
      await query(
        `GRANT ${identifier(inputs.grantRole)} TO ${identifier(inputs.role)}${inputs.withAdminOption ? " WITH ADMIN OPTION" : ""}`,
      );
    });
    const properties = await readMembership(inputs, context);
    if (!properties) throw new Error(`membership of ${inputs.role} in ${inputs.grantRole} was revoked concurrently`);
    return { id: idOf(properties), properties };
  },

  /** The id cannot be parsed (names contain underscores), so this is not importable, as with the official provider. */
  async read(_id, known, context) {
    if (!known.role) return undefined;
    const properties = await readMembership(known, context);
    return properties && { id: idOf(properties), properties };
  },

  async delete(_id, old, context) {
    await inTransaction(context, {}, async (query) => {
      await lockRole(query, old.role);
      await query(revokeStatement(old));
    });
  },
};

const idOf = ({ role, grantRole, withAdminOption }: PropertyValues): string =>
  [role, grantRole, withAdminOption].join("_");

const revokeStatement = ({ role, grantRole }: PropertyValues): string =>
  `REVOKE ${identifier(grantRole)} FROM ${identifier(role)}`;

function readMembership(
  { role, grantRole }: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues | undefined> {
  return onConnection(context, undefined, async (query) => {
    // From PostgreSQL 16 there is a row per grantor, the creator's own ADMIN among them; like the official provider,
    // take the first.
    const [row] = await query(
      "SELECT admin_option FROM pg_auth_members WHERE pg_get_userbyid(member) = $1 AND pg_get_userbyid(roleid) = $2",
      [role, grantRole],
    );
    return row && { role, grantRole, withAdminOption: row.admin_option };
  });
}
