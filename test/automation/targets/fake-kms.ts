/**
 * AWS KMS as its API reference describes GetPublicKey and Sign: keys of node:crypto behind the JSON protocol, with the
 * refusals of what a key cannot do. Nothing in it knows Shipshape.
 */
import { createECDH, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const region = "eu-central-1";
const account = "123456789012";
export const kmsArn = (rest: string) => `arn:aws:kms:${region}:${account}:${rest}`;

type Spec = "ECC_NIST_P256" | "ECC_NIST_EDWARDS25519" | "ECC_NIST_P384";

interface Key {
  arn: string;
  privateKey: KeyObject;
  spec: Spec;
  usage: string;
}

const generated: Record<Spec, () => KeyObject> = {
  ECC_NIST_P256: () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey,
  ECC_NIST_P384: () => generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey,
  ECC_NIST_EDWARDS25519: () => generateKeyPairSync("ed25519").privateKey,
};

class Refusal extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

interface Input {
  KeyId: string;
  Message: string;
  MessageType: string;
  SigningAlgorithm: string;
}

export class FakeKms {
  readonly got: { action: string; input: Input }[] = [];
  readonly aliases = new Map<string, string>();
  /** Every call is refused like this. */
  refusal: { type: string; status?: number } | undefined;
  /** Called before each signature. */
  beforeSigning: () => unknown = () => undefined;
  private readonly keys = new Map<string, Key>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeKms> {
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (part: Buffer) => (text += part.toString()));
      request.on("end", () => {
        const [, action = ""] = String(request.headers["x-amz-target"]).split("TrentService.");
        void kms.answer(action, JSON.parse(text) as Input).then(({ status, body }) => {
          response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
        });
      });
    });
    const kms = new FakeKms(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return kms;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get access() {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    return { cloud: { endpoint: this.endpoint, region, credentials } };
  }

  /** Resolves to its ARN. */
  makeKey(spec: Spec, usage = "SIGN_VERIFY"): string {
    const arn = kmsArn(`key/${randomBytes(4).toString("hex")}`);
    this.keys.set(arn, { arn, privateKey: generated[spec](), spec, usage });
    return arn;
  }

  publicKey = (arn: string): KeyObject => createPublicKey(this.keys.get(arn)!.privateKey);

  private async answer(action: string, input: Input): Promise<{ status: number; body: object }> {
    this.got.push({ action, input });
    try {
      if (this.refusal) throw new Refusal(this.refusal.type, "not so", this.refusal.status);
      const key = this.keys.get(this.aliases.get(input.KeyId) ?? input.KeyId);
      if (!key) throw new Refusal("NotFoundException", `Key '${input.KeyId}' does not exist`);
      return { status: 200, body: action === "Sign" ? await this.sign(key, input) : described(key) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: { __type: error.type, message: error.message } };
    }
  }

  private async sign(key: Key, { Message, MessageType, SigningAlgorithm }: Input): Promise<object> {
    if (key.usage !== "SIGN_VERIFY") throw new Refusal("InvalidKeyUsageException", `usage is ${key.usage}`);
    const [message, how] = [Buffer.from(Message, "base64"), `${key.spec} ${SigningAlgorithm} ${MessageType}`];
    if (message.length < 1 || message.length > 4096) throw new Refusal("ValidationException", "1 to 4096 bytes");
    await this.beforeSigning();
    const signature = { KeyId: key.arn, SigningAlgorithm };
    if (how === "ECC_NIST_EDWARDS25519 ED25519_SHA_512 RAW")
      return { ...signature, Signature: sign(null, message, key.privateKey).toString("base64") };
    if (how === "ECC_NIST_P256 ECDSA_SHA_256 DIGEST") {
      if (message.length !== 32) throw new Refusal("ValidationException", "Digest is invalid length");
      return { ...signature, Signature: signDigest(message, key.privateKey).toString("base64") };
    }
    throw new Refusal("InvalidKeyUsageException", `${how} do not go together`);
  }
}

const described = ({ arn, privateKey, spec, usage }: Key) => ({
  KeyId: arn,
  KeySpec: spec,
  KeyUsage: usage,
  PublicKey: createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64"),
});

/** The order of P-256. */
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const numberIn = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);

/** ECDSA of a digest that was made elsewhere, which node:crypto lacks: it hashes what it signs. */
function signDigest(digest: Buffer, key: KeyObject): Buffer {
  const ephemeral = createECDH("prime256v1");
  const r = numberIn(ephemeral.generateKeys().subarray(1, 33)) % n;
  const d = numberIn(Buffer.from(key.export({ format: "jwk" }).d!, "base64url"));
  const s = (power(numberIn(ephemeral.getPrivateKey()), n - 2n) * (numberIn(digest) + r * d)) % n;
  const [first, second] = [derInteger(r), derInteger(s)];
  return Buffer.concat([Buffer.of(0x30, first.length + second.length), first, second]);
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base % n];
  for (let left = exponent; left > 0n; left >>= 1n, square = (square * square) % n)
    if (left & 1n) result = (result * square) % n;
  return result;
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const positive = bytes[0]! > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(2, positive.length), positive]);
}
