// The pack as Pulumi loads it. Constructing it starts serving, so nothing else may import this file.
import { PolicyPack } from "@pulumi/policy";
import { packArguments } from "./pack-policies";
import { readPackSettings } from "./settings";

new PolicyPack("database-guardrails", packArguments(readPackSettings(__dirname)));
