import { checkResource } from "../../../../localcloud/plugins/adapter/check";
import { diffResource } from "../../../../localcloud/plugins/adapter/diff";
import { checkSettings } from "../../../../localcloud/plugins/adapter/provider-settings";
import { UNKNOWN } from "../../../../localcloud/plugins/adapter/wire";
import { checkProviderSettings, configureProvider } from "../../../../localcloud/plugins/aws/configuration";
import { prepareInputs, provider } from "../../../../localcloud/plugins/aws/provider";
import { recordedTypes } from "../../../../localcloud/plugins/aws/recorded";
import { liveTags, tagChanges } from "../../../../localcloud/plugins/aws/tags";
import { supportedTypes } from "../../../../localcloud/server/recorded/supported-types";

const config = configureProvider(
  { region: "eu-west-1", defaultTags: { tags: { team: "payments" } } },
  { endpoint: "http://127.0.0.1:9/", accessKey: "K", secretKey: "s" },
);
const type = (token: string) => provider.resources[token]!;
const naming = { logicalName: "thing", randomSeed: Buffer.from("seed") };

test("every recorded type has a schema here and a row in the cloud", () => {
  expect(Object.keys(recordedTypes).sort()).toEqual([...supportedTypes.keys()].sort());
});

describe("settings", () => {
  test("those without effect are refused by name", () => {
    expect(
      checkSettings(provider, { region: "eu-west-1", httpsProxy: "http://proxy", useFipsEndpoint: "true" }).map(
        ({ property }) => property,
      ),
    ).toEqual(["httpsProxy", "useFipsEndpoint"]);
  });

  test("another account than that of the key, or of the role, is refused", () => {
    const problems = (settings: object, accessKey: string) =>
      checkProviderSettings(settings, { accessKey }).map(({ property }) => property);
    const [own, other] = ["AKIASHIPSHAPELOCAL00", "AKIA210987654321SHIPSHAPELOCAL00"];
    const only = (account: string, more: object = {}) => ({ allowedAccountIds: [account], ...more });
    const assumeRoles = [{ roleArn: "arn:aws:iam::210987654321:role/deployer" }];
    expect(problems(only("123456789012"), own)).toEqual([]);
    expect(problems(only("123456789012"), other)).toEqual(["allowedAccountIds"]);
    expect(problems(only("210987654321"), other)).toEqual([]);
    expect(problems(only("210987654321", { assumeRoles }), own)).toEqual([]);
    expect(problems({ forbiddenAccountIds: ["210987654321"], assumeRoles }, own)).toEqual(["forbiddenAccountIds"]);
    expect(problems({ assumeRoles: [{ ...assumeRoles[0], duration: "soon" }] }, own)).toEqual(["assumeRoles"]);
  });

  test("without an address of the cloud, the error says how to get one", () => {
    expect(() => configureProvider({}, {})).toThrow(/AWS_ENDPOINT_URL.*shipshape local/);
    expect(() => configureProvider({}, { endpoint: "http://127.0.0.1:9", accessKey: "K" })).toThrow(
      /AWS_SECRET_ACCESS_KEY.*shipshape local env/,
    );
  });

  test("an explicit endpoint and Region win over the environment", () => {
    const { endpoint, region } = configureProvider(
      { region: "us-east-1", endpoints: [{ rds: "http://127.0.0.1:2" }] },
      { endpoint: "http://127.0.0.1:1", region: "eu-west-1", accessKey: "K", secretKey: "s" },
    );
    expect({ endpoint, region }).toEqual({ endpoint: "http://127.0.0.1:2", region: "us-east-1" });
  });

  test("a session token goes with the keys it belongs to", async () => {
    const environment = {
      endpoint: "http://127.0.0.1:1",
      accessKey: "ASIA1",
      secretKey: "s",
      sessionToken: "of-the-environment",
    };
    const tokenOf = async (settings: object) =>
      (await configureProvider(settings, environment).rds("eu-west-1").config.credentials()).sessionToken;
    expect(await tokenOf({})).toBe("of-the-environment");
    expect(await tokenOf({ accessKey: "AKIA2", secretKey: "t" })).toBeUndefined();
    expect(await tokenOf({ accessKey: "ASIA3", secretKey: "u", token: "of-the-program" })).toBe("of-the-program");
  });
});

describe("tags", () => {
  test("default ones are added, and overridden by the resource's own", () => {
    const key = type("aws:kms/key:Key");
    expect(prepareInputs({ tags: { team: "search", owner: "a" } }, key, config)).toMatchObject({
      region: "eu-west-1",
      tagsAll: { team: "search", owner: "a" },
    });
    expect(prepareInputs({}, key, config).tagsAll).toEqual({ team: "payments" });
    expect(prepareInputs({ tags: { owner: UNKNOWN } }, key, config).tagsAll).toBe(UNKNOWN);
  });

  test("default ones that the program does not repeat are not a difference after a read", () => {
    expect(liveTags({ team: "payments", owner: "a" }, { tags: { owner: "a" } }, config)).toEqual({
      tags: { owner: "a" },
      tagsAll: { team: "payments", owner: "a" },
    });
    expect(liveTags({ team: "payments" }, { tags: { team: "payments" } }, config).tags).toEqual({ team: "payments" });
  });

  test("the last one can be removed", () => {
    expect(tagChanges({ tagsAll: { team: "payments", owner: "a" } }, {}, config)).toEqual({
      remove: ["owner"],
      set: {},
    });
  });

  test("only the tag that was changed outside Pulumi differs", () => {
    const state = { isEnabled: true, keyUsage: "ENCRYPT_DECRYPT", customerMasterKeySpec: "SYMMETRIC_DEFAULT" };
    const { detailed } = diffResource(
      type("aws:kms/key:Key"),
      { ...state, tags: { owner: "b", "cost-center": "1" } },
      { ...state, tags: { owner: "a", "cost-center": "1" } },
      [],
    );
    expect(detailed).toEqual({ "tags.owner": "UPDATE" });
  });
});

describe("not a difference", () => {
  const differences = (token: string, old: object, wanted: object) =>
    Object.keys(diffResource(type(token), old, wanted, []).detailed);

  test("the order and spaces of a policy", () => {
    expect(
      differences(
        "aws:iam/policy:Policy",
        { path: "/", policy: '{"Version":"1","Statement":[]}' },
        { policy: '{ "Statement": [], "Version": "1" }' },
      ),
    ).toEqual([]);
  });

  test("a parameter's apply method alone, and the order of parameters", () => {
    const old = {
      family: "postgres17",
      description: "Managed by Pulumi",
      parameters: [
        { name: "a", value: "1", applyMethod: "immediate" },
        { name: "b", value: "1", applyMethod: "pending-reboot" },
      ],
    };
    const wanted = {
      ...old,
      parameters: [
        { name: "b", value: "1", applyMethod: "immediate" },
        { name: "a", value: "1" },
      ],
    };
    expect(differences("aws:rds/parameterGroup:ParameterGroup", old, wanted)).toEqual([]);
    expect(
      differences("aws:rds/parameterGroup:ParameterGroup", old, {
        ...old,
        parameters: [{ name: "a", value: "2" }, wanted.parameters[0]],
      }),
    ).not.toEqual([]);
  });

  test("a key by its ARN or its id", () => {
    expect(
      differences(
        "aws:kms/alias:Alias",
        { name: "alias/a", targetKeyId: "123" },
        { name: "alias/a", targetKeyId: "arn:aws:kms:eu-central-1:123456789012:key/123" },
      ),
    ).toEqual([]);
  });
});

test("a rule opened by hand is a difference, even if the program gives an empty list", () => {
  const old = {
    name: "db",
    description: "x",
    ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }],
    egress: [],
  };
  expect(
    diffResource(
      type("aws:ec2/securityGroup:SecurityGroup"),
      old,
      { name: "db", description: "x", ingress: [], egress: [] },
      [],
    ).detailed,
  ).toEqual({
    ingress: "DELETE",
  });
});

test("a policy written as an object becomes the JSON text that AWS expects", () => {
  const { inputs, failures } = checkResource(
    type("aws:iam/role:Role"),
    {},
    { assumeRolePolicy: { Version: "2012-10-17", Statement: [] } },
    naming,
  );
  expect({ policy: inputs.assumeRolePolicy, failures }).toEqual({
    policy: '{"Version":"2012-10-17","Statement":[]}',
    failures: [],
  });
});

test("names are generated in the form AWS accepts", () => {
  const name = (token: string, inputs: object) =>
    checkResource(type(token), {}, inputs, { ...naming, logicalName: "Orders" }).inputs.name;
  expect(name("aws:rds/parameterGroup:ParameterGroup", { family: "postgres17" })).toMatch(/^orders-[0-9a-f]{7}$/);
  expect(name("aws:kms/alias:Alias", { targetKeyId: "1" })).toMatch(/^alias\/Orders-[0-9a-f]{7}$/);
  expect(name("aws:sns/topic:Topic", { namePrefix: "orders-" })).toBeUndefined();
});
