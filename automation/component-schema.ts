import { join } from "node:path";
import ts from "typescript";
import { version } from "../package.json";

// Pulumi's schema of the components, for programs in YAML and other languages, from the interfaces and docstrings that
// TypeScript programs see: nothing is written twice. Where a company's standard decides which values there are (tiers,
// sizes …) the schema says "string": the check at run time knows them.

const components = join(__dirname, "..", "components");

/** What each component hands to a program in another language: outputs that a program or a person uses. */
const handedOut = {
  StandardDatabase: [
    "endpoint",
    "address",
    "port",
    "databaseName",
    "resourceId",
    "securityGroupId",
    "engineVersion",
    "secretArns",
    "masterSecretArn",
    "remainsAfterDestroy",
  ],
  DatabasePlatform: [
    "vpcId",
    "keyArn",
    "topicArn",
    "monitoringRoleArn",
    "subnetGroupName",
    "parameterGroupNames",
    "backupVaultName",
    "isolationSecurityGroupId",
  ],
};

/** A value that only TypeScript has: other programs name their standard in shipshape.yaml. */
const standard = "standard";

/** What is read of the schema: `schema.json` has more. */
export interface ComponentSchema {
  types: Record<string, Members>;
  resources: Record<string, { inputProperties: Members["properties"]; requiredInputs: string[] }>;
}

interface TypeSchema {
  type?: string;
  $ref?: string;
  items?: TypeSchema;
  additionalProperties?: TypeSchema;
  /** Not an `Input`: known when the program runs. */
  plain?: true;
}

interface Members {
  properties: Record<string, TypeSchema & { description: string }>;
  required: string[];
}

/** The schema, as the text of `schema.json`. */
export function componentSchema(): string {
  const index = join(components, "index.ts");
  const { config } = ts.readConfigFile(join(components, "../tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(components, ".."));
  const program = ts.createProgram([index], { ...options, incremental: false });
  const reader = new Reader(program.getTypeChecker());
  const exported = reader.exportsOf(program.getSourceFile(index)!);
  const resources = Object.fromEntries(
    Object.entries(handedOut).map(([name, outputs]) => {
      const component = exported(name);
      const { properties, required } = reader.members(exported(`${name}Args`), (argument) => argument !== standard);
      return [
        `shipshape:index:${name}`,
        {
          isComponent: true,
          description: documentation(component, reader.checker),
          inputProperties: properties,
          requiredInputs: required,
          properties: Object.fromEntries(
            Object.entries(reader.members(component, (member) => outputs.includes(member)).properties).map(
              ([output, { description, ...type }]) => [output, { ...whenKnown(type), description }],
            ),
          ),
        },
      ];
    }),
  );
  return `${JSON.stringify({ name: "shipshape", version, types: reader.types, resources }, undefined, 2)}\n`;
}

class Reader {
  readonly types: Record<string, object> = {};

  constructor(readonly checker: ts.TypeChecker) {}

  exportsOf(file: ts.SourceFile): (name: string) => ts.Symbol {
    const all = this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(file)!);
    return (name) => this.declared(all.find((symbol) => symbol.name === name)!);
  }

  /** The properties of an interface or a class, with those that it inherits from ours. */
  members(symbol: ts.Symbol, wanted: (name: string) => boolean = () => true): Members {
    const members: Members = { properties: {}, required: [] };
    const type = this.checker.getDeclaredTypeOfSymbol(symbol);
    for (const property of this.checker.getPropertiesOfType(type)) {
      if (!wanted(property.name)) continue;
      const declaration = property.valueDeclaration;
      const readable = declaration && (ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration));
      if (!readable || !declaration.type || declaration.getSourceFile().isDeclarationFile) continue;
      members.properties[property.name] = {
        ...this.ofNode(declaration.type),
        description: documentation(property, this.checker),
      };
      if (!declaration.questionToken) members.required.push(property.name);
    }
    return members;
  }

  private declared(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private ofNode(node: ts.TypeNode): TypeSchema {
    if (ts.isUnionTypeNode(node)) {
      const [only, ...others] = node.types.filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword);
      if (only && others.length === 0) return this.ofNode(only);
    }
    if (ts.isArrayTypeNode(node)) return { type: "array", items: this.ofNode(node.elementType), plain: true };
    if (ts.isTypeReferenceNode(node)) {
      const name = ts.isQualifiedName(node.typeName) ? node.typeName.right.text : node.typeName.text;
      const [first, second] = node.typeArguments ?? [];
      if ((name === "Input" || name === "Output") && first) return whenKnown(this.ofNode(first));
      if (name === "Partial" && first) return this.ofNode(first);
      if (name === "Record" && second)
        return { type: "object", additionalProperties: this.ofNode(second), plain: true };
      const symbol = this.declared(this.checker.getSymbolAtLocation(node.typeName)!);
      if (symbol.flags & ts.SymbolFlags.Interface) return { $ref: this.reference(symbol), plain: true };
    }
    return { ...this.ofType(this.checker.getTypeFromTypeNode(node), node), plain: true };
  }

  private ofType(type: ts.Type, node: ts.TypeNode): TypeSchema {
    const parts = (type.isUnion() ? type.types : [type]).filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    const all = (flags: ts.TypeFlags) => parts.every((part) => part.flags & flags);
    if (all(ts.TypeFlags.StringLike)) return { type: "string" };
    if (all(ts.TypeFlags.NumberLiteral)) return { type: "integer" };
    if (all(ts.TypeFlags.NumberLike)) return { type: "number" };
    if (all(ts.TypeFlags.BooleanLike)) return { type: "boolean" };
    // Numbers and booleans by name, or RDS's own properties: each value is checked when the program runs.
    if (parts.length > 1 || parts.every((part) => part.symbol?.name === "__type")) return anything;
    throw new Error(`${node.getSourceFile().fileName}: a schema cannot express the type "${node.getText()}"`);
  }

  private reference(symbol: ts.Symbol): string {
    const token = `shipshape:index:${symbol.name}`;
    if (!(token in this.types)) {
      this.types[token] = {}; // Taken before its members are read: they may refer to it.
      const { properties, required } = this.members(symbol);
      this.types[token] = {
        type: "object",
        description: documentation(symbol, this.checker),
        properties,
        required,
      };
    }
    return `#/types/${token}`;
  }
}

const anything: TypeSchema = { $ref: "pulumi.json#/Any" };

/** In an `Input`, what it contains may be one, too. */
function whenKnown({ plain: _, items, additionalProperties, ...schema }: TypeSchema): TypeSchema {
  return {
    ...schema,
    ...(items && { items: whenKnown(items) }),
    ...(additionalProperties && { additionalProperties: whenKnown(additionalProperties) }),
  };
}

/**
 * The docstring, with the default and an argument's example as sentences: a schema of Pulumi has no place for a default
 * that can be an expression.
 */
function documentation(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const tags = symbol.getJsDocTags(checker);
  const said = (tag: string) => ts.displayPartsToString(tags.find(({ name }) => name === tag)?.text);
  const text = [ts.displayPartsToString(symbol.getDocumentationComment(checker))];
  if (said("default")) text.push(`Default: ${said("default")}.`);
  if (said("example") && symbol.flags & ts.SymbolFlags.Property) text.push(`Example: \`${said("example")}\`.`);
  return text.join(" ");
}
