/** The `shipshape` command with one more operation, which changes something: `tsx command.ts <word>…`. */
import { join } from "node:path";
import { main } from "../../../automation/command-line/main";
import { operations } from "../../../automation/operations/registry";
import { toyOperation } from "../operations/toy-operation";

void main(process.argv.slice(2), join(__dirname, "../../.."), [...operations, toyOperation]).then(
  (code) => (process.exitCode = code),
);
