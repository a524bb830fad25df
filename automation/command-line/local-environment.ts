import { delimiter, join } from "node:path";
import type { AwsAccess } from "../targets/aws-access";
import { knownPassphrase } from "./local-passphrase";

/** A running embedded cloud, as far as a program that wants to use it must know it. */
export interface LocalEndpoint {
  url: string;
  dataFolder: string;
  /** Without it the API answers nobody. */
  accessKey: { accessKeyId: string; secretAccessKey: string };
  /** Of the stacks that lie in the data folder. @default that of this repository's own stacks */
  passphrase?: string | undefined;
  /** Where Shipshape keeps requests, runs and evidence; the embedded cloud runs a PostgreSQL for that. */
  controlPlaneUrl?: string | undefined;
  /** The folder of `pulumi` when it is not on PATH already. */
  engineFolder?: string | undefined;
}

/**
 * Settings of the caller's own that would send requests past the embedded cloud, to real AWS, or sign them as it does
 * not expect: an endpoint per service wins over `AWS_ENDPOINT_URL`, a profile over keys in some clients. They are taken
 * away, not overwritten.
 */
const misleading =
  /^AWS_(PROFILE|DEFAULT_PROFILE|SESSION_TOKEN|SECURITY_TOKEN|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_CREDENTIALS_.*|IGNORE_CONFIGURED_ENDPOINT_URLS|ENDPOINT_URL_.*|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT|AUTH_SCHEME_PREFERENCE|SIGV4A_.*|CREDENTIAL_EXPIRATION)$/;
/**
 * Where a program is told one address by argument, libpq still takes `PGHOSTADDR` or `PGSERVICE` from here, and
 * sessions get `PGOPTIONS`.
 */
const ofAnotherDatabase = /^PG[A-Z]+$/;
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
 * cloud.
 * `shipshape local env` prints it and the tests use it, so both go the same way.
 */
export function localEnvironment(
  endpoint: LocalEndpoint,
  inherited: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const authority = join(endpoint.dataFolder, "ca", "ca.pem");
  return {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: "eu-central-1",
    // boto3, and the `aws` CLI before version 2, know the region by this name only.
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: endpoint.accessKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.accessKey.secretAccessKey,
    PULUMI_HOME: join(endpoint.dataFolder, "pulumi-home"),
    PULUMI_BACKEND_URL: backendIn(join(endpoint.dataFolder, "pulumi-state")),
    PULUMI_CONFIG_PASSPHRASE: endpoint.passphrase ?? knownPassphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // refresh and destroy then run the program, which reads the master's current password: one rotated since the last
    // `up` is no obstacle.
    PULUMI_RUN_PROGRAM: "true",
    PGSSLROOTCERT: authority,
    NODE_EXTRA_CA_CERTS: authority,
    ...(endpoint.controlPlaneUrl === undefined ? {} : { SHIPSHAPE_DATABASE_URL: endpoint.controlPlaneUrl }),
    ...withoutProxy(inherited),
    ...withEngine(endpoint.engineFolder, inherited["PATH"] ?? ""),
  };
}

/** The names that must not stand in the environment beside the above. */
export function misleadingSettings(inherited: Readonly<Record<string, string>>): string[] {
  return Object.keys(inherited).filter(
    (name) => misleading.test(name) || (ofAnotherDatabase.test(name) && name !== "PGSSLROOTCERT"),
  );
}

/**
 * Every name that the above sets in a shell, to be taken away again: but for PATH and proxies, which are the shell's
 * own too.
 */
export function localNames(): string[] {
  const endpoint = {
    url: "",
    dataFolder: "",
    accessKey: { accessKeyId: "", secretAccessKey: "" },
    controlPlaneUrl: "",
  };
  return Object.keys(localEnvironment(endpoint));
}

/** The whole environment of a child process that is to use the embedded cloud. */
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

/** `aws` and gRPC would ask a configured proxy even for this machine's own address. */
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
