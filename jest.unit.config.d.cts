declare const config: { testPathIgnorePatterns: string[] };
export = config;
