// The pack that Pulumi loads. Constructing it starts a server, so no other file may import this one.
import { PolicyPack } from "@pulumi/policy";
import { builtIn } from "../../components/standards/built-in";
import { configurationFor, standardNamedIn } from "../../components/standards/standard-file";
import { Baseline } from "./baseline/baseline";
import { readBaseline } from "./baseline/baseline-file";
import { GuardrailsInvalid } from "./own-rules/guardrails-invalid";
import { compileOwnRules } from "./own-rules/rule-files";
import { guardrailsNamedIn } from "./own-rules/section";
import { packArguments } from "./pack-policies";
import { readPackSettings } from "./settings";

const settings = readPackSettings(__dirname);
const configuration = settings.configurationFile ?? configurationFor(__dirname);
const standard = configuration === undefined ? builtIn : standardNamedIn(configuration, settings.today);
const { rules, baseline: file } = guardrailsNamedIn(configuration);
const { entries, problems } = file === undefined ? { entries: [], problems: [] } : readBaseline(file, settings.today);
if (problems.length > 0) throw new GuardrailsInvalid(problems.map((problem) => ({ file: file ?? "", ...problem })));
const baseline = new Baseline(entries, settings.today);

new PolicyPack("database-guardrails", packArguments(settings, standard, compileOwnRules(rules), baseline));
