import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { createEngines } from "./engines";
import { createProviderService } from "./provider-service";
import type { ProviderDefinition } from "./resource";
import { engineAddress, outlivesEngine } from "./settings";

/** After a signal, running calls get this long to respond. */
const END_GRACE_MILLISECONDS = 4_000;
/** A call is over before its response is written to the socket; exiting at once would cut the response off. */
const LAST_RESPONSE_MILLISECONDS = 50;

/** A plugin process: serves the provider on a free port, prints the port on stdout, and ends with the engine. */
export function serve<Config>(definition: ProviderDefinition<Config>): void {
  const engines = createEngines(engineAddress());
  let calls = 0;
  let shuttingDown = false;
  const exitNow = () => process.exit(0);
  const exitIfIdle = () => {
    if (calls === 0) exitNow();
  };
  const exitOnceIdle = () => {
    if (shuttingDown && calls === 0) setTimeout(exitIfIdle, LAST_RESPONSE_MILLISECONDS);
  };
  // The engine cancels every plugin before it stops it, and treats one that exits before the response arrives as
  // crashed ("exited prematurely"). So a cancel only aborts the running calls of that engine: it then kills us, or
  // closes our stdin.
  const shutDown = () => {
    shuttingDown = true;
    engines.cancelAll();
    setTimeout(exitNow, END_GRACE_MILLISECONDS).unref();
    exitOnceIdle();
  };

  const service = createProviderService(definition, {
    engines,
    async track(call) {
      calls++;
      try {
        return await call;
      } finally {
        calls--;
        exitOnceIdle();
      }
    },
  });

  // A message can carry the properties of a whole stack: no limit on its size.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, service);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The port and a newline are all the engine expects here; anything later would be shown as a diagnostic.
    process.stdout.write(`${port}\n`);
  });

  process.on("SIGINT", shutDown);
  process.on("SIGTERM", shutDown);
  if (outlivesEngine()) return;
  // The engine holds our stdin: when it dies, even by SIGKILL, the pipe closes.
  process.stdin.resume().on("end", exitNow).on("error", exitNow);
}
