/**
 * An S3 bucket as the place where the evidence log is published. Untried on AWS: what it sends is tested against the
 * model of the service. Objects are only ever created; where the bucket has Object Lock with a default retention, S3
 * locks each of them as it is created.
 */
import {
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type GetObjectCommandInput,
  type ListObjectsV2CommandInput,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { reasonOf, ShipshapeError } from "../errors";
import { printable } from "../printable";
import type { PublicationTarget } from "../publication-records";
import { explaining, type AwsAccess } from "./aws-access";
import { bucketAnswerSeconds, bucketListSeconds } from "./limits";

/** Errors: evidence-publication-unusable for a place that is not `s3://<bucket>/<prefix>`. */
export function publishedBucket(place: string, access: AwsAccess = {}): PublicationTarget {
  const [, bucket, prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/-]{0,200}))?$/.exec(place) ?? [];
  const unusable = (reason: string, cause?: unknown) =>
    new ShipshapeError(
      "evidence-publication-unusable",
      { target: printable(place), reason: printable(reason) },
      { cause },
    );
  if (bucket === undefined) throw unusable("it is not s3://<bucket>/<prefix>");
  const folder = prefix === "" ? "" : `${prefix.replace(/\/+$/, "")}/`;
  const client = explaining(new S3Client({ ...access.cloud, ...(access.cloud && { forcePathStyle: true }) }), access);
  const answered = (seconds: number) => ({ abortSignal: AbortSignal.timeout(seconds * 1000) });
  const usable = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw unusable(reasonOf(error), error);
    });
  return {
    name: place,
    names: (kind) =>
      usable(async () => {
        const input = listing(bucket, `${folder}${kind}/`);
        const names: string[] = [];
        for await (const page of paginateListObjectsV2({ client }, input, answered(bucketListSeconds)))
          for (const { Key = "" } of page.Contents ?? []) names.push(Key.slice(input.Prefix.length));
        return names.sort();
      }),
    read: (kind, name) =>
      usable(async () => {
        const command = new GetObjectCommand(reading(bucket, `${folder}${kind}/${name}`));
        const { Body } = await client.send(command, answered(bucketAnswerSeconds));
        if (!Body) throw new Error(`${name} has no content`);
        return Buffer.from(await Body.transformToByteArray());
      }),
    create: (kind, name, bytes) =>
      usable(async () => {
        try {
          const command = new PutObjectCommand(creation(bucket, `${folder}${kind}/${name}`, bytes));
          await client.send(command, answered(bucketAnswerSeconds));
          return true;
        } catch (error) {
          if ((error as Error).name === "PreconditionFailed") return false; // it exists
          throw error;
        }
      }),
  };
}

export const listing = (bucket: string, prefix: string) =>
  ({ Bucket: bucket, Prefix: prefix }) satisfies ListObjectsV2CommandInput;

export const reading = (bucket: string, key: string) => ({ Bucket: bucket, Key: key }) satisfies GetObjectCommandInput;

/** Only if there is none of that name. The client adds a checksum, which buckets with Object Lock demand. */
export const creation = (bucket: string, key: string, bytes: Buffer) =>
  ({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    IfNoneMatch: "*",
    ContentType: key.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8",
  }) satisfies PutObjectCommandInput;
