import { createServer, type AddressInfo } from "node:net";
import { whyUnreachable } from "../../components/reachability";

test("a database that listens is reachable; one that is gone is not, and the reason is given", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await whyUnreachable("127.0.0.1", port, 5)).toBeUndefined();
  await new Promise((resolve) => server.close(resolve));
  expect(await whyUnreachable("127.0.0.1", port, 5)).toBe("ECONNREFUSED");
});

test("a name that does not resolve is a reason too", async () => {
  expect(await whyUnreachable("database.invalid", 5432, 5)).toMatch(/ENOTFOUND|EAI_AGAIN/);
});
