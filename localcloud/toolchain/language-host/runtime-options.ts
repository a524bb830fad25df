import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** `runtime.options` of Pulumi.yaml, as far as this host supports them. */
export interface RuntimeOptions {
  /** Whether the SDK compiles the program with its own ts-node. @default true */
  typescript: boolean;
  /** Arguments for Node itself, as a shell would split them. @default [] */
  nodeargs: string[];
  /** The compiler's settings for `typescript`. @default tsconfig.json next to the program */
  tsconfig: string | undefined;
}

export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const given = info?.getOptions()?.toJavaScript() ?? {};
  return {
    typescript: given["typescript"] !== false && given["typescript"] !== "false",
    nodeargs: splitArguments(typeof given["nodeargs"] === "string" ? given["nodeargs"] : ""),
    tsconfig: typeof given["tsconfig"] === "string" && given["tsconfig"] !== "" ? given["tsconfig"] : undefined,
  };
}

/** The environment in which the SDK's entry points look for these options. */
export function optionsEnvironment(options: RuntimeOptions): Record<string, string> {
  return {
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/** Splits as a shell does: blanks separate, quotes group, a backslash escapes the next character. */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
  for (const [text] of line.matchAll(word)) {
    words.push(
      text.replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
        (_, double, single, escaped) => double?.replace(/\\(.)/gs, "$1") ?? single ?? escaped,
      ),
    );
  }
  return words;
}
