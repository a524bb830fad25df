// Once this is loaded, `require("./program.ts")` runs a TypeScript program of this checkout compiled: by esbuild, with
// everything of ours that it imports, into one file that is kept until a source changes. (tsx compiles and links every
// file at every start, which takes most programs longer than their work.)
"use strict";
const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, extname, join, relative } = require("node:path");

/** Readable by its owner only, because anyone who can write here decides what the owner runs. */
const cache = join(__dirname, "node_modules", ".cache", "shipshape");

/** The last line of a compiled program lists its sources. With it, one file is all there is to keep consistent. */
const madeOf = "\n//# made of ";
const mapped = "\n//# sourceMappingURL=data:application/json;base64,";

// Where Node can (22.8 and newer), it keeps what V8 makes of libraries, too.
if (Module.enableCompileCache && prepareCache()) Module.enableCompileCache(join(cache, "node"));

// Pulumi's SDK loads these for functions that become cloud resources, which no stack of ours has, and they take as long
// as the rest of it. They are loaded when something of theirs is used.
const onFirstUse = new Set(["@npmcli/arborist", "typescript"]);
const load = Module._load;
Module._load = (name, parent, ...more) =>
  onFirstUse.has(name) && parent?.filename?.includes(join("@pulumi", "pulumi"))
    ? new Proxy({}, { get: (_, key) => key === "__esModule" || load(name, parent, ...more)[key] })
    : load(name, parent, ...more);

// Pulumi's runner has stack traces mapped to the sources of each library, and the SDK takes one per resource.
require("source-map-support").install({ overrideRetrieveSourceMap: true, retrieveSourceMap: () => null });

require.extensions[".ts"] = (program, entry) => {
  const file = join(cache, `${relative(__dirname, entry).replace(/\W+/g, "-")}.cjs`);
  const text = kept(file) ?? compiled(entry, file);
  nameSourcesIn(entry, text);
  program._compile(text, entry);
};

/** Programs by their file, with what they were compiled to; once one has thrown, with its source map. */
const programs = new Map();

/** Node could do this itself, but would first read the source map of every library, and most have one. */
function nameSourcesIn(entry, text) {
  programs.set(entry, { text });
  Error.prepareStackTrace = (error, frames) => [error, ...frames.map((frame) => `    at ${placed(frame)}`)].join("\n");
}

/** A line of a stack trace, with the line of the source in place of the one that was compiled. */
function placed(frame) {
  const program = programs.get(frame.getFileName());
  if (program === undefined) return `${frame}`;
  program.map ??= new Module.SourceMap(JSON.parse(Buffer.from(program.text.split(mapped)[1].split("\n")[0], "base64")));
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const { originalSource, originalLine, originalColumn } = program.map.findEntry(line - 1, column - 1);
  if (originalSource === undefined) return `${frame}`;
  const source = join(dirname(frame.getFileName()), originalSource);
  const position = `${source}:${originalLine + 1}:${originalColumn + 1}`;
  return `${frame}`.replace(`${frame.getFileName()}:${line}:${column}`, () => position);
}

/** The program as it was last compiled; undefined if any of its sources has changed. */
function kept(file) {
  try {
    const text = readFileSync(file, "utf8");
    const { compiler, sources } = JSON.parse(text.slice(text.lastIndexOf(madeOf) + madeOf.length));
    const isSame = ([source, digest]) => digestOf(readFileSync(join(__dirname, source))) === digest;
    return compiler === compilerDigest() && Object.entries(sources).every(isSame) ? text : undefined;
  } catch {
    return undefined; // not compiled yet, or a source is gone
  }
}

/** In a process of its own: `require` cannot wait for esbuild, which is asynchronous as soon as it has plugins. */
function compiled(entry, file) {
  let text;
  try {
    const settings = { encoding: "utf8", stdio: "pipe", maxBuffer: 1 << 28 };
    text = execFileSync(process.execPath, [__filename, entry], settings);
  } catch (error) {
    const reason = error.stderr || error.message;
    throw new Error(`${relative(__dirname, entry)} cannot be compiled: ${reason}`, { cause: error });
  }
  const mine = `${file}.${process.pid}`;
  try {
    prepareCache();
    writeFileSync(mine, text, { mode: 0o600 });
    renameSync(mine, file); // complete or not at all: several processes may do so at once
  } catch {
    // A checkout that cannot be written to is compiled at every start.
  }
  return text;
}

function prepareCache() {
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

async function compile(entry) {
  const sources = {};
  const noted = {
    name: "sources",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.(ts|json)$/ }, ({ path }) => {
        const contents = readFileSync(path, "utf8");
        sources[relative(__dirname, path)] = digestOf(contents);
        // Each file keeps its own path.
        const ownPath = `const __filename = ${JSON.stringify(path)}, __dirname = ${JSON.stringify(dirname(path))}; `;
        const needsOwnPath = path !== entry && /\b__(file|dir)name\b/.test(contents);
        return { contents: needsOwnPath ? ownPath + contents : contents, loader: extname(path).slice(1) };
      }),
  };
  const { outputFiles } = await require("esbuild").build({
    entryPoints: [entry],
    outfile: `${entry}.cjs`, // not written; source maps are relative to it
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    sourcemap: "inline",
    sourcesContent: false,
    tsconfigRaw: {},
    write: false,
    logLevel: "silent",
    plugins: [noted],
  });
  return `${outputFiles[0].text}${madeOf}${JSON.stringify({ compiler: compilerDigest(), sources })}\n`;
}

/** The version of esbuild, its options, which are in this file, and where that is: a checkout may be moved. */
const compilerDigest = () =>
  digestOf(__filename, readFileSync(__filename), readFileSync(require.resolve("esbuild/package.json")));

function digestOf(...contents) {
  const hash = createHash("sha256");
  for (const one of contents) hash.update(one);
  return hash.digest("base64");
}

if (require.main === module)
  compile(process.argv[2]).then(
    (text) => process.stdout.write(text),
    (error) => {
      process.stderr.write(error.message);
      process.exitCode = 1;
    },
  );
