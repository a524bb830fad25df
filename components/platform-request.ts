import type * as pulumi from "@pulumi/pulumi";
import type { PostgresMajor } from "./standards/fixed";
import type { Environment } from "./standards/names";
import type { Standard } from "./standards/standard";

/** What a platform team declares; `platform-arguments.ts` checks it, and a type test keeps both in step. */
export interface PlatformRequest {
  /**
   * Starts the names of everything here, so it never changes: lower-case words joined by hyphens, at most 32
   * characters. With one platform per account and Region the default is enough.
   * @default what the standard says: "shipshape"
   * @example "payments"
   */
  platformName?: string;
  /**
   * The responsible team; a tag of everything here.
   * @example "team-platform"
   */
  owner: pulumi.Input<string>;
  /**
   * Who pays, as text; a tag of everything here.
   * @example "1000"
   */
  costCenter: pulumi.Input<string>;
  /**
   * The strictest environment of its databases: a platform of production databases is itself production.
   * @example "production"
   */
  environment: Environment;
  /**
   * The major versions of its databases; each gets a parameter group.
   * @default all that the standard approves: [16, 17, 18]
   * @example [17]
   */
  postgresMajors?: PostgresMajor[];
  /**
   * The Region to which backups of the tiers with `vault-and-copy` are copied (gold). A production platform needs one, if
   * the standard has such a tier.
   * @default where the standard has this Region copied to, or undefined: no copies
   * @example "eu-west-1"
   */
  copyRegion?: string;
  /**
   * First step of retirement: lifts the platform's protection at the next `up`; only then does `destroy` work.
   * @default false
   * @example true
   */
  retire?: boolean;
}

/** `PlatformRequest`, and what comes from other resources: the arguments in every language of Pulumi. */
export interface PlatformArguments extends PlatformRequest {
  /**
   * The network of the databases.
   * @example "vpc-0a1b2c3d4e5f60001"
   */
  vpcId: pulumi.Input<string>;
  /**
   * Private subnets, in at least two zones; at most 20.
   * @example ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
   */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Security groups of the control plane's workers: only they can reach restored throwaways.
   * @default [] none
   * @example ["sg-0a1b2c3d4e5f60002"]
   */
  workerSecurityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
}

/** `PlatformArguments`, and what only a program in TypeScript or JavaScript can pass. */
export interface DatabasePlatformArgs extends PlatformArguments {
  /**
   * What `defineStandard` returns.
   * @default the standard that the `shipshape.yaml` beside the stacks names, or Shipshape's own
   */
  standard?: Standard;
}
