import * as ec2 from "@pulumi/aws/ec2";
import * as kms from "@pulumi/aws/kms";
import { Provider } from "@pulumi/aws/provider";
import * as rds from "@pulumi/aws/rds";
import * as s3 from "@pulumi/aws/s3";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc";
import { createPluginStack, type PluginStack } from "../plugin-stack";

let stack: PluginStack;

/** Nothing listens there: a preview has to work without the cloud. */
const environment = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIANOBODYLISTENS000",
  AWS_SECRET_ACCESS_KEY: "no cloud uses it",
};

beforeAll(async () => {
  stack = await createPluginStack("aws-refused");
  Object.assign(stack.stack.workspace.envVars, environment);
});

afterAll(() => stack?.remove());

async function judgedByGuardrails() {
  const cluster = new rds.Cluster("cluster", {
    engine: "aurora-postgresql",
    masterUsername: "owner",
    masterPassword: "secret-1",
    storageEncrypted: true,
    tags: { owner: "team" },
  });
  new rds.ClusterInstance("cluster-instance", {
    clusterIdentifier: cluster.id,
    engine: "aurora-postgresql",
    instanceClass: "db.r7g.large",
  });
  new rds.SnapshotCopy("copy", { sourceDbSnapshotIdentifier: "here", targetDbSnapshotIdentifier: "there" });
  new rds.ClusterSnapshot("cluster-snapshot", {
    dbClusterIdentifier: cluster.id,
    dbClusterSnapshotIdentifier: "one",
    sharedAccounts: ["all"],
  });
  const vpc = new ec2.Vpc("vpc", { cidrBlock: "10.1.0.0/16" });
  const gateway = new ec2.InternetGateway("gateway", { vpcId: vpc.id });
  const table = new ec2.RouteTable("table", {
    vpcId: vpc.id,
    routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
  });
  new ec2.Route("route", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id });
  new ec2.SecurityGroupRule("rule", {
    securityGroupId: "sg-1",
    type: "ingress",
    protocol: "tcp",
    fromPort: 5432,
    toPort: 5432,
    cidrBlocks: ["0.0.0.0/0"],
  });
  new SecurityGroupIngressRule("ingress", {
    securityGroupId: "sg-1",
    ipProtocol: "tcp",
    fromPort: 5432,
    toPort: 5432,
    cidrIpv4: "0.0.0.0/0",
  });
}

test("a preview accepts types that only guardrails judge, without a cloud", async () => {
  const { failed, changes } = await stack.preview(judgedByGuardrails);
  expect(failed).toBe(false);
  const resources = Object.entries(changes).filter(([name]) => !name.startsWith("default_"));
  expect(resources.map(([, operation]) => operation)).toEqual(Array(10).fill("create"));
});

test("creating such a resource fails, with an error that it has no counterpart here", async () => {
  const { failed, diagnostics } = await stack.up(
    async () =>
      void new rds.SnapshotCopy("copy", {
        sourceDbSnapshotIdentifier: "here",
        targetDbSnapshotIdentifier: "there",
      }),
  );
  expect(failed).toBe(true);
  expect(diagnostics).toContain("aws:rds/snapshotCopy:SnapshotCopy has no embedded counterpart");
});

test("an unknown type fails in a preview, with the list of known ones", async () => {
  const { failed, diagnostics } = await stack.preview(async () => void new s3.Bucket("bucket"));
  expect(failed).toBe(true);
  expect(diagnostics).toContain("aws:s3/bucket:Bucket is not part of the embedded aws provider");
  expect(diagnostics).toContain("aws:rds/instance:Instance");
});

test("default tags and the Region are in the inputs of the types that accept them", async () => {
  const { outputs } = await stack.preview(async () => {
    const provider = new Provider("tagging", {
      region: "eu-west-1",
      defaultTags: { tags: { team: "payments", tier: "gold" } },
    });
    new kms.Key("key", { tags: { tier: "silver" } }, { provider });
  });
  expect(outputs.key).toMatchObject({
    region: "eu-west-1",
    tags: { tier: "silver" },
    tagsAll: { team: "payments", tier: "silver" },
  });
});

test.each([
  ["a recorded resource", async () => void new kms.Key("key")],
  ["one with an API", async () => void new secretsmanager.Secret("secret")],
])("without a cloud, creating %s fails with a hint", async (_, program) => {
  const { failed, diagnostics } = await stack.up(program);
  expect(failed).toBe(true);
  expect(diagnostics).toContain(
    "the embedded cloud does not answer at http://127.0.0.1:9; is it running (npx shipshape local status)?",
  );
});
