/** Names and values inside statements that take no parameters: CREATE, ALTER, GRANT. */

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function literal(text: string): string {
  const quoted = `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted}` : quoted;
}

/** A grantee: `public` means every role. */
export const grantee = (role: string): string => (role === "public" ? "PUBLIC" : identifier(role));
