/** The accounts and Regions of `shipshape.yaml`: where databases are, besides those of the environment. */
import { z } from "zod";
import { accountPattern, regionPattern, type Location } from "../fleet-records";
import { accountsMax, regionsMax } from "./limits";

/** 12 digits, which YAML takes for a number unless they are in quotes. */
const accountNumber = z
  .string({ error: () => 'give the account\'s 12 digits in quotes, for example "123456789012"' })
  .regex(accountPattern, { error: () => "give the account's 12 digits" });

const regionName = z
  .string({ error: () => "give a Region, for example eu-central-1" })
  .regex(regionPattern, { error: () => "give a Region, for example eu-central-1" });

const platformStack = z
  .string({ error: () => "give the stack of its platform, for example platform.production" })
  .regex(/^\S+$/, { error: () => "give the stack of its platform, for example platform.production" });

/** One account, with the role that is assumed there, its Regions, and the stacks of their platforms. */
const account = z
  .strictObject({
    account: accountNumber,
    role: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S{1,512}$/, { error: () => "give the ARN of an IAM role" })
      .optional(),
    externalId: z
      .string({ error: () => "give it as text, in quotes" })
      .regex(/^[\w+=,.@:/-]{2,1224}$/, { error: () => "give 2 to 1224 letters, digits and +=,.@:/-" })
      .optional(),
    regions: z
      .array(regionName, { error: () => "give a list of Regions" })
      .min(1, { error: () => "give at least one" })
      .max(regionsMax, { error: () => `give ${regionsMax} at most` })
      .refine((all) => new Set(all).size === all.length, { error: () => "names a Region twice" }),
    platforms: z.record(regionName, platformStack, { error: () => "give a stack by Region" }).optional(),
  })
  .superRefine(({ account: own, role, externalId, regions, platforms = {} }, context) => {
    const wrong = (path: string, input: string, message: string) =>
      context.addIssue({ code: "custom", path: path.split("."), input, message });
    const roleOf = role?.split(":")[4];
    if (role !== undefined && roleOf !== undefined && roleOf !== own)
      wrong("role", role, `is a role of account ${roleOf}, not of ${own}`);
    if (externalId !== undefined && role === undefined)
      wrong("externalId", externalId, "goes with a role, and there is none");
    for (const region of Object.keys(platforms))
      if (!regions.includes(region)) wrong(`platforms.${region}`, region, "is not among the regions");
  });

export const accounts = z
  .array(account, { error: () => "give a list of accounts" })
  .max(accountsMax, { error: () => `give ${accountsMax} at most` })
  .refine((all) => new Set(all.map((one) => one.account)).size === all.length, {
    error: () => "names an account twice; give all its regions in one entry",
  });

/** Each Region of each account. None: the environment's own. */
export const locationsOf = (configured: z.infer<typeof accounts> = []): Location[] =>
  configured.flatMap(({ regions, platforms = {}, ...one }) =>
    regions.map((region) => ({ ...one, region, platformStack: platforms[region] })),
  );
