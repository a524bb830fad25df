import { existsSync } from "node:fs";
import { userInfo } from "node:os";
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
  /** The control plane, where it is configured. */
  controlPlane: ControlPlaneSettings;
  /** The environment this process was given, to be handed to programs it starts. */
  inherited: Readonly<Record<string, string>>;
}

export interface ControlPlaneSettings {
  /** PostgreSQL for requests, runs and evidence: SHIPSHAPE_DATABASE_URL. */
  databaseUrl: string | undefined;
  /** The Ed25519 key that signs evidence: SHIPSHAPE_SIGNING_KEY_FILE. @default made below the data folder */
  signingKeyFile: string;
  /** The evidence log's name in checkpoints: SHIPSHAPE_EVIDENCE_ORIGIN. Set it once: it is part of what auditors trust. */
  evidenceOrigin: string;
  /** The platform stack whose isolation throwaways stand in: SHIPSHAPE_PLATFORM_STACK. */
  platformStack: string;
  /** Who asks, in requests made from here: SHIPSHAPE_REQUESTER. @default the operating system's user */
  requester: string;
}

export const shells = ["sh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** The only reader of the environment in `automation/`. */
export function readSettings(packageFolder: string, workingFolder: string = process.cwd(), environment: NodeJS.ProcessEnv = process.env): Settings {
  const inCheckout = existsSync(join(packageFolder, "localcloud", "main.ts"));
  const named = environment["SHIPSHAPE_DATA_FOLDER"];
  const dataFolder = named ? resolve(workingFolder, named) : join(inCheckout ? packageFolder : projectFolder(workingFolder), ".shipshape");
  return {
    packageFolder,
    inCheckout,
    dataFolder,
    controlPlane: {
      databaseUrl: environment["SHIPSHAPE_DATABASE_URL"] || undefined,
      signingKeyFile: resolve(workingFolder, environment["SHIPSHAPE_SIGNING_KEY_FILE"] || join(dataFolder, "evidence", "signing-key.pem")),
      evidenceOrigin: environment["SHIPSHAPE_EVIDENCE_ORIGIN"] || "shipshape.local/evidence",
      platformStack: environment["SHIPSHAPE_PLATFORM_STACK"] || "platform.dev",
      requester: environment["SHIPSHAPE_REQUESTER"] || userInfo().username,
    },
    shell: shellOf(environment),
    colours: environment["NO_COLOR"] ? "never" : "auto",
    inherited: Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

/** The AWS SDK's notice about the Node.js versions of its future releases is for us who pin it, not for whoever runs a command. */
export function silenceSdkNotice(environment: NodeJS.ProcessEnv = process.env): void {
  environment["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
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
