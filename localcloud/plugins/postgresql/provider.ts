import type { ProviderDefinition, ResourceType } from "../adapter";
import { onConnection } from "./connection";
import { database } from "./database";
import { defaultPrivileges } from "./default-privileges";
import { extension } from "./extension";
import { grant } from "./grant";
import { grantRole } from "./grant-role";
import { role } from "./role";
import { schema } from "./schema";
import { checkSettings, configure, settings, type ServerAccess } from "./settings";

export const provider: ProviderDefinition<ServerAccess> = {
  name: "postgresql",
  version: "3.18.1",
  settings,
  checkSettings,
  configure,
  resources: byToken({
    Role: role,
    GrantRole: grantRole,
    Grant: grant,
    DefaultPrivileges: defaultPrivileges,
    Schema: schema,
    Database: database,
    Extension: extension,
  }),
  invokes: {
    "postgresql:index/getSchemas:getSchemas": async (args, context) => {
      const rows = await onConnection(context, args.database, (query) =>
        query(
          "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1",
        ),
      );
      return { ...args, id: args.database, schemas: rows.map((row) => row.nspname) };
    },
  },
};

function byToken(types: Record<string, ResourceType<ServerAccess>>): Record<string, ResourceType<ServerAccess>> {
  const token = (name: string) => `postgresql:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [token(name), type]));
}
