import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../..");
const begin = "<!-- picture: written by `npm run pages` from the imports as they are -->";
const end = "<!-- /picture -->";

/** What every folder imports, and what only writes pages: their arrows would hide the others. */
const leftOut =
  "^automation/(error-table|errors|errors-page|limits|printable|records|write-pages)\\.ts$|^policypacks/[^/]+\\.ts$";
const areas = ["components", "stacks", "demo", "policypacks", "automation", "localcloud"];

/** The folders and who imports whom, as a Mermaid flowchart, drawn by dependency-cruiser. */
export function drawArchitecture(): string {
  const drawn = ["--output-type", "mermaid", "--exclude", leftOut, "--include-only", `^(${areas.join("|")})/`];
  const folders = ["--collapse", "^(components|stacks|demo|policypacks/[^/]+|automation/[^/]+|localcloud/[^/]+)"];
  const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  return execFileSync(process.execPath, [program, ...drawn, ...folders, ...areas], { cwd: root, encoding: "utf8" });
}

/** `docs/architecture.md` with that picture; the prose around it stays. */
export function withPicture(page: string, picture: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/architecture.md must hold ${begin} and, below it, ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n\`\`\`mermaid\n${picture.trim()}\n\`\`\`\n\n${page.slice(to)}`;
}
