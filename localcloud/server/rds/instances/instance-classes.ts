/** The hardware of an instance class: RDS User Guide, "Hardware specifications for DB instance classes". */
export interface InstanceClass {
  name: string;
  vcpus: number;
  memoryGiB: number;
}

/** Burstable classes follow no rule; the others have 4 (m) or 8 (r) GiB for each vCPU. */
const burstable: Record<string, [vcpus: number, memoryGiB: number]> = {
  micro: [2, 1],
  small: [2, 2],
  medium: [2, 4],
  large: [2, 8],
  xlarge: [4, 16],
  "2xlarge": [8, 32],
};

const vcpusOfSize: Record<string, number> = {
  large: 2,
  xlarge: 4,
  "2xlarge": 8,
  "4xlarge": 16,
  "8xlarge": 32,
  "12xlarge": 48,
  "16xlarge": 64,
  "24xlarge": 96,
};

const families: Record<string, number> = {
  m5: 4,
  m6g: 4,
  m6gd: 4,
  m6i: 4,
  m7g: 4,
  m7i: 4,
  m8g: 4,
  r5: 8,
  r6g: 8,
  r6gd: 8,
  r6i: 8,
  r7g: 8,
  r7i: 8,
  r8g: 8,
};

export const instanceClasses: readonly InstanceClass[] = [
  ...["t3", "t4g"].flatMap((family) =>
    Object.entries(burstable).map(([size, [vcpus, memoryGiB]]) => ({ name: `db.${family}.${size}`, vcpus, memoryGiB })),
  ),
  ...Object.entries(families).flatMap(([family, giBPerVcpu]) =>
    Object.entries(vcpusOfSize).map(([size, vcpus]) => ({
      name: `db.${family}.${size}`,
      vcpus,
      memoryGiB: vcpus * giBPerVcpu,
    })),
  ),
];

export function findInstanceClass(name: string): InstanceClass | undefined {
  return instanceClasses.find((candidate) => candidate.name === name);
}

/** `max_connections` as RDS derives it from the class, `LEAST({DBInstanceClassMemory/9531392},5000)`. */
export function maxConnectionsOf(instanceClass: InstanceClass): number {
  return Math.min(Math.floor((instanceClass.memoryGiB * 1024 ** 3) / 9_531_392), 5_000);
}
