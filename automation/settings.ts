import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What the command line knows of its surroundings. Made once, in the launcher's `main`, and handed on. */
export interface Settings {
  /** The folder of this package: a checkout, or `node_modules/shipshape` of a project. */
  packageFolder: string;
  /** In a checkout programs run from their TypeScript sources; in an installed package from `dist/`. */
  inCheckout: boolean;
  /** Where the embedded cloud keeps everything. @default `.shipshape` of the checkout, or of the project the package is installed in */
  dataFolder: string;
  /** The shell that `local env` writes for. */
  shell: Shell;
  /** `NO_COLOR`, set to anything, turns colours off even on a terminal (https://no-color.org). */
  colours: "auto" | "never";
  /** The environment this process was given, to be handed to programs it starts. */
  inherited: Readonly<Record<string, string>>;
}

export const shells = ["sh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** The only reader of the environment in `automation/`. */
export function readSettings(packageFolder: string, workingFolder: string = process.cwd(), environment: NodeJS.ProcessEnv = process.env): Settings {
  const inCheckout = existsSync(join(packageFolder, "localcloud", "main.ts"));
  const named = environment["SHIPSHAPE_DATA_FOLDER"];
  return {
    packageFolder,
    inCheckout,
    dataFolder: named ? resolve(workingFolder, named) : join(inCheckout ? packageFolder : projectFolder(workingFolder), ".shipshape"),
    shell: shellOf(environment),
    colours: environment["NO_COLOR"] ? "never" : "auto",
    inherited: Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

/** The nearest folder above that is a project, so that the command finds the same data from every folder of it. */
function projectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml")) || existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

function shellOf(environment: NodeJS.ProcessEnv): Shell {
  const shell = environment["SHELL"] ?? "";
  if (shell.endsWith("fish")) return "fish";
  return shell === "" && environment["PSModulePath"] !== undefined ? "powershell" : "sh";
}
