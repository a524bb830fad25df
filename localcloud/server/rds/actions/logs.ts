import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LogFile, PostgresServer } from "../../../postgres/postgres-server";
import { action, type Action, type Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { limits } from "../../limits";
import { filtered, page } from "../../wire/paging";
import { integer, paging, text } from "../../wire/query-input";

const named = { DBInstanceIdentifier: text };

export const logActions: Action[] = [
  action({
    name: "DescribeDBLogFiles",
    input: z.strictObject({
      ...paging,
      ...named,
      FilenameContains: text.optional(),
      FileLastWritten: integer.optional(),
      FileSize: integer.optional(),
    }),
    async run(input, call) {
      const files = await serverOf(input.DBInstanceIdentifier, call).logFiles();
      const isRequested = (file: LogFile) =>
        file.name.includes(input.FilenameContains ?? "") &&
        file.lastWritten.getTime() >= (input.FileLastWritten ?? 0) &&
        file.size >= (input.FileSize ?? 0);
      const { entries, ...rest } = page(
        filtered(files.filter(isRequested), input.Filters, {}),
        input,
        (file) => file.name,
      );
      return {
        ...rest,
        DescribeDBLogFiles: entries.map((file) => ({
          LogFileName: file.name,
          LastWritten: Math.floor(file.lastWritten.getTime()),
          Size: file.size,
        })),
      };
    },
  }),
  action({
    name: "DownloadDBLogFilePortion",
    input: z.strictObject({ ...named, LogFileName: text, Marker: text.optional(), NumberOfLines: integer.optional() }),
    async run(input, call) {
      const server = serverOf(input.DBInstanceIdentifier, call);
      // Only names from the list are accepted, so that none can leave the folder.
      const file = (await server.logFiles()).find((candidate) => candidate.name === input.LogFileName);
      if (!file)
        throw new AwsError(
          "DBLogFileNotFoundFault",
          `DBLog File: ${input.LogFileName}, is not found on the DB instance ${input.DBInstanceIdentifier}`,
        );
      return portion(join(server.logFolder, file.name), file.size, input);
    },
  }),
];

function serverOf(identifier: string, { cloud, region }: Call): PostgresServer {
  const instance = cloud.instances.get(region, identifier);
  const server = cloud.instances.servers.get(instance.resourceId);
  if (!server)
    throw new AwsError(
      "DBInstanceNotReady",
      `DB instance ${instance.shape.DBInstanceIdentifier} is ${instance.status} and has no logs yet`,
    );
  return server;
}

/**
 * A marker is the byte to continue from; "0" is the beginning. With neither a marker nor a number of lines, the newest
 * lines are returned, as on RDS, and the returned marker is the end of the file: the next call with it returns what was
 * added since.
 */
async function portion(
  path: string,
  size: number,
  request: { Marker?: string | undefined; NumberOfLines?: number | undefined },
): Promise<object> {
  const lines = Math.min(request.NumberOfLines ?? limits.logPortionLines, limits.logPortionLines);
  if (lines < 1)
    throw new AwsError(
      "InvalidParameterValue",
      `invalid NumberOfLines: ${lines}; it must be from 1 to ${limits.logPortionLines}`,
    );
  if (request.Marker !== undefined && !/^\d{1,15}$/.test(request.Marker))
    throw new AwsError(
      "InvalidParameterValue",
      `the request parameter 'Marker' is not valid: '${request.Marker.slice(0, 100)}'`,
    );
  const from =
    request.Marker === undefined ? Math.max(0, size - limits.logPortionBytes) : Math.min(Number(request.Marker), size);
  const bytes = await read(path, from, Math.min(size - from, limits.logPortionBytes));
  const data = request.Marker === undefined ? lastLines(bytes, lines, from > 0) : firstLines(bytes, lines);
  const end = request.Marker === undefined ? size : from + data.length;
  return { LogFileData: data.toString("utf8"), Marker: String(end), AdditionalDataPending: end < size };
}

async function read(path: string, from: number, length: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const newline = 0x0a;

function firstLines(bytes: Buffer, count: number): Buffer {
  let end = 0;
  for (let line = 0; line < count; line += 1) {
    const next = bytes.indexOf(newline, end);
    // The last line may be incomplete, in the file or in this portion: it comes with the next portion, unless it is the
    // only one.
    if (next < 0) return end === 0 ? bytes : bytes.subarray(0, end);
    end = next + 1;
  }
  return bytes.subarray(0, end);
}

function lastLines(bytes: Buffer, count: number, startsInLine: boolean): Buffer {
  let start = bytes.length;
  for (let line = 0; line < count; line += 1) {
    const previous = start < 2 ? -1 : bytes.lastIndexOf(newline, start - 2);
    if (previous < 0) return startsInLine ? bytes.subarray(start) : bytes;
    start = previous + 1;
  }
  return bytes.subarray(start);
}
