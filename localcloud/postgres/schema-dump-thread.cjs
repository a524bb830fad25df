// A thread that runs the WebAssembly build of pg_dump once. pg_dump wants the server's answer before its write returns:
// so it sleeps until the main thread, which has the connection, has put the whole answer into its mailbox.
const { receiveMessageOnPort, workerData } = require("node:worker_threads");

const { program, words, greeting, port, flag } = workerData;
const state = new Int32Array(flag);
const [query, sync, terminate] = [0x51, 0x53, 0x58];

let pending = Buffer.alloc(0);
let hasStarted = false;

function ask(bytes) {
  Atomics.store(state, 0, 0);
  port.postMessage({ ask: bytes });
  Atomics.wait(state, 0, 0);
  return receiveMessageOnPort(port).message;
}

/** Whether these are whole messages of a client that the server answers. */
function isAsking(bytes) {
  let at = 0;
  let asks = false;
  while (at + 5 <= bytes.length) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) return false;
    if (bytes[at] === terminate) return false;
    asks ||= bytes[at] === query || bytes[at] === sync;
    at = end;
  }
  return asks && at === bytes.length;
}

/** What pg_dump thinks is a database in this process. */
const protocol = {
  execProtocolRawStream(bytes, { onRawData }) {
    pending = Buffer.concat([pending, bytes]);
    if (!hasStarted) {
      if (pending.length < 4 || pending.length < pending.readUInt32BE(0)) return;
      pending = pending.subarray(pending.readUInt32BE(0));
      hasStarted = true;
      onRawData(greeting);
    }
    if (!isAsking(pending)) return;
    const out = pending;
    pending = Buffer.alloc(0);
    onRawData(ask(out));
  },
  query: () => Promise.resolve({ rows: [{ search_path: "pg_catalog" }] }),
  exec: () => Promise.resolve(),
};

async function main() {
  const { pgDump } = require(program);
  const file = await pgDump({ pg: protocol, args: words });
  port.postMessage({ dumped: await file.text() });
}

main().catch((error) => port.postMessage({ failed: String(error?.message ?? error) }));
