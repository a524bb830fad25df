const keptLines = 12;

/** Reads what `go build -v` writes: modules as they are downloaded, packages as they are compiled, and complaints. */
export class EngineBuildLog {
  private readonly start = Date.now();
  private readonly complaints: string[] = [];
  private modules = 0;
  private packages = 0;

  add(line: string): void {
    if (line.startsWith("go: downloading ")) this.modules++;
    else if (/^[\w.~/-]+$/.test(line)) this.packages++;
    else if (line.trim() !== "") this.complaints.push(line.trim());
    if (this.complaints.length > keptLines) this.complaints.shift();
  }

  news(): string {
    const seconds = Math.round((Date.now() - this.start) / 1000);
    return `building the Pulumi engine: ${seconds} s, ${this.modules} modules downloaded, ${this.packages} packages compiled`;
  }

  complaint(): string {
    return this.complaints.join("\n     ") || "it said nothing";
  }
}
