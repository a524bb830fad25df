// S3 has no counterpart on this machine: what the client sends is held against the model of the service that AWS
// publishes as part of its SDK, and a server answers as its API reference says.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GetObject$,
  GetObjectRequest$,
  ListObjectsV2$,
  ListObjectsV2Request$,
  PutObject$,
  PutObjectRequest$,
} from "@aws-sdk/client-s3";
import type { PublicationTarget } from "../../../automation/publication-records";
import { creation, listing, publishedBucket, reading } from "../../../automation/targets/evidence-bucket";

/** The names of a structure's members, and the required ones, which come first. */
function membersOf(schema: unknown): { names: string[]; required: string[] } {
  const [, , , , names, , requiredCount = 0] = schema as [number, string, string, unknown, string[], unknown, number?];
  return { names, required: names.slice(0, requiredCount) };
}
/** Method and path of an operation, such as ["PUT", "/{Key+}?x-id=PutObject"]. */
const httpOf = (operation: unknown) => (operation as [number, string, string, { http: [string, string] }])[3].http;

const objects = new Map<string, Buffer>();
const got: { method: string; url: URL; headers: IncomingMessage["headers"] }[] = [];
let server: Server;
let bucket: PublicationTarget;
let failWith: { status: number; code: string } | undefined;
const pageSize = 2;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://127.0.0.1");
      got.push({ method: request.method ?? "", url, headers: request.headers });
      const { status, body = "" } = answer(request, url, Buffer.concat(parts));
      response.writeHead(status, { "content-type": "application/xml" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  bucket = publishedBucket("s3://evidence-logs/production/", {
    cloud: { endpoint, region: "eu-central-1", credentials },
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  objects.clear();
  got.length = 0;
  failWith = undefined;
});

const failed = (status: number, code: string) => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>not so</Message></Error>`,
});

function answer(request: IncomingMessage, url: URL, body: Buffer): { status: number; body?: string | Buffer } {
  if (failWith) return failed(failWith.status, failWith.code);
  const key = decodeURIComponent(url.pathname.replace("/evidence-logs/", ""));
  if (request.method === "PUT") {
    if (request.headers["if-none-match"] === "*" && objects.has(key)) return failed(412, "PreconditionFailed");
    objects.set(key, body);
    return { status: 200 };
  }
  if (url.searchParams.get("list-type") === "2") return { status: 200, body: page(url) };
  const content = objects.get(key);
  return content ? { status: 200, body: content } : failed(404, "NoSuchKey");
}

function page(url: URL): string {
  const prefix = url.searchParams.get("prefix") ?? "";
  const after = url.searchParams.get("continuation-token") ?? "";
  const left = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const now = left.slice(0, pageSize);
  const more = left.length > pageSize;
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${
    more ? `<NextContinuationToken>${now.at(-1)}</NextContinuationToken>` : ""
  }${now.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}</ListBucketResult>`;
}

test.each([
  ["creation", creation("b", "k", Buffer.from("x")), PutObjectRequest$],
  ["reading", reading("b", "k"), GetObjectRequest$],
  ["listing", listing("b", "p/"), ListObjectsV2Request$],
])("%s is what the model of S3 takes", (_, given: object, schema) => {
  const { names, required } = membersOf(schema);
  expect(names).toEqual(expect.arrayContaining(Object.keys(given)));
  expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
});

test("an object is created once and never overwritten, with a checksum, as buckets with Object Lock demand", async () => {
  expect(await bucket.create("statements", "1.envelope.json", Buffer.from("one"))).toBe(true);
  expect(await bucket.create("statements", "1.envelope.json", Buffer.from("two"))).toBe(false);
  expect((await bucket.read("statements", "1.envelope.json")).toString()).toBe("one");
  const [method, path] = httpOf(PutObject$);
  const [first] = got;
  expect(first!.method).toBe(method);
  expect(`${first!.url.pathname}${first!.url.search}`).toBe(
    `/evidence-logs${path.replace("{Key+}", "production/statements/1.envelope.json")}`,
  );
  expect(first!.headers).toMatchObject({ "if-none-match": "*", "content-type": "application/json" });
  expect(Object.keys(first!.headers)).toContainEqual(expect.stringMatching(/^x-amz-checksum-/));
  const [readMethod, readPath] = httpOf(GetObject$);
  expect(got.at(-1)).toMatchObject({ method: readMethod });
  expect(got.at(-1)!.url.href).toMatch(readPath.replace("{Key+}", "production/statements/1.envelope.json"));
});

test("all pages of a list are read, and only that kind", async () => {
  for (const name of ["c", "a", "b", "e", "d"]) await bucket.create("checkpoints", name, Buffer.from(name));
  await bucket.create("statements", "x", Buffer.from("x"));
  expect(await bucket.names("checkpoints")).toEqual(["a", "b", "c", "d", "e"]);
  expect(await bucket.names("statements")).toEqual(["x"]);
  const [method, path] = httpOf(ListObjectsV2$);
  const lists = got.filter(({ url }) => url.searchParams.has("list-type"));
  expect(lists).toHaveLength(4);
  for (const { method: used, url } of lists)
    expect([used, url.search]).toEqual([method, expect.stringContaining(path.slice(2))]);
});

test("a refusal says why, and is not taken for an object that exists", async () => {
  for (const [status, code] of [
    [403, "AccessDenied"],
    [404, "NoSuchBucket"],
    [409, "ConditionalRequestConflict"],
  ] as const) {
    failWith = { status, code };
    const unusable = { code: "evidence-publication-unusable", message: expect.stringContaining("not so") as string };
    await expect(bucket.create("statements", "1", Buffer.from("one"))).rejects.toMatchObject(unusable);
    await expect(bucket.names("statements")).rejects.toMatchObject(unusable);
    await expect(bucket.read("statements", "1")).rejects.toMatchObject(unusable);
  }
});

test.each(["s3://", "s3://UPPER/x", "s3://a", "s3://bucket//../x y", "s3:/bucket"])("%s is no bucket", (place) => {
  expect(() => publishedBucket(place)).toThrow(
    expect.objectContaining({ code: "evidence-publication-unusable" }) as Error,
  );
});
