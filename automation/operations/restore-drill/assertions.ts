/** The team's own assertions about one database: the files `<identifier>/*.sql` of the folder of assertions. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../../errors";
import { assertionBytesMax, assertionsMax } from "./limits";

export interface Assertion {
  name: string;
  /** A query; each row of its result is one that must not exist. */
  sql: string;
  /** Schemas that it names nothing by, but its own functions may. */
  searchPath: string[];
  sha256: string;
}

/** None if there is no folder for the database. Errors: assertions-unusable. */
export function readAssertions(folder: string, identifier: string): Assertion[] {
  const own = join(folder, identifier);
  const refuse = (problem: string): never => {
    throw new ShipshapeError("assertions-unusable", { folder: own, problem });
  };
  if (lstatSync(own, { throwIfNoEntry: false })?.isSymbolicLink()) refuse(LINK);
  const files = filesIn(own, refuse);
  if (files.length > assertionsMax) refuse(`there are ${files.length}; a drill runs at most ${assertionsMax}`);
  return files.map((file) => {
    const [, name] = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.sql$/.exec(file) ?? [];
    if (name === undefined) return refuse(`${JSON.stringify(file)} is not called in lower-case words with hyphens`);
    const text = contentOf(own, file, refuse);
    const bytes = Buffer.byteLength(text);
    if (bytes > assertionBytesMax) refuse(`${file} has ${bytes} bytes; the plan quotes at most ${assertionBytesMax}`);
    const sql = text.trim().replace(/[;\s]+$/, "");
    if (sql === "") refuse(`${file} is empty`);
    return {
      name,
      sql,
      searchPath: searchPathOf(file, text, refuse),
      sha256: createHash("sha256").update(text).digest("hex"),
    };
  });
}

function filesIn(folder: string, refuse: (problem: string) => never): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".sql"))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    return refuse(reasonOf(error));
  }
}

function contentOf(folder: string, file: string, refuse: (problem: string) => never): string {
  const path = join(folder, file);
  try {
    if (lstatSync(path).isFile()) return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    return refuse(reasonOf(error));
  }
  return refuse(`${file} is not a regular file; ${LINK}`);
}

/** In a repository that others commit to, it could name any file of the worker's, such as a key. */
const LINK = "a link is not followed: the plan quotes what is read";

/** `-- search_path: app, public` in the first line, for functions that need it. */
function searchPathOf(file: string, text: string, refuse: (problem: string) => never): string[] {
  const [, listed] = /^--\s*search_path:(.*)/.exec(text) ?? [];
  if (listed === undefined) return [];
  const names = listed.split(",").map((name) => name.trim());
  const odd = names.find((name) => !/^[a-z_][a-z0-9_$]{0,62}$/.test(name));
  return odd === undefined
    ? names
    : refuse(`the search path of ${file} has ${JSON.stringify(odd)}: name plain schemas`);
}
