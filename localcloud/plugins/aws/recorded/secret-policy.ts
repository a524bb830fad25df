import { createOnly, document, flag, region, required, text } from "../property-kinds";
import { recorded } from "./recorded-type";

export const secretPolicy = recorded({
  noun: "Secrets Manager Secret Policy",
  properties: { blockPublicPolicy: flag, policy: required(document), region, secretArn: createOnly(required(text)) },
});
