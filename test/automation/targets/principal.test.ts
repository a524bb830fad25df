import { userInfo } from "node:os";
import { STSClient } from "@aws-sdk/client-sts";
import { operatingSystemUser, principal as principalFor } from "../../../automation/targets/principal";

const principal = (client: STSClient, isEmbedded = false) => principalFor(async () => isEmbedded, client);

const credentials = { accessKeyId: "AKIAEXAMPLE0000000000", secretAccessKey: "made up" };
/** Answers instead of the network, which is never reached. */
const answering = (identity: () => string, more: object = {}) => {
  const hostnames: string[] = [];
  const handle = async (request: { hostname: string }) => {
    hostnames.push(request.hostname);
    const body = `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity()}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
    return { response: { statusCode: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(body) } };
  };
  const requestHandler = { handle, destroy: () => undefined } as never;
  return {
    client: new STSClient({ region: "eu-central-1", credentials, maxAttempts: 1, requestHandler, ...more }),
    hostnames,
  };
};
const arn = "arn:aws:sts::123456789012:assumed-role/deployer/session";

test("the requester is the identity that STS returns", async () => {
  const { client, hostnames } = answering(() => `<Arn>${arn}</Arn>`);
  expect(await principal(client)).toBe(arn);
  expect(hostnames).toEqual(["sts.eu-central-1.amazonaws.com"]);
});

test.each(["http://127.0.0.1:4566", "https://sts.amazonaws.com.example.org", "http://sts.eu-central-1.amazonaws.com"])(
  "an endpoint that is not AWS's own (%s) does not identify the requester; the operating system does",
  async (endpoint) => {
    const { client, hostnames } = answering(() => `<Arn>${arn}</Arn>`, { endpoint });
    expect(await principal(client)).toBe(userInfo().username);
    expect(hostnames).toEqual([]);
  },
);

test("without credentials the requester is the operating system's user, by id and not by a variable", async () => {
  const noCredentials = Object.assign(new Error("Could not load credentials from any providers"), {
    name: "CredentialsProviderError",
  });
  const { client } = answering(() => "", { credentials: () => Promise.reject(noCredentials) });
  process.env["USER"] = "ciso";
  expect(await principal(client)).toBe(userInfo().username);
  expect(operatingSystemUser()).toBe(userInfo().username);
});

test("credentials that AWS does not accept, and an answer without a name, are an error, not another name", async () => {
  const expired = Object.assign(new Error("The security token included in the request is expired"), {
    name: "ExpiredTokenException",
  });
  const refuse = () => {
    throw expired;
  };
  await expect(principal(answering(refuse).client)).rejects.toMatchObject({
    code: "principal-unknown",
    message: expect.stringContaining("expired") as string,
  });
  await expect(principal(answering(() => "").client)).rejects.toMatchObject({ code: "principal-unknown" });
});

describe("an embedded cloud", () => {
  const endpoint = "http://127.0.0.1:4566";
  const named = (name: string) => answering(() => `<Arn>arn:aws:iam::123456789012:user/${name}</Arn>`, { endpoint });

  test("names the requester to its own control plane, with the operating system's user who issued the name", async () => {
    expect(await principal(named("ben").client, true)).toBe(`embedded:${userInfo().username}/ben`);
  });

  test("with the key of plain `local env`, the requester is the operating system's user", async () => {
    expect(await principal(named("shipshapelocal").client, true)).toBe(userInfo().username);
  });

  test("names nobody to another control plane, and is not even asked", async () => {
    const { client, hostnames } = named("ben");
    expect(await principal(client, false)).toBe(userInfo().username);
    expect(hostnames).toEqual([]);
  });

  test.each(["http://203.0.113.7:4566", "https://127.0.0.1:4566", "http://127.0.0.1.example.org"])(
    "is on this machine: %s names nobody",
    async (elsewhere) => {
      const { client, hostnames } = answering(() => `<Arn>arn:aws:iam::123456789012:user/ben</Arn>`, {
        endpoint: elsewhere,
      });
      expect(await principal(client, true)).toBe(userInfo().username);
      expect(hostnames).toEqual([]);
    },
  );

  test("cannot pass off a name as an ARN of AWS, or as another operating system's user", async () => {
    for (const identity of [arn, "arn:aws:iam::123456789012:user/x/ben", "arn:aws:iam::123456789012:root", "root"])
      await expect(
        principal(answering(() => `<Arn>${identity}</Arn>`, { endpoint }).client, true),
      ).rejects.toMatchObject({ code: "principal-unknown" });
  });

  test("that refuses the key is an error, not another name", async () => {
    const refuse = () => {
      throw Object.assign(new Error("not a key of this embedded cloud"), { name: "InvalidClientTokenId" });
    };
    await expect(principal(answering(refuse, { endpoint }).client, true)).rejects.toMatchObject({
      code: "principal-unknown",
    });
  });
});

test("the name of AWS's own STS is never taken for one of an embedded cloud", async () => {
  const { client } = answering(() => "<Arn>arn:aws:iam::123456789012:user/ben</Arn>");
  expect(await principal(client, true)).toBe("arn:aws:iam::123456789012:user/ben");
});
