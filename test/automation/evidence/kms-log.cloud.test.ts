// A log whose key is in AWS KMS: the real log in PostgreSQL, and an endpoint that signs as KMS's reference says.
import { changeKey, requireSigner, type Signer } from "../../../automation/evidence/ledger";
import { signedWholeBytes } from "../../../automation/evidence/limits";
import { readPublishedLog } from "../../../automation/evidence/published-log";
import { publishedFolder } from "../../../automation/evidence/published-folder";
import { Publisher } from "../../../automation/evidence/publisher";
import type { SigningKey } from "../../../automation/signing-records";
import { kmsSigningKey } from "../../../automation/targets/kms-signing-key";
import { FakeKms, kmsArn } from "../targets/fake-kms";
import { broken, LogUnderTest, newKey } from "./log-under-test";
import { concluded, planOf, sealRun } from "./sealed-runs";

const log = new LogUnderTest();
let kms: FakeKms;
beforeAll(async () => (kms = await FakeKms.start()));
afterAll(() => kms.stop());
beforeEach(() => {
  kms.refusal = undefined;
  kms.beforeSigning = () => undefined;
});

const inKms = (spec: "ECC_NIST_P256" | "ECC_NIST_EDWARDS25519" = "ECC_NIST_P256") =>
  kmsSigningKey(kms.makeKey(spec), kms.access);

async function rotate(to: SigningKey): Promise<Signer> {
  const from = log.signer;
  log.signer = { origin: from.origin, memory: from.memory, ...to };
  await changeKey(log.database, from, log.signer, "an operator");
  return from;
}

test.each(["ECC_NIST_P256", "ECC_NIST_EDWARDS25519"] as const)(
  "a log signed by a key of %s alone is whole, and what is exported of it is verified offline",
  async (spec) => {
    log.signer = { ...log.signer, ...(await inKms(spec)) };
    const plan = { ...planOf(), extensions: "x".repeat(signedWholeBytes) };
    await sealRun(log.database, log.signer, concluded("large", "pass", { plan }));
    await log.append("small");
    expect(await log.problems()).toEqual([]);
    for (const run of ["large", "small"]) {
      await log.exported(run);
      expect(broken(await log.verified())).toEqual([]);
    }
    expect(broken(await log.verified({ verifierKey: log.key({ ...log.signer, ...newKey() }) })).join()).toMatch(
      /checkpoint is signed by that key: no signature/,
    );
  },
);

test("the key changes from a file to KMS, there, and back: every statement verifies by each of the keys", async () => {
  const signers = [log.signer];
  await log.append("run-0");
  for (const to of [await inKms(), await inKms("ECC_NIST_EDWARDS25519"), newKey()]) {
    const from = await rotate(to);
    await expect(requireSigner(log.database, from)).rejects.toMatchObject({ code: "signing-key-foreign" });
    await log.append(`run-${signers.length}`);
    signers.push(log.signer);
  }
  expect(await log.problems()).toEqual([]);
  const published = publishedFolder(`${log.folder}/published`);
  await new Publisher(log.database, log.signer, published).publishMore();
  for (const [i, pinned] of signers.entries()) {
    await log.exported(`run-${i}`);
    for (const { origin, key } of signers)
      expect(broken(await log.verified({ verifierKey: log.key({ ...log.signer, origin, key }) }))).toEqual([]);
    expect((await readPublishedLog(published, pinned)).head.checkpoint.size).toBe(11);
  }
});

test("a session that ends between signature and append appends nothing; the repetition appends once, in order", async () => {
  log.signer = { ...log.signer, ...(await inKms()) };
  await log.append("before");
  let signatures = 0;
  kms.beforeSigning = async () => {
    // The second is the head, while the log is locked.
    if (++signatures === 2)
      await log.database.query(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()",
      );
  };
  await expect(log.append("cut", "verdict")).rejects.toMatchObject({ code: "control-plane-unreachable" });
  expect(signatures).toBe(2);
  await log.append("other", "verdict");
  await log.append("cut", "verdict");
  await log.append("cut", "verdict");
  expect(await log.ids()).toEqual(["before.verdict", "before.teardown", "other.verdict", "cut.verdict"]);
  expect(await log.problems()).toEqual([]);
});

test("a signature that never comes is given up, and holds the log no longer", async () => {
  log.signer = { ...log.signer, ...(await inKms()) };
  let [signatures, hang] = [0, () => undefined as void];
  kms.beforeSigning = () => (++signatures === 2 ? new Promise<void>((resolve) => (hang = resolve)) : undefined);
  const [hung, next] = [log.append("hung", "verdict"), log.append("next", "verdict")];
  const ended = await Promise.allSettled([hung, next]);
  hang();
  const failed = ended.flatMap((e) => (e.status === "rejected" ? [e.reason as { code: string }] : []));
  expect(failed).toEqual([
    expect.objectContaining({ code: expect.stringMatching(/unanswered|unreachable/) as string }),
  ]);
  await log.append("hung", "verdict");
  await log.append("next", "verdict");
  expect((await log.ids()).sort()).toEqual(["hung.verdict", "next.verdict"]);
});

test("an alias that names another key later signs nothing of the log, here or in a new process", async () => {
  const alias = kmsArn("alias/evidence");
  const first = kms.makeKey("ECC_NIST_P256");
  kms.aliases.set(alias, first);
  log.signer = { ...log.signer, ...(await kmsSigningKey(alias, kms.access)) };
  await log.append("one", "verdict");
  kms.aliases.set(alias, kms.makeKey("ECC_NIST_P256"));
  await expect(log.append("two", "verdict")).rejects.toMatchObject({ code: "signing-key-changed" });
  const restarted = { ...log.signer, ...(await kmsSigningKey(alias, kms.access)) };
  await expect(requireSigner(log.database, restarted)).rejects.toMatchObject({ code: "signing-key-foreign" });
  log.signer = { ...log.signer, ...(await kmsSigningKey(first, kms.access)) };
  await rotate(await kmsSigningKey(alias, kms.access));
  await log.append("two", "verdict");
  expect(await log.ids()).toEqual(["one.verdict", undefined, "two.verdict"]);
  expect(await log.problems()).toEqual([]);
});
