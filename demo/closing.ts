import { requireLocalCloud } from "../automation/command-line/local-cloud";
import { statusLines } from "../automation/command-line/local-status";
import { type Chapter, databaseIdentifier, databaseStack } from "./chapter";

export const closing: Chapter = {
  name: "closing",
  title: "What runs now, and what to try next",
  async run({ stage, settings }) {
    stage.result(statusLines(await requireLocalCloud(settings.dataFolder)));
    stage.line();
    stage.say("Look inside:");
    stage.result([
      `npx shipshape local psql ${databaseIdentifier}`,
      'eval "$(npx shipshape local env)"      # then aws, pulumi and any AWS SDK use the embedded cloud',
      `aws rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus]'`,
      `pulumi stack output --stack ${databaseStack}`,
    ]);
    stage.say("Try next:");
    stage.result([
      `pulumi stack select --create database.ledger-development && pulumi up    # a bronze one, for development`,
      `size: medium in stacks/Pulumi.${databaseStack}.yaml, then pulumi preview   # what a change would do`,
      "npx shipshape local clock --advance 8d                                   # changes waiting for the maintenance window are applied",
      "docs/going-to-production.md                                              # the same stacks on AWS",
    ]);
    stage.say("Stop:");
    stage.result(["npx shipshape local stop      # data stays", "npx shipshape local reset     # deletes everything"]);
  },
};
