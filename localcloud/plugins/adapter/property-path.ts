/** Paths as the engine writes them: `tags["cost-center"]`, `ingress[0].cidrBlocks[1]`. */

type Segment = string | number;

export function joinPath(path: string, segment: Segment): string {
  if (typeof segment === "number") return `${path}[${segment}]`;
  if (/^\w*$/.test(segment)) return path ? `${path}.${segment}` : segment;
  return `${path}["${segment.replaceAll('"', '\\"')}"]`;
}

/** `*` matches any one segment, and a pattern covers everything below it, as in the program's `ignoreChanges`. */
export function isCovered(path: string, patterns: readonly string[]): boolean {
  const segments = parsePath(path);
  return patterns.some((pattern) => {
    const wanted = parsePath(pattern);
    return (
      wanted.length <= segments.length &&
      wanted.every((segment, index) => segment === "*" || segment === segments[index])
    );
  });
}

export const topLevelName = (path: string): string => parsePath(path)[0] ?? path;

function parsePath(path: string): string[] {
  const segments = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...segments].map(([, quoted, index, name]) => quoted?.replaceAll('\\"', '"') ?? index ?? name ?? "");
}
