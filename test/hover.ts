import { join } from "node:path";
import ts from "typescript";

/** What an editor shows of a property: its documentation and its tags. */
export interface Hover {
  path: string;
  isOptional: boolean;
  documentation: string;
  tags: Record<string, string>;
}

/**
 * What an editor shows of each argument of a component, and of each property of its arguments, where a program in
 * `project` names it. Asked as editors ask: TypeScript's language service.
 */
export function hovers(project: string, component: string): Hover[] {
  const file = join(project, "hover.ts");
  const files = new Map([[file, `import { ${component} } from "shipshape";\n`]]);
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const read = (name: string) => files.get(name) ?? ts.sys.readFile(name);
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => String(files.get(name)?.length ?? 0),
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => project,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (name) => files.has(name) || ts.sys.fileExists(name),
    readFile: read,
    readDirectory: (...given) => ts.sys.readDirectory(...given),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  });
  const properties = argumentsOf(service.getProgram()!, file, component);
  const program = `new ${component}("name", ${literal(properties)});\n`;
  files.set(file, `declare const value: never;\n${files.get(file)}${program}`);
  const text = files.get(file)!;
  let at = text.indexOf(program);
  const found: Hover[] = [];
  const visit = (all: Property[], above: string): void => {
    for (const { name, isOptional, below } of all) {
      at = text.indexOf(`${name}: `, at);
      const shown = service.getQuickInfoAtPosition(file, at);
      if (name !== anyKey)
        found.push({
          path: `${above}${name}`,
          isOptional,
          documentation: ts.displayPartsToString(shown?.documentation),
          tags: Object.fromEntries((shown?.tags ?? []).map((tag) => [tag.name, ts.displayPartsToString(tag.text)])),
        });
      visit(below, `${above}${name}.`);
    }
  };
  visit(properties, "");
  return found;
}

/** The name of an entry where the program chooses names: it has no documentation of its own. */
const anyKey = "chosen";

interface Property {
  name: string;
  isOptional: boolean;
  below: Property[];
}

function argumentsOf(program: ts.Program, file: string, component: string): Property[] {
  const checker = program.getTypeChecker();
  const [imported] = program.getSourceFile(file)!.statements;
  const exported = checker.getExportsOfModule(
    checker.getSymbolAtLocation((imported as ts.ImportDeclaration).moduleSpecifier)!,
  );
  const args = exported.find(({ name }) => name === `${component}Args`)!;
  const declared = args.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(args) : args;
  /** A value with arguments of its own, not text, a list, an Output or a standard. */
  const isOurs = (type: ts.Type) =>
    type.isClassOrInterface() && type.symbol.declarations![0]!.getSourceFile().fileName.includes("shipshape");
  const below = (type: ts.Type): Property[] =>
    type.getProperties().map((property) => {
      const of = checker.getNonNullableType(checker.getTypeOfSymbol(property));
      const entry = of.getStringIndexType();
      const isOptional = Boolean(property.flags & ts.SymbolFlags.Optional);
      if (entry && isOurs(entry))
        return { name: property.name, isOptional, below: [{ name: anyKey, isOptional: false, below: below(entry) }] };
      return { name: property.name, isOptional, below: isOurs(of) ? below(of) : [] };
    });
  return below(checker.getDeclaredTypeOfSymbol(declared));
}

const literal = (properties: Property[]): string =>
  `{ ${properties.map(({ name, below }) => `${name}: ${below.length > 0 ? literal(below) : "value"}`).join(", ")} }`;
