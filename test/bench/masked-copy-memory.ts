/** `tsx masked-copy-memory.ts <file>` copies as the file says, in a process of its own; prints its most memory in MB. */
import { readFileSync } from "node:fs";
import { copyTables, type CopyRequest } from "../../automation/targets/masked-copy/copy-tables";

async function main(file: string): Promise<void> {
  const request = JSON.parse(readFileSync(file, "utf8")) as CopyRequest & { masks: { secret: string } };
  await copyTables({ ...request, masks: { ...request.masks, secret: Buffer.from(request.masks.secret, "hex") } });
  process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
}

void main(process.argv[2] ?? "");
