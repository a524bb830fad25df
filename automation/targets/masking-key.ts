/** The key of a masking profile: it is read when rows are masked, held in memory, and kept nowhere else. */
import { GetSecretValueCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import { ShipshapeError } from "../errors";
import type { AwsClients } from "./aws-access";

/** So many characters cannot be guessed, if they are random. */
const keyCharactersMin = 32;

/** Errors: masking-key-unusable. */
export async function readMaskingKey({ secrets }: AwsClients, secret: string): Promise<Buffer> {
  const unusable = (problem: string) => new ShipshapeError("masking-key-unusable", { secret, problem });
  try {
    const { SecretString: text } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
    if (text === undefined) throw unusable("it is binary: store it as text");
    if (text.length < keyCharactersMin)
      throw unusable(`it has fewer than ${keyCharactersMin} characters, which could be guessed`);
    return Buffer.from(text, "utf8");
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw unusable("there is no such secret");
    throw error;
  }
}
