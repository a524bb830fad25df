/**
 * A key of AWS KMS as the one that signs evidence. Untried on AWS: what it sends is tested against the model of the
 * service. Each signature is verified before it is used, so that no other key, wherever its alias or the endpoint lead,
 * can sign anything.
 */
import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import {
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type GetPublicKeyCommandInput,
  type GetPublicKeyCommandOutput,
  type SignCommandInput,
} from "@aws-sdk/client-kms";
import { reasonOf, ShipshapeError, type ErrorCode } from "../errors";
import { printable } from "../printable";
import type { SigningKey } from "../signing-records";
import { explaining, type AwsAccess } from "./aws-access";
import { kmsAnswerSeconds, kmsMessageBytesMax } from "./limits";

interface Algorithm {
  messageBytesMax?: number;
  input(message: Buffer): Pick<SignCommandInput, "Message" | "MessageType" | "SigningAlgorithm">;
  isSigned(message: Buffer, key: KeyObject, signature: Buffer): boolean;
}

/** By what KMS calls the key's specification. */
export const algorithms: Record<string, Algorithm> = {
  ECC_NIST_P256: {
    input: (message) => ({
      Message: createHash("sha256").update(message).digest(),
      MessageType: "DIGEST",
      SigningAlgorithm: "ECDSA_SHA_256",
    }),
    isSigned: (message, key, signature) => verify("sha256", message, key, signature),
  },
  // Its other algorithm, ED25519_PH_SHA_512, takes messages of any length, and hashes them twice: nothing verifies that.
  ECC_NIST_EDWARDS25519: {
    messageBytesMax: kmsMessageBytesMax,
    input: (message) => ({ Message: message, MessageType: "RAW", SigningAlgorithm: "ED25519_SHA_512" }),
    isSigned: (message, key, signature) => verify(null, message, key, signature),
  },
};

/** Whether a setting names a key of KMS or an alias of one. */
export const isKmsKey = (name: string): boolean =>
  /^(arn:[^:]+:kms:[a-z0-9-]+:\d{12}:(key\/[\w-]{1,256}|alias\/[\w/-]{1,249})|alias\/[\w/-]{1,249})$/.test(name);

/**
 * The key, by its ARN or that of an alias. Errors, here and when it signs: signing-key-unknown, signing-key-refused,
 * signing-key-disabled, signing-key-unsuitable, signing-key-unanswered, signing-key-changed.
 */
export async function kmsSigningKey(name: string, access: AwsAccess = {}): Promise<SigningKey> {
  if (!isKmsKey(name))
    throw failed("signing-key-unknown", name, "it is not the ARN of a KMS key, or of an alias of one");
  const region = /^arn:[^:]+:kms:([a-z0-9-]+):/.exec(name)?.[1];
  const client = explaining(new KMSClient({ ...(region && { region }), ...access.cloud }), access);
  const answered = () => ({ abortSignal: AbortSignal.timeout(kmsAnswerSeconds * 1000) });
  const found = await explained(name, () => client.send(new GetPublicKeyCommand(asked(name)), answered()));
  const { key, algorithm } = usable(name, found);
  return {
    key,
    ...(algorithm.messageBytesMax !== undefined && { messageBytesMax: algorithm.messageBytesMax }),
    sign: async (message) => {
      const command = new SignCommand(signing(name, algorithm, message));
      const { Signature, KeyId } = await explained(name, () => client.send(command, answered()));
      const signed = Buffer.from(Signature ?? []);
      if (algorithm.isSigned(message, key, signed)) return signed;
      throw failed("signing-key-changed", name, `it was ${found.KeyId}, and ${KeyId} signed`);
    },
  };
}

export const asked = (name: string) => ({ KeyId: name }) satisfies GetPublicKeyCommandInput;

export const signing = (name: string, algorithm: Pick<Algorithm, "input">, message: Buffer) =>
  ({ KeyId: name, ...algorithm.input(message) }) satisfies SignCommandInput;

function usable(
  name: string,
  { KeySpec: spec, KeyUsage: usage, PublicKey: der = new Uint8Array() }: GetPublicKeyCommandOutput,
): { key: KeyObject; algorithm: Algorithm } {
  const algorithm = spec === undefined ? undefined : algorithms[spec];
  if (!algorithm || usage !== "SIGN_VERIFY")
    throw failed("signing-key-unsuitable", name, `its key spec is ${spec}, and its usage ${usage}`);
  try {
    return { key: createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" }), algorithm };
  } catch (error) {
    throw failed("signing-key-unsuitable", name, `its public key cannot be read: ${reasonOf(error)}`);
  }
}

const codes: Record<string, KmsErrorCode> = {
  NotFoundException: "signing-key-unknown",
  InvalidArnException: "signing-key-unknown",
  AccessDeniedException: "signing-key-refused",
  DisabledException: "signing-key-disabled",
  KMSInvalidStateException: "signing-key-disabled",
  InvalidKeyUsageException: "signing-key-unsuitable",
  UnsupportedOperationException: "signing-key-unsuitable",
  ValidationException: "signing-key-unsuitable",
};

type KmsErrorCode = Extract<
  ErrorCode,
  | "signing-key-unknown"
  | "signing-key-refused"
  | "signing-key-disabled"
  | "signing-key-unsuitable"
  | "signing-key-unanswered"
  | "signing-key-changed"
>;

async function explained<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShipshapeError) throw error;
    const { name: kind } = error as Error;
    throw failed(codes[kind] ?? "signing-key-unanswered", name, `${kind}: ${reasonOf(error)}`, error);
  }
}

const failed = (code: KmsErrorCode, key: string, reason: string, cause?: unknown) =>
  new ShipshapeError(code, { key: printable(key), reason: printable(reason) }, { cause });
