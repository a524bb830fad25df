/**
 * What the name of an instance class says (RDS User Guide, "Hardware specifications for DB instance classes"); undefined
 * for families whose memory it does not tell.
 */
export function classFacts(
  instanceClass: string,
): { vcpus: number; memoryGib: number; burstableCpu: boolean } | undefined {
  const [, family = "", size = ""] = /^db\.([a-z]+)\d[a-z]*\.([a-z0-9]+)$/.exec(instanceClass) ?? [];
  const burstable = family === "t" ? burstableMemoryGib[size] : undefined;
  if (burstable !== undefined) return { vcpus: Math.max(2, burstable / 4), memoryGib: burstable, burstableCpu: true };
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  const vcpus = size === "large" ? 2 : times === undefined ? undefined : 4 * Number(times || 1);
  const gibPerVcpu = { m: 4, r: 8 }[family];
  if (vcpus === undefined || gibPerVcpu === undefined) return undefined;
  return { vcpus, memoryGib: vcpus * gibPerVcpu, burstableCpu: false };
}

const burstableMemoryGib: Record<string, number> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  "2xlarge": 32,
};
