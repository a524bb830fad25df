import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { oneOf } from "./input-errors";
import { environments, postgresMajors } from "./standards";

/** What can be judged before anything runs; the network's ids cannot. */
export const platformRequest = z
  .strictObject({
    /** Starts the names of everything here; one platform in an account and Region needs no other. @default "shipshape" */
    platformName: z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: () => "give lower-case words joined by single hyphens" })
      .max(32, { error: () => "give at most 32 characters" })
      .default("shipshape"),
    /** The team that answers for it. */
    owner: z.string({ error: () => "owner (the team) is missing" }).min(1, { error: () => "owner (the team) is missing" }),
    /** Who pays; a tag of everything here. */
    costCenter: z.string({ error: () => "costCenter is missing" }).min(1, { error: () => "costCenter is missing" }),
    /** The most that stands on it: a platform of production databases is itself production. */
    environment: oneOf(environments),
    /** A parameter group is made for each. @default all approved */
    postgresMajors: z
      .array(oneOf(postgresMajors))
      .min(1, { error: () => "give at least one" })
      .default([...postgresMajors]),
    /** The Region where the gold tier's backups are copied; a production platform must name one. @default undefined: no copies */
    copyRegion: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: () => 'give a Region, as "eu-west-1"' })
      .optional(),
    /** First step of retirement: lifts the platform's protection at the next `up`; only then does `destroy` work. @default false */
    retire: z.boolean({ error: () => "give true or false" }).default(false),
  })
  .superRefine((request, context) => {
    if (request.environment !== "production" || request.copyRegion) return;
    const message = "is missing: gold databases in production are copied to another Region";
    context.addIssue({ code: "custom", path: ["copyRegion"], input: request.copyRegion, message });
  });

export interface DatabasePlatformArgs extends z.input<typeof platformRequest> {
  /** The network that databases stand in. */
  vpcId: pulumi.Input<string>;
  /** Private ones, in at least two zones. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security groups of the control plane's workers: they alone reach restored throwaways. @default [] nobody does */
  workerSecurityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
}
