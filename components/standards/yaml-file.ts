import { readFileSync } from "node:fs";
import { decodeText } from "./text-file";
import { readYamlMapping, type YamlMapping } from "./yaml-mapping";

export const readFile = (file: string): YamlMapping => readYamlMapping(decodeText(readFileSync(file)), "a mapping");
