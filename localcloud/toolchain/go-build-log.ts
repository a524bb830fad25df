const keptLines = 12;

/** Reads what `go build -v` writes: modules as they are downloaded, packages as they are compiled, and errors. */
export class GoBuildLog {
  private readonly start = Date.now();
  private readonly errors: string[] = [];
  private modules = 0;
  private packages = 0;

  add(line: string): void {
    if (line.startsWith("go: downloading ")) this.modules++;
    else if (/^[\w.~/-]+$/.test(line)) this.packages++;
    else if (line.trim() !== "") this.errors.push(line.trim());
    if (this.errors.length > keptLines) this.errors.shift();
  }

  progressLine(): string {
    const seconds = Math.round((Date.now() - this.start) / 1000);
    return `building with Go: ${seconds} s, ${this.modules} modules downloaded, ${this.packages} packages compiled`;
  }

  errorText(): string {
    return this.errors.join("\n     ") || "it printed nothing";
  }
}
