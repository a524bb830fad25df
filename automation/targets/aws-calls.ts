/** Tells others in this process which AWS calls are made: nothing happens while nobody listens. */
import { channel } from "node:diagnostics_channel";

export interface AwsCall {
  /** "RDS DescribeDBInstances" */
  name: string;
  host: string;
  milliseconds: number;
  /** The name of the error. @default it succeeded */
  failure: string | undefined;
}

export const awsCalls = channel("shipshape:aws-call");

type Next = (call: { request?: unknown }) => Promise<unknown>;
type Middleware = (next: Next, context: { clientName?: string; commandName?: string }) => Next;

export interface ToldClient {
  middlewareStack: {
    add(middleware: never, options: { step: "finalizeRequest"; priority: "low"; name: string }): void;
  };
}

/** Added after the SDK's retries: each try is a call. */
export function telling<C extends ToldClient>(client: C): C {
  const tell: Middleware =
    (next, { clientName = "", commandName = "" }) =>
    async (call) => {
      const began = performance.now();
      const { hostname = "", port } = call.request as { hostname?: string; port?: number };
      const told = (failure?: string) =>
        awsCalls.publish({
          name: `${clientName.replace(/Client$/, "")} ${commandName.replace(/Command$/, "")}`,
          host: port === undefined ? hostname : `${hostname}:${port}`,
          milliseconds: performance.now() - began,
          failure,
        } satisfies AwsCall);
      try {
        const answer = await next(call);
        told();
        return answer;
      } catch (error) {
        told((error as Error).name);
        throw error;
      }
    };
  client.middlewareStack.add(tell as never, { step: "finalizeRequest", priority: "low", name: "tellCall" });
  return client;
}
