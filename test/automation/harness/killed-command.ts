/**
 * The `shipshape` command with one operation, of the registry or of the tests, that is disturbed at one moment (with
 * `label-all` it has the operation of its children, too):
 * `tsx killed-command.ts <operation> <moment> <word>…`; the moments are in disturbed.ts.
 */
import { join } from "node:path";
import { main } from "../../../automation/command-line/main";
import { operations } from "../../../automation/operations/registry";
import { toyChange } from "../operations/toy-change";
import { toyCoordination } from "../operations/toy-coordination";
import { toyOperation } from "../operations/toy-operation";
import { disturbed } from "./disturbed";

const [operation = "", moment = "", ...words] = process.argv.slice(2);
const one = [...operations, toyOperation, toyChange, toyCoordination].filter(({ name }) => name === operation);
const disturbedOne = [
  ...one.map((registered) => disturbed(registered, moment)),
  ...(operation === toyCoordination.name ? [toyOperation] : []),
];
void main(words, join(__dirname, "../../.."), disturbedOne).then((code) => (process.exitCode = code));
