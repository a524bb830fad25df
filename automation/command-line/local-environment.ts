import { delimiter, join } from "node:path";
import type { AwsAccess } from "../targets/aws-access";
import { publicPassphrase } from "./local-passphrase";

/** What a program must know about a running embedded cloud to use it. */
export interface LocalEndpoint {
  url: string;
  dataFolder: string;
  /** Without it the API refuses every call. */
  accessKey: { accessKeyId: string; secretAccessKey: string };
  /** The passphrase of the stacks in the data folder. @default that of this repository's own stacks */
  passphrase?: string | undefined;
  /** Where Shipshape keeps requests, runs and evidence; the embedded cloud runs a PostgreSQL for that. */
  controlPlaneUrl?: string | undefined;
  /** The folder of `pulumi` when it is not on PATH already. */
  engineFolder?: string | undefined;
  /** @default eu-central-1 */
  region?: string | undefined;
}

/**
 * Settings of the caller that would send requests past the embedded cloud, to real AWS, or sign them in a way it does
 * not expect: an endpoint per service wins over `AWS_ENDPOINT_URL`, a profile over keys in some clients. They are
 * unset, not overwritten.
 */
const misleading =
  /^AWS_(PROFILE|DEFAULT_PROFILE|SESSION_TOKEN|SECURITY_TOKEN|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_CREDENTIALS_.*|IGNORE_CONFIGURED_ENDPOINT_URLS|ENDPOINT_URL_.*|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT|AUTH_SCHEME_PREFERENCE|SIGV4A_.*|CREDENTIAL_EXPIRATION)$/;
/**
 * Even if a program gets its address as an argument, libpq still reads `PGHOSTADDR` and `PGSERVICE`, and sessions get
 * `PGOPTIONS`.
 */
const otherDatabaseVariables = /^PG[A-Z]+$/;
const proxySettings = [
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "grpc_proxy",
];

/**
 * What a shell or a child process needs so that the AWS SDK, `aws`, `pulumi` and PostgreSQL clients reach the embedded
 * cloud. `shipshape local env` prints it and the tests use it, so both do the same.
 */
export function localEnvironment(
  endpoint: LocalEndpoint,
  inherited: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const authority = join(endpoint.dataFolder, "ca", "ca.pem");
  const region = endpoint.region ?? "eu-central-1";
  return {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: region,
    // boto3, and the `aws` CLI before version 2, read the region only from this name.
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: endpoint.accessKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.accessKey.secretAccessKey,
    PULUMI_HOME: join(endpoint.dataFolder, "pulumi-home"),
    PULUMI_BACKEND_URL: backendIn(join(endpoint.dataFolder, "pulumi-state")),
    PULUMI_CONFIG_PASSPHRASE: endpoint.passphrase ?? publicPassphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // refresh and destroy then run the program, which reads the master's current password, so a rotation since the last
    // `up` does not break them.
    PULUMI_RUN_PROGRAM: "true",
    PGSSLROOTCERT: authority,
    NODE_EXTRA_CA_CERTS: authority,
    ...(endpoint.controlPlaneUrl === undefined ? {} : { SHIPSHAPE_DATABASE_URL: endpoint.controlPlaneUrl }),
    ...withoutProxy(inherited),
    ...withEngine(endpoint.engineFolder, inherited["PATH"] ?? ""),
  };
}

/** The names that must not be set in addition to the above. */
export function misleadingSettings(inherited: Readonly<Record<string, string>>): string[] {
  return Object.keys(inherited).filter(
    (name) => misleading.test(name) || (otherDatabaseVariables.test(name) && name !== "PGSSLROOTCERT"),
  );
}

/** Every name that the above sets in a shell, to be unset again: except PATH and proxies, which the shell also has. */
export function localNames(): string[] {
  const endpoint = {
    url: "",
    dataFolder: "",
    accessKey: { accessKeyId: "", secretAccessKey: "" },
    controlPlaneUrl: "",
  };
  return Object.keys(localEnvironment(endpoint));
}

/** The complete environment of a child process that uses the embedded cloud. */
export function localProcessEnvironment(
  endpoint: LocalEndpoint,
  inherited: Readonly<Record<string, string>>,
): Record<string, string> {
  const misleadingNames = misleadingSettings(inherited);
  const left = Object.entries(inherited).filter(([name]) => !misleadingNames.includes(name));
  return { ...Object.fromEntries(left), ...localEnvironment(endpoint, inherited) };
}

/** The same for the AWS SDK in a process that was started without that environment. */
export function localAccess(endpoint: LocalEndpoint): AwsAccess {
  const {
    AWS_REGION = "",
    AWS_ACCESS_KEY_ID = "",
    AWS_SECRET_ACCESS_KEY = "",
    PGSSLROOTCERT,
  } = localEnvironment(endpoint);
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { cloud: { endpoint: endpoint.url, region: AWS_REGION, credentials }, rootCertificateFile: PGSSLROOTCERT };
}

/** `aws` and gRPC would use a configured proxy even for this machine's own address. */
function withoutProxy(inherited: Readonly<Record<string, string>>): Record<string, string> {
  if (!proxySettings.some((name) => inherited[name])) return {};
  const hosts = new Set(
    (inherited["no_proxy"] ?? inherited["NO_PROXY"] ?? "").split(",").filter(Boolean).concat("127.0.0.1", "localhost"),
  );
  const value = [...hosts].join(",");
  return { NO_PROXY: value, no_proxy: value };
}

function withEngine(folder: string | undefined, path: string): Record<string, string> {
  const parts = path.split(delimiter);
  return folder === undefined || parts.includes(folder)
    ? {}
    : { PATH: [folder, ...parts].filter(Boolean).join(delimiter) };
}

/** Pulumi reads the address of a folder as a URL, in which these three signs mean something else. */
const backendIn = (folder: string): string => `file://${folder.replace(/[%#?]/g, encodeURIComponent)}`;
