// The pack that Pulumi loads. Constructing it starts a server, so no other file may import this one.
import { PolicyPack } from "@pulumi/policy";
import { standardFor } from "../../components/standards/standard-file";
import { packArguments } from "./pack-policies";
import { readPackSettings } from "./settings";

new PolicyPack("database-guardrails", packArguments(readPackSettings(__dirname), standardFor(__dirname)));
