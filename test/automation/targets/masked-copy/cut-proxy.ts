/**
 * A network between a client and a server of this machine: once so much has passed, both connections end, or something
 * else is done while nothing passes.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class CutProxy {
  isReached = false;
  private readonly sockets = new Set<Socket>();
  private passed = 0;

  private constructor(
    private readonly server: Server,
    private readonly end: (() => Promise<void>) | undefined,
  ) {}

  /** `direction` as the server sees it. */
  static async to(
    { host, port }: { host: string; port: number },
    given: { bytes: number; direction: "sent" | "received"; end?: (() => Promise<void>) | undefined },
  ): Promise<CutProxy> {
    const server = createServer();
    const { bytes, direction, end } = given;
    const proxy = new CutProxy(server, end);
    server.on("connection", (client) => {
      const upstream = connect(port, host);
      proxy.pass(upstream, client, direction === "sent" ? bytes : Infinity);
      proxy.pass(client, upstream, direction === "received" ? bytes : Infinity);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private pass(from: Socket, to: Socket, limit: number): void {
    this.sockets.add(from);
    from.on("error", () => to.destroy()).on("close", () => to.destroy());
    from.on("data", (piece: Buffer) => {
      if (Number.isFinite(limit)) this.passed += piece.length;
      const isFirst = this.passed > limit && !this.isReached;
      if (isFirst) this.isReached = true;
      if (isFirst && !this.end) return this.cut();
      if (!to.write(piece) || isFirst) from.pause();
      if (isFirst) void this.end!().then(() => from.resume());
    });
    to.on("drain", () => from.resume());
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
