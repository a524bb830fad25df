// KMS has no counterpart on this machine: what the client sends is held against the model of the service that AWS
// publishes as part of its SDK, and an endpoint with real keys answers and refuses as its API reference says.
import { createPublicKey, verify } from "node:crypto";
import {
  GetPublicKeyRequest$,
  GetPublicKeyResponse$,
  KeySpec,
  MessageType,
  SigningAlgorithmSpec,
  SignRequest$,
  SignResponse$,
} from "@aws-sdk/client-kms";
import { openEnvelope, sealStatement, STATEMENT_TYPE, type Statement } from "../../../automation/evidence/envelope";
import { signedWholeBytes } from "../../../automation/evidence/limits";
import { sameKey } from "../../../automation/evidence/public-key";
import { algorithms, asked, kmsSigningKey, signing } from "../../../automation/targets/kms-signing-key";
import { kmsMessageBytesMax } from "../../../automation/targets/limits";
import { allows, policies } from "../../docs/rights/policies";
import { FakeKms, kmsArn } from "./fake-kms";

/** The names of a structure's members, and the required ones, which come first. */
function membersOf(schema: unknown): { names: string[]; required: string[] } {
  const [, , , , names, , requiredCount = 0] = schema as [number, string, string, unknown, string[], unknown, number?];
  return { names, required: names.slice(0, requiredCount) };
}

let kms: FakeKms;
beforeEach(async () => (kms = await FakeKms.start()));
afterEach(() => kms.stop());

const specs = ["ECC_NIST_P256", "ECC_NIST_EDWARDS25519"] as const;
const statement = (characters: number): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: "urn:shipshape:run:one", digest: { sha256: "0".repeat(64) } }],
  predicateType: "urn:shipshape:evidence:restore-drill:verdict:v2",
  predicate: { issuedAt: "2026-01-01T00:00:00.000Z", expiresOn: null, plan: "p".repeat(characters) },
});

test.each(specs)("what is sent for a key of %s is what the model of KMS takes", (spec) => {
  expect(KeySpec).toHaveProperty(spec);
  for (const [given, schema] of [
    [asked("alias/evidence"), GetPublicKeyRequest$],
    [signing("alias/evidence", algorithms[spec]!, Buffer.from("x")), SignRequest$],
  ] as const) {
    const { names, required } = membersOf(schema);
    expect(names).toEqual(expect.arrayContaining(Object.keys(given)));
    expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
  }
  const { SigningAlgorithm, MessageType: type } = algorithms[spec]!.input(Buffer.from("x"));
  expect(Object.values(SigningAlgorithmSpec)).toContain(SigningAlgorithm);
  expect(Object.values(MessageType)).toContain(type);
});

test("what is read of its answers is in the model", () => {
  expect(membersOf(GetPublicKeyResponse$).names).toEqual(
    expect.arrayContaining(["KeyId", "KeySpec", "KeyUsage", "PublicKey"]),
  );
  expect(membersOf(SignResponse$).names).toEqual(expect.arrayContaining(["KeyId", "Signature"]));
});

describe.each(specs)("a key of %s", (spec) => {
  test("signs statements of every size, which its public key alone verifies", async () => {
    const arn = kms.makeKey(spec);
    const key = await kmsSigningKey(arn, kms.access);
    expect(sameKey(key.key, kms.publicKey(arn))).toBe(true);
    for (const characters of [1, signedWholeBytes, 50_000]) {
      const envelope = await sealStatement(statement(characters), key);
      expect(openEnvelope(envelope, kms.publicKey(arn))).toEqual(statement(characters));
      expect(() => openEnvelope(envelope, kms.publicKey(kms.makeKey(spec)))).toThrow(/no signature of key/);
      const changed = JSON.parse(envelope) as { payload: string };
      const payload = Buffer.from(changed.payload, "base64").toString().replace("p", "q");
      const forged = JSON.stringify({ ...changed, payload: Buffer.from(payload).toString("base64") });
      expect(() => openEnvelope(forged, key.key)).toThrow(/no signature of key/);
    }
  });

  test("whose alias names another one later signs nothing more", async () => {
    const alias = kmsArn("alias/evidence");
    const first = kms.makeKey(spec);
    kms.aliases.set(alias, first);
    const key = await kmsSigningKey(alias, kms.access);
    await key.sign(Buffer.from("one"));
    const second = kms.makeKey(spec);
    kms.aliases.set(alias, second);
    await expect(key.sign(Buffer.from("two"))).rejects.toMatchObject({
      code: "signing-key-changed",
      message: `${alias} is not the key that it was: it was ${first}, and ${second} signed`,
    });
  });
});

test("a whole statement is signed as long as KMS can, and any tool for DSSE verifies that", async () => {
  expect(signedWholeBytes).toBe(kmsMessageBytesMax);
  const key = await kmsSigningKey(kms.makeKey("ECC_NIST_EDWARDS25519"), kms.access);
  const signed = async (message: Buffer) => verify(null, message, key.key, await key.sign(message));
  expect(await signed(Buffer.alloc(kmsMessageBytesMax))).toBe(true);
  await expect(signed(Buffer.alloc(kmsMessageBytesMax + 1))).rejects.toMatchObject({ code: "signing-key-unsuitable" });
});

test("an ECDSA signature is DER, as tools for DSSE and for signed notes expect", async () => {
  const arn = kms.makeKey("ECC_NIST_P256");
  const signature = await (await kmsSigningKey(arn, kms.access)).sign(Buffer.from("text"));
  const pem = kms.publicKey(arn).export({ type: "spki", format: "pem" });
  expect(verify("sha256", Buffer.from("text"), { key: createPublicKey(pem), dsaEncoding: "der" }, signature)).toBe(
    true,
  );
});

test.each([
  ["AccessDeniedException", 400, "signing-key-refused"],
  ["DisabledException", 400, "signing-key-disabled"],
  ["KMSInvalidStateException", 400, "signing-key-disabled"],
  ["NotFoundException", 400, "signing-key-unknown"],
  ["InvalidKeyUsageException", 400, "signing-key-unsuitable"],
  ["ThrottlingException", 400, "signing-key-unanswered"],
  ["KeyUnavailableException", 500, "signing-key-unanswered"],
  ["KMSInternalException", 500, "signing-key-unanswered"],
  ["SomethingNew", 400, "signing-key-unanswered"],
  ["ExpiredTokenException", 400, "cloud-credentials"],
])("%s has a code of its own, when the key is looked up and when it signs", async (type, status, code) => {
  const arn = kms.makeKey("ECC_NIST_P256");
  const key = await kmsSigningKey(arn, kms.access);
  kms.refusal = { type, status };
  const refused = { code, message: expect.stringContaining("not so") as string };
  await expect(key.sign(Buffer.from("text"))).rejects.toMatchObject(refused);
  await expect(kmsSigningKey(arn, kms.access)).rejects.toMatchObject(refused);
});

test.each([
  ["ECC_NIST_P384", "SIGN_VERIFY", "its key spec is ECC_NIST_P384, and its usage SIGN_VERIFY"],
  ["ECC_NIST_P256", "KEY_AGREEMENT", "its key spec is ECC_NIST_P256, and its usage KEY_AGREEMENT"],
] as const)("a key of %s for %s is refused before anything is signed", async (spec, usage, reason) => {
  const arn = kms.makeKey(spec, usage);
  await expect(kmsSigningKey(arn, kms.access)).rejects.toMatchObject({
    code: "signing-key-unsuitable",
    message: expect.stringContaining(reason) as string,
  });
  expect(kms.got.map((g) => g.action)).toEqual(["GetPublicKey"]);
});

test.each(["", "evidence", "file", "arn:aws:s3:::bucket", "arn:aws:kms:eu-central-1:123456789012:key/", "alias/a b"])(
  "%j names no key, and nothing is asked",
  async (name) => {
    await expect(kmsSigningKey(name, kms.access)).rejects.toMatchObject({ code: "signing-key-unknown" });
    expect(kms.got).toEqual([]);
  },
);

test("an endpoint that does not answer is given up", async () => {
  const key = await kmsSigningKey(kms.makeKey("ECC_NIST_P256"), kms.access);
  kms.stop();
  await expect(key.sign(Buffer.from("text"))).rejects.toMatchObject({ code: "cloud-unreachable" });
});

test("the documented rights of workers suffice for what is asked of KMS", async () => {
  const arn = kms.makeKey("ECC_NIST_P256");
  await (await kmsSigningKey(arn, kms.access)).sign(Buffer.from("text"));
  expect(kms.got.map(({ action }) => action)).toEqual(["GetPublicKey", "Sign"]);
  for (const { action } of kms.got) expect(allows(policies.worker, `kms:${action}`, arn)).toBe(true);
});
