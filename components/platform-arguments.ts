import { z } from "zod";
import { inputOf, oneOf, text } from "./input-errors";
import { groupId } from "./reachable-from";
import { matches } from "./request-schema";
import { tagValue } from "./tags";
import { environmentsOf, filled, isProduction, majorsOf, tiersOf, type Standard } from "./standards/standard";

/** What can be checked before anything runs; the network's ids cannot. */
export const platformRequestOf = (standard: Standard, region?: string) =>
  z
    .strictObject({
      platformName: text("platformName")
        .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: () => "give lower-case words joined by single hyphens" })
        .max(32, { error: () => "give at most 32 characters" })
        .default(filled(standard.birth.platform, region === undefined ? {} : { region })),
      owner: inputOf(
        tagValue("owner (the team)")
          .min(1, { error: () => "is empty" })
          .refine(...matches(standard.tags.owner)),
      ),
      costCenter: inputOf(
        tagValue("costCenter")
          .min(1, { error: () => "is empty" })
          .refine(...matches(standard.tags.costCenter)),
      ),
      environment: oneOf(environmentsOf(standard)),
      postgresMajors: z
        .array(oneOf(majorsOf(standard)))
        .min(1, { error: () => "give at least one" })
        .default(majorsOf(standard)),
      copyRegion: text("copyRegion")
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: () => 'give a Region, such as "eu-west-1"' })
        .optional()
        .transform((given) => given ?? standard.regions[region ?? ""]?.copyTo),
      retire: z.boolean({ error: () => "give true or false" }).default(false),
    })
    .superRefine((request, context) => {
      if (request.platformName.includes("{region}"))
        context.addIssue({
          code: "custom",
          path: ["platformName"],
          input: request.platformName,
          message: "the standard's name has the Region: set config aws:region, or give platformName",
        });
      if (!isProduction(standard, request.environment) || request.copyRegion) return;
      const copied = tiersOf(standard).filter(
        (tier) => standard.tiers[tier]?.production.backupPlan === "vault-and-copy",
      );
      if (copied.length === 0) return;
      const message = `is missing: ${copied.join(" and ")} databases in production are copied to another Region`;
      context.addIssue({ code: "custom", path: ["copyRegion"], input: request.copyRegion, message });
    });

const ids = (id: z.ZodType<string>) => z.array(inputOf(id), { error: () => "give a list of ids" });
/** RDS's own quota of a subnet group. */
const subnetsMax = 20;
const subnetIds = ids(text("a subnet's id"))
  .min(2, { error: () => "give private subnets in at least two zones" })
  .max(subnetsMax, { error: () => `give at most ${subnetsMax}` })
  .refine((given) => new Set(given).size === given.length, { error: () => "names a subnet twice" });
/** Arguments from other resources: checked if plain. */
export const platformArgumentsOf = (standard: Standard, region?: string) =>
  platformRequestOf(standard, region).safeExtend({
    standard: z.unknown().optional(), // checked before, because it decides what the others may be
    vpcId: inputOf(text("vpcId")),
    subnetIds: inputOf(subnetIds),
    workerSecurityGroupIds: inputOf(ids(groupId)).optional(),
  });
