import { ensureAccessKey, keyIdOf } from "../../localcloud/access/access-keys";
import { fetchSigned } from "../../localcloud/access/signature";
import type { Cloud } from "../cloud";

/** Another account of an embedded cloud than that of its owner. */
export const otherAccount = "210987654321";
export const ownAccount = "123456789012";

export const roleArn = (name: string, account = otherAccount) => `arn:aws:iam::${account}:role/${name}`;

export const otherKey = ({ dataFolder }: Pick<Cloud, "dataFolder">) =>
  ensureAccessKey(dataFolder, keyIdOf("shipshapelocal", otherAccount));

/** IAM has no API here: its resources are recorded, as Pulumi has them recorded. */
export async function createRole(
  cloud: Pick<Cloud, "dataFolder" | "url">,
  name: string,
  statement: object,
  more: object = {},
): Promise<void> {
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
  });
  const body = JSON.stringify({ type: "aws:iam/role:Role", name, properties: { name, assumeRolePolicy, ...more } });
  const url = new URL("/shipshape/recorded", cloud.url);
  const answer = await fetchSigned(url, otherKey(cloud), { method: "POST", body });
  if (answer.status !== 201) throw new Error(`the role ${name} was not created: ${await answer.text()}`);
}
