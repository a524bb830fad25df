import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFirstKey, memoryOf } from "../../../automation/command-line/evidence-log";
import { signCheckpoint } from "../../../automation/evidence/checkpoint";
import {
  currentKey,
  keyHistory,
  keysAt,
  openCheckpointBy,
  sealKeyChange,
} from "../../../automation/evidence/key-history";
import { LogMemory } from "../../../automation/evidence/log-memory";
import { sameKey, verifierKey } from "../../../automation/evidence/public-key";
import {
  createSigningKey,
  heldKey,
  nextSigningKey,
  readSigningKey,
  takeNextSigningKey,
} from "../../../automation/evidence/signing-key";
import type { SigningKey } from "../../../automation/signing-records";
import { readSettings } from "../../../automation/settings";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shipshape-keys-"));
  file = join(folder, "evidence", "signing-key.pem");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the signing key", () => {
  const refused = (code: string, reason = /./) =>
    expect(() => readSigningKey(file)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(reason) as string }),
    );

  test("is created once, readable only by its owner, and read back unchanged", () => {
    const key = createSigningKey(file);
    expect(sameKey(readSigningKey(file).key, key.key)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => createSigningKey(file)).toThrow(expect.objectContaining({ code: "signing-key-exists" }));
    expect(readdirSync(join(folder, "evidence"))).toEqual(["signing-key.pem"]);
  });

  test("that is missing is not created implicitly", () => {
    refused("signing-key-missing");
    expect(existsSync(file)).toBe(false);
  });

  test.each([0o640, 0o604, 0o660, 0o644, 0o601])("that others may use (mode %o) signs nothing", (mode) => {
    createSigningKey(file);
    chmodSync(file, mode);
    refused("signing-key-exposed", new RegExp(`mode 0${mode.toString(8)}`));
  });

  test("that is of another kind, public, not a key, too large or not a file signs nothing", () => {
    mkdirSync(join(folder, "evidence"));
    const write = (content: string) => writeFileSync(file, content, { mode: 0o600 });
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    write(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    refused("signing-key-unusable", /its type is ec, not ed25519/);
    write(publicKey.export({ type: "spki", format: "pem" }).toString());
    refused("signing-key-unusable");
    write("secret");
    refused("signing-key-unusable");
    write("x".repeat(20_000));
    refused("signing-key-unusable", /not a small regular file/);
    rmSync(file);
    mkdirSync(file);
    refused("signing-key-unusable", /not a small regular file/);
  });

  test("is replaced by one that is kept next to it until then, the same one for every request", () => {
    createSigningKey(file);
    const next = nextSigningKey(file);
    expect(sameKey(nextSigningKey(file).key, next.key)).toBe(true);
    takeNextSigningKey(file);
    expect(sameKey(readSigningKey(file).key, next.key)).toBe(true);
    expect(readdirSync(join(folder, "evidence"))).toEqual(["signing-key.pem"]);
  });

  test("of a log that has one is not created again, whether or not its file still exists", () => {
    const settings = readSettings(folder, folder, { SHIPSHAPE_DATA_FOLDER: folder });
    const text = createFirstKey(settings);
    expect(memoryOf(settings).of("shipshape.local/evidence")).toEqual({ verifierKey: text });
    expect(() => createFirstKey(settings)).toThrow(expect.objectContaining({ code: "signing-key-exists" }));
    rmSync(file);
    expect(() => createFirstKey(settings)).toThrow(expect.objectContaining({ code: "signing-key-lost" }));
    expect(existsSync(file)).toBe(false);
  });
});

describe("the history of a log's keys", () => {
  const origin = "shipshape.test/evidence";
  const newKey = () => heldKey(generateKeyPairSync("ed25519").privateKey);
  const [a, b, c, x] = [newKey(), newKey(), newKey(), newKey()];
  const change = async (position: number, from: SigningKey, to: SigningKey, log = origin) => ({
    position,
    envelope: (await sealKeyChange(log, from, to, "an operator", new Date())).envelope,
  });
  const changes = () => Promise.all([change(3, a, b), change(7, b, c)]);
  const names = (history: ReturnType<typeof keyHistory>) => history.map((p) => [p.verifierKey, p.begin, p.end]);
  const whole = [
    [verifierKey(origin, a.key), 0, 3],
    [verifierKey(origin, b.key), 3, 7],
    [verifierKey(origin, c.key), 7, Infinity],
  ];

  test("is followed from any of its keys, forwards and backwards, whatever the order of the changes", async () => {
    const [first, second] = await changes();
    for (const { key } of [a, b, c]) expect(names(keyHistory(origin, key, [second, first]))).toEqual(whole);
    expect(names(keyHistory(origin, a.key, []))).toEqual([[verifierKey(origin, a.key), 0, Infinity]]);
    expect(currentKey(keyHistory(origin, a.key, [first])).verifierKey).toBe(verifierKey(origin, b.key));
  });

  test("ignores changes that a stranger signed, that are of another log, incomplete, or by a key already replaced", async () => {
    const halfSigned = JSON.parse((await change(1, a, x)).envelope) as { signatures: unknown[] };
    const forged = [
      { position: 1, envelope: JSON.stringify({ ...halfSigned, signatures: halfSigned.signatures.slice(1) }) },
      { position: 1, envelope: JSON.stringify({ ...halfSigned, signatures: halfSigned.signatures.slice(0, 1) }) },
      { position: 0, envelope: "{}" },
      await change(0, x, x),
      await change(1, a, x, "other.test/evidence"),
      await change(5, a, x),
    ];
    expect(names(keyHistory(origin, a.key, [...forged, ...(await changes())]))).toEqual(whole);
  });

  test("gives the key for each position, and both keys for a change", async () => {
    const history = keyHistory(origin, a.key, await changes());
    const at = (position: number) =>
      keysAt(history, position).map((k) => [a, b, c].findIndex(({ key }) => sameKey(key, k)));
    expect([0, 2, 3, 4, 7, 8].map(at)).toEqual([[0], [0], [0, 1], [1], [1, 2], [2]]);
  });

  test("opens a checkpoint with the key of its newest statement, and not with one replaced before it or introduced after it", async () => {
    const history = keyHistory(origin, a.key, [await change(3, a, b)]);
    const opened = async (size: number, ...keys: SigningKey[]) =>
      openCheckpointBy(await signCheckpoint({ origin, size, root: Buffer.alloc(32) }, ...keys), origin, history).size;
    expect(await opened(3, a)).toBe(3);
    expect(await opened(4, a, b)).toBe(4);
    await expect(opened(4, a)).rejects.toThrow(/no signature|replaced at 3/);
    expect(await opened(5, b)).toBe(5);
    for (const size of [0, 2, 3]) await expect(opened(size, b)).rejects.toThrow("only from 3");
    expect(await opened(0, a)).toBe(0);
    await expect(opened(9, x)).rejects.toThrow(/no signature/);
  });
});

describe("the memory of known logs", () => {
  test("is kept for each log, readable only by its owner", () => {
    const memory = new LogMemory(join(folder, "deep", "known-logs.json"));
    expect([memory.of("a"), memory.hasHead]).toEqual([undefined, false]);
    expect([memory.of("__proto__"), memory.of("constructor")]).toEqual([undefined, undefined]);
    memory.requireWritable();
    memory.remember("a", { verifierKey: "k" });
    memory.remember("b", { verifierKey: "l", checkpoint: "head" });
    expect([memory.of("a"), memory.of("b"), memory.hasHead]).toEqual([
      { verifierKey: "k" },
      { verifierKey: "l", checkpoint: "head" },
      true,
    ]);
    expect(statSync(memory.file).mode & 0o777).toBe(0o600);
  });

  test("is an error if it was altered, not treated as empty", () => {
    const memory = new LogMemory(join(folder, "known-logs.json"));
    for (const content of ["", "{", "[]", '{"a":{}}', '{"a":{"verifierKey":"k","more":1}}']) {
      writeFileSync(memory.file, content);
      expect(() => memory.of("a")).toThrow(expect.objectContaining({ code: "evidence-memory-unusable" }));
      expect(readFileSync(memory.file, "utf8")).toBe(content);
    }
  });
});
