/** The schema of a database of the fleet, for the commands about masking. */
import type { Client } from "pg";
import { readStandard } from "../configuration/configuration";
import type { SchemaFacts } from "../masking/schema-facts";
import { awsClients } from "../targets/aws-access";
import { inControlSession } from "../targets/control-session";
import { findDatabaseLogin } from "../targets/database-login";
import { schemaFactsSeconds } from "../targets/limits";
import { readSchemaFacts } from "../targets/schema-facts";
import type { Settings } from "../settings";

export interface SourceOptions {
  role: string;
  databaseName?: string;
}

/** Errors: database-unknown, database-not-available, database-role-unknown, database-query-failed, standard-invalid. */
export async function withSource<T>(
  identifier: string,
  { role, databaseName }: SourceOptions,
  { configurationFile, rootCertificateFile }: Settings,
  work: (facts: SchemaFacts, client: Client) => Promise<T>,
): Promise<T> {
  const standard = readStandard(configurationFile);
  const login = await findDatabaseLogin(awsClients(), standard, identifier, role, databaseName);
  const options = { rootCertificateFile, readOnly: true, statementSeconds: schemaFactsSeconds };
  return inControlSession(login, options, async (client) => work(await readSchemaFacts(client), client));
}
