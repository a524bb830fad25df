/**
 * The `shipshape` command with one operation, of the registry or of the tests, that is disturbed at one moment (with
 * `label-all` and `database-patch` it has the operations of its children, its parent and its way back, too):
 * `tsx killed-command.ts <operation> <moment> <word>…`; the moments are in disturbed.ts.
 */
import { join } from "node:path";
import { main } from "../../../automation/command-line/main";
import { operations, type RegisteredOperation } from "../../../automation/operations/registry";
import { toyChange } from "../operations/toy-change";
import { toyCoordination } from "../operations/toy-coordination";
import { toyOperation } from "../operations/toy-operation";
import { disturbed } from "./disturbed";

const [operation = "", moment = "", ...words] = process.argv.slice(2);
/** Drills take minutes; what people know of the recovery of a database is not what is tried here. */
const proven = (registered: RegisteredOperation): RegisteredOperation => ({
  ...registered,
  open: (context) => registered.open({ ...context, recoveryOf: () => Promise.resolve(fresh) }),
});
const fresh = { recoverability: "fresh" as const, reason: "a drill passed", drill: null };
const patches = ["database-patch", "ringed-patch", "patch-undo", "patch-rehearsal", "retire-replaced-instance"];

const one = [...operations, toyOperation, toyChange, toyCoordination].filter(({ name }) => name === operation);
const disturbedOne = [
  ...one.map((registered) => disturbed(registered, moment)),
  ...(operation === toyCoordination.name ? [toyOperation] : []),
  ...operations.filter(({ name }) => patches.includes(operation) && patches.includes(name) && name !== operation),
].map((registered) => (patches.includes(registered.name) ? proven(registered) : registered));
void main(words, join(__dirname, "../../.."), disturbedOne).then((code) => (process.exitCode = code));
