// The provider of the component package, which Pulumi starts for programs in other languages than JavaScript. The build
// writes the schema that it hands out, from the docstrings of the arguments.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { main, type ConstructResult } from "@pulumi/pulumi/provider";
import { DatabasePlatform } from "./database-platform";
import { StandardDatabase } from "./standard-database";

type Component = new (name: string, args: never, options: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

const components: Record<string, Component> = {
  "shipshape:index:DatabasePlatform": DatabasePlatform,
  "shipshape:index:StandardDatabase": StandardDatabase,
};

interface PackageSchema {
  version: string;
  resources: Record<string, { properties: Record<string, unknown> }>;
}

/** Serves the package whose schema.json is in `folder`, until Pulumi ends this process. */
export function serveComponentPackage(folder: string): Promise<void> {
  const schema = readFileSync(join(folder, "schema.json"), "utf8");
  const { version, resources } = JSON.parse(schema) as PackageSchema;
  return main({ version, schema, construct: (...given) => construct(resources, ...given) }, process.argv.slice(2));
}

// Async, so that the error of a constructor is an answer and not the end of the process.
async function construct(
  resources: PackageSchema["resources"],
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  const Component = components[type];
  const outputs = resources[type]?.properties;
  if (!Component || !outputs)
    throw new Error(`${type} is not in this package; it has ${Object.keys(components).join(", ")}`);
  const made = new Component(name, inputs as never, options) as pulumi.ComponentResource & Record<string, unknown>;
  return { urn: made.urn, state: Object.fromEntries(Object.keys(outputs).map((output) => [output, made[output]])) };
}
