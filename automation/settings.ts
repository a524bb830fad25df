import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What the command line knows about its environment. Created once, in the launcher's `main`, and passed on. */
export interface Settings {
  /** The folder of this package: a checkout, or `node_modules/shipshape` of a project. */
  packageFolder: string;
  /** In a checkout programs run from their TypeScript sources; in an installed package from `dist/`. */
  inCheckout: boolean;
  /**
   * The folder of the embedded cloud's data.
   * @default `.shipshape` of the checkout, or of the project the package is installed in
   */
  dataFolder: string;
  /** The shell that `local env` writes for. */
  shell: Shell;
  /** `NO_COLOR`, set to anything, turns colours off even on a terminal (https://no-color.org). */
  colours: "auto" | "never";
  /** The width of results that do not go to a terminal: COLUMNS. @default lines of results stay whole */
  columns: number | undefined;
  /** The control plane, where it is configured. */
  controlPlane: ControlPlaneSettings;
  configurationFile: ConfigurationFile;
  alerts: AlertSettings;
  /** What workers report to OpenTelemetry, if the standard variables name an OTLP endpoint. */
  telemetry: { traces: boolean; metrics: boolean; metricIntervalMilliseconds: number | undefined } | undefined;
  /** A PEM file of the authorities that sign the databases' certificates: PGSSLROOTCERT. */
  rootCertificateFile: string | undefined;
  /** The environment of this process, for programs it starts, without the control plane's own variables. */
  inherited: Readonly<Record<string, string>>;
  /** What git gets in the folders of stacks, and the hooks there: no access to the cloud. */
  gitEnvironment: Readonly<Record<string, string>>;
  /** What the Pulumi engine, its plugins and programs get. They must not inherit what is `undefined` here. */
  engineEnvironment: Readonly<Record<string, string | undefined>>;
}

export interface ControlPlaneSettings {
  /** PostgreSQL for requests, runs and evidence: SHIPSHAPE_DATABASE_URL. */
  databaseUrl: string | undefined;
  /**
   * The Ed25519 key that signs evidence: SHIPSHAPE_SIGNING_KEY_FILE.
   * @default `evidence/signing-key.pem` of the data folder
   */
  signingKeyFile: string;
  /**
   * The KMS key that signs evidence in place of the file, by its ARN or that of an alias: SHIPSHAPE_SIGNING_KMS_KEY.
   * @default the file
   */
  signingKmsKey: string | undefined;
  /** What this machine remembers about evidence logs: their first keys and newest heads. */
  logMemoryFile: string;
  /**
   * The evidence log's name in checkpoints: SHIPSHAPE_EVIDENCE_ORIGIN. Set it once: auditors trust it together with the
   * key.
   */
  evidenceOrigin: string;
  /**
   * Where the evidence log is also published, a folder or `s3://<bucket>/<prefix>`: SHIPSHAPE_EVIDENCE_PUBLISH_TO.
   * @default nowhere
   */
  publishTo: string | undefined;
  /** The platform stack whose isolation group throwaways are in: SHIPSHAPE_PLATFORM_STACK. */
  platformStack: string;
  /** The secrets provider of throwaways' stacks: SHIPSHAPE_SECRETS_PROVIDER. @default the platform stack's */
  secretsProvider: string | undefined;
  /**
   * What teams assert about their databases, `<database identifier>/<name>.sql`: SHIPSHAPE_ASSERTIONS.
   * @default `assertions` of the checkout or the project
   */
  assertionsFolder: string;
  /**
   * The teams' masking profiles, `<name>.masking.yaml`: SHIPSHAPE_MASKING.
   * @default `masking` of the checkout or the project
   */
  maskingFolder: string;
}

/** The company's settings of the control plane: SHIPSHAPE_CONFIGURATION_FILE. @default `shipshape.yaml` of the project */
export interface ConfigurationFile {
  path: string;
  /** Then it must exist. */
  isNamed: boolean;
}

/** Where workers send alerts, besides what `shipshape.yaml` names. */
export interface AlertSettings {
  /** A webhook that takes Slack's messages; its URL is a secret: SHIPSHAPE_ALERT_WEBHOOK_URL. */
  webhookUrl: string | undefined;
  /** The waivers whose expiry is told: SHIPSHAPE_WAIVERS_FOLDER. @default `policypacks/waivers` of the working folder */
  waiversFolder: string;
}

export const shells = ["sh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** The only reader of the environment in `automation/`. */
export function readSettings(
  packageFolder: string,
  workingFolder: string = process.cwd(),
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const inCheckout = existsSync(join(packageFolder, "localcloud", "main.ts"));
  const ownFolder = inCheckout ? packageFolder : projectFolder(workingFolder);
  const dataFolder = resolve(workingFolder, environment["SHIPSHAPE_DATA_FOLDER"] || join(ownFolder, ".shipshape"));
  const configurationFile = environment["SHIPSHAPE_CONFIGURATION_FILE"];
  const given = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    packageFolder,
    inCheckout,
    dataFolder,
    controlPlane: {
      databaseUrl: environment["SHIPSHAPE_DATABASE_URL"] || undefined,
      signingKeyFile: resolve(
        workingFolder,
        environment["SHIPSHAPE_SIGNING_KEY_FILE"] || join(dataFolder, "evidence", "signing-key.pem"),
      ),
      signingKmsKey: environment["SHIPSHAPE_SIGNING_KMS_KEY"] || undefined,
      logMemoryFile: join(dataFolder, "evidence", "known-logs.json"),
      evidenceOrigin: environment["SHIPSHAPE_EVIDENCE_ORIGIN"] || "shipshape.local/evidence",
      publishTo: environment["SHIPSHAPE_EVIDENCE_PUBLISH_TO"] || undefined,
      platformStack: environment["SHIPSHAPE_PLATFORM_STACK"] || "platform.dev",
      secretsProvider: environment["SHIPSHAPE_SECRETS_PROVIDER"] || undefined,
      assertionsFolder: resolve(workingFolder, environment["SHIPSHAPE_ASSERTIONS"] || join(ownFolder, "assertions")),
      maskingFolder: resolve(workingFolder, environment["SHIPSHAPE_MASKING"] || join(ownFolder, "masking")),
    },
    configurationFile: {
      path: resolve(workingFolder, configurationFile || join(ownFolder, "shipshape.yaml")),
      isNamed: Boolean(configurationFile),
    },
    alerts: {
      webhookUrl: environment["SHIPSHAPE_ALERT_WEBHOOK_URL"] || undefined,
      waiversFolder: resolve(workingFolder, environment["SHIPSHAPE_WAIVERS_FOLDER"] || join("policypacks", "waivers")),
    },
    telemetry: telemetrySettings(environment),
    shell: shellOf(environment),
    colours: environment["NO_COLOR"] ? "never" : "auto",
    columns: Number(environment["COLUMNS"]) || undefined,
    rootCertificateFile: environment["PGSSLROOTCERT"] || undefined,
    inherited: Object.fromEntries(given.filter(([name]) => !ownSecrets.includes(name))),
    gitEnvironment: Object.fromEntries(given.filter(([name]) => gitNeeds.test(name))),
    engineEnvironment: {
      ...Object.fromEntries(given.map(([name, value]) => [name, engineNeeds.test(name) ? value : undefined])),
      // Programs that we bring up follow the standard that this process holds them to.
      ...(configurationFile && { SHIPSHAPE_CONFIGURATION_FILE: resolve(workingFolder, configurationFile) }),
    },
  };
}

/** The variables of the OpenTelemetry specification; the exporters read the others themselves. */
function telemetrySettings(environment: NodeJS.ProcessEnv): Settings["telemetry"] {
  const isOn = (signal: "TRACES" | "METRICS") =>
    Boolean(environment["OTEL_EXPORTER_OTLP_ENDPOINT"] || environment[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]) &&
    /^(otlp)?$/.test(environment[`OTEL_${signal}_EXPORTER`] ?? "");
  const [traces, metrics] = [isOn("TRACES"), isOn("METRICS")];
  if ((!traces && !metrics) || environment["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return undefined;
  const interval = Number(environment["OTEL_METRIC_EXPORT_INTERVAL"] || NaN);
  return { traces, metrics, metricIntervalMilliseconds: interval > 0 ? interval : undefined };
}

/** With these, anyone can write the control plane's records, sign evidence, and send alerts. */
const ownSecrets = ["SHIPSHAPE_DATABASE_URL", "SHIPSHAPE_SIGNING_KEY_FILE", "SHIPSHAPE_ALERT_WEBHOOK_URL"];

/**
 * What the engine, its plugins and the programs need: to find programs and folders, to speak the user's language, to
 * reach the network, the cloud, the state backend and its secrets provider, and to verify certificates. They get
 * nothing else from this process.
 */
const everyProgramNeeds = [
  "PATH|PATHEXT|HOME|USER|USERNAME|LOGNAME|SHELL|TMPDIR|TEMP|TMP|LANG|LC_.*|TZ|NO_COLOR",
  "XDG_.*|APPDATA|LOCALAPPDATA|USERPROFILE|HOMEDRIVE|HOMEPATH|ProgramData|SystemRoot|SYSTEMROOT|windir|ComSpec|COMSPEC",
  "https?_proxy|all_proxy|no_proxy|grpc_proxy|HTTPS?_PROXY|ALL_PROXY|NO_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|PGSSLROOTCERT",
].join("|");
const engineNeeds = new RegExp(
  `^(${everyProgramNeeds}|AWS_.*|PULUMI_.*|AZURE_.*|ARM_.*|GOOGLE_.*|CLOUDSDK_.*|VAULT_.*)$`,
);

/** What git needs to sign, and to push over SSH or HTTPS; no variable that leads it to another repository. */
const gitNeeds = new RegExp(`^(${everyProgramNeeds}|SSH_.*|GIT_SSH|GIT_SSH_COMMAND|GIT_ASKPASS|GNUPGHOME|GPG_TTY)$`);

/**
 * Removes the control plane's secrets from the environment once they are read: programs that this process starts would
 * inherit them.
 */
export function hideOwnSecrets(environment: NodeJS.ProcessEnv = process.env): void {
  ownSecrets.forEach((name) => Reflect.deleteProperty(environment, name));
}

/** The AWS SDK's notice about the Node.js versions of its future releases is for us, who pin it, not for users. */
export function silenceSdkNotice(environment: NodeJS.ProcessEnv = process.env): void {
  environment["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}

/** The nearest parent folder that is a project, so that the command finds the same data from every subfolder. */
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
