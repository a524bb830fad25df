// The pack that Pulumi loads. Constructing it starts a server, so no other file may import this one.
import { PolicyPack } from "@pulumi/policy";
import { builtIn } from "../../components/standards/built-in";
import { configurationFor, standardNamedIn } from "../../components/standards/standard-file";
import { compileOwnRules } from "./own-rules/rule-files";
import { guardrailsNamedIn } from "./own-rules/section";
import { packArguments } from "./pack-policies";
import { readPackSettings } from "./settings";

const settings = readPackSettings(__dirname);
const configuration = settings.configurationFile ?? configurationFor(__dirname);
const standard = configuration === undefined ? builtIn : standardNamedIn(configuration, settings.today);
const own = compileOwnRules(guardrailsNamedIn(configuration).rules);

new PolicyPack("database-guardrails", packArguments(settings, standard, own));
