/**
 * Renders a response of the Query protocol. Members that are undefined or null are omitted; lists become
 * `<Members><Element>…</Element></Members>` with the element's name from the service's table.
 */
export function renderMembers(members: object, listElements: Readonly<Record<string, string>>): string {
  return Object.entries(members)
    .map(([name, value]) => renderMember(name, value, listElements))
    .join("");
}

function renderMember(name: string, value: unknown, listElements: Readonly<Record<string, string>>): string {
  if (value === undefined || value === null) return "";
  return `<${name}>${renderValue(name, value, listElements)}</${name}>`;
}

function renderValue(name: string, value: unknown, listElements: Readonly<Record<string, string>>): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const element = listElements[name] ?? "member";
    return value.map((entry) => `<${element}>${renderValue(element, entry, listElements)}</${element}>`).join("");
  }
  if (typeof value === "object") return renderMembers(value as object, listElements);
  return escapeXml(String(value));
}

/** XML 1.0 cannot contain most control characters, even escaped, but a log line may: each becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#xD;");
}
