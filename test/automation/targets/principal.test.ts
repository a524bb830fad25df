import { userInfo } from "node:os";
import { STSClient } from "@aws-sdk/client-sts";
import { operatingSystemUser, principal } from "../../../automation/targets/principal";

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
