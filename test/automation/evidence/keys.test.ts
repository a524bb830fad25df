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
import { signCheckpoint, verifierKey } from "../../../automation/evidence/checkpoint";
import {
  currentKey,
  keyHistory,
  keysAt,
  openCheckpointBy,
  sameKey,
  sealKeyChange,
} from "../../../automation/evidence/key-history";
import { LogMemory } from "../../../automation/evidence/log-memory";
import {
  createSigningKey,
  nextSigningKey,
  readSigningKey,
  takeNextSigningKey,
} from "../../../automation/evidence/signing-key";
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
    expect(sameKey(readSigningKey(file), key)).toBe(true);
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
    expect(sameKey(nextSigningKey(file), next)).toBe(true);
    takeNextSigningKey(file);
    expect(sameKey(readSigningKey(file), next)).toBe(true);
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
  const [a, b, c, x] = [1, 2, 3, 4].map(() => generateKeyPairSync("ed25519").privateKey) as [
    never,
    never,
    never,
    never,
  ];
  const change = (position: number, from: never, to: never, log = origin) => ({
    position,
    envelope: sealKeyChange(log, from, to, "an operator", new Date()).envelope,
  });
  const names = (history: ReturnType<typeof keyHistory>) => history.map((p) => [p.verifierKey, p.begin, p.end]);
  const whole = [
    [verifierKey(origin, a), 0, 3],
    [verifierKey(origin, b), 3, 7],
    [verifierKey(origin, c), 7, Infinity],
  ];

  test("is followed from any of its keys, forwards and backwards, whatever the order of the changes", () => {
    for (const trusted of [a, b, c])
      expect(names(keyHistory(origin, trusted, [change(7, b, c), change(3, a, b)]))).toEqual(whole);
    expect(names(keyHistory(origin, a, []))).toEqual([[verifierKey(origin, a), 0, Infinity]]);
    expect(currentKey(keyHistory(origin, a, [change(3, a, b)])).verifierKey).toBe(verifierKey(origin, b));
  });

  test("ignores changes that a stranger signed, that are of another log, incomplete, or by a key already replaced", () => {
    const genuine = [change(3, a, b), change(7, b, c)];
    const halfSigned = JSON.parse(change(1, a, x).envelope) as { signatures: unknown[] };
    const forged = [
      { position: 1, envelope: JSON.stringify({ ...halfSigned, signatures: halfSigned.signatures.slice(1) }) },
      { position: 1, envelope: JSON.stringify({ ...halfSigned, signatures: halfSigned.signatures.slice(0, 1) }) },
      { position: 0, envelope: "{}" },
      change(0, x, x),
      change(1, a, x, "other.test/evidence"),
      change(5, a, x),
    ];
    expect(names(keyHistory(origin, a, [...forged, ...genuine]))).toEqual(whole);
  });

  test("gives the key for each position, and both keys for a change", () => {
    const history = keyHistory(origin, a, [change(3, a, b), change(7, b, c)]);
    const at = (position: number) =>
      keysAt(history, position).map((k) => [a, b, c].findIndex((key) => sameKey(key, k)));
    expect([0, 2, 3, 4, 7, 8].map(at)).toEqual([[0], [0], [0, 1], [1], [1, 2], [2]]);
  });

  test("opens a checkpoint with the key of its newest statement, and not with one replaced before it or introduced after it", () => {
    const history = keyHistory(origin, a, [change(3, a, b)]);
    const note = (size: number, ...keys: never[]) => signCheckpoint({ origin, size, root: Buffer.alloc(32) }, ...keys);
    expect(openCheckpointBy(note(3, a), origin, history).size).toBe(3);
    expect(openCheckpointBy(note(4, a, b), origin, history).size).toBe(4);
    expect(() => openCheckpointBy(note(4, a), origin, history)).toThrow(/no signature|replaced at 3/);
    expect(openCheckpointBy(note(5, b), origin, history).size).toBe(5);
    for (const size of [0, 2, 3]) expect(() => openCheckpointBy(note(size, b), origin, history)).toThrow("only from 3");
    expect(openCheckpointBy(note(0, a), origin, history).size).toBe(0);
    expect(() => openCheckpointBy(note(9, x), origin, history)).toThrow(/no signature/);
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
