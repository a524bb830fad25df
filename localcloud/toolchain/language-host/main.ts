// The Node.js language host: the process that the Pulumi engine starts to run a TypeScript or JavaScript program. The
// official engine download includes one; an engine built from source has none, and Go's module proxy does not have the
// official one. This is the part of it that Shipshape's programs, policy packs and plugins need.
import * as grpc from "@grpc/grpc-js";
import { type ILanguageRuntimeServer, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { killChildren } from "./children";
import { languageRuntime } from "./language-runtime";

const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

function main(): void {
  // The engine puts each plugin into its own process group, so the terminal's Ctrl-C never gets here: SIGINT is the
  // engine's request to exit, and after five seconds it kills.
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  // The engine holds our standard input: when it closes, the engine is gone, even after SIGKILL.
  process.stdin.on("end", leave).on("error", leave).resume();

  const server = new grpc.Server(unlimited);
  // Calls that are not served (code generation and the like) are answered with "unimplemented" by gRPC itself.
  server.addService(
    LanguageRuntimeService,
    languageRuntime(engineAddress(process.argv.slice(2))) as ILanguageRuntimeServer,
  );
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`); // the engine reads the first line as the port
  });
}

/** The engine's address is the only plain argument; its flags (`--root …`, `--tracing …`) concern other hosts. */
function engineAddress(given: string[]): string {
  return given.filter((argument) => /^[^-].*:\d+$/.test(argument)).at(-1) ?? "";
}

function leave(): void {
  killChildren();
  process.exit(0);
}

main();
