/** Pure: when the window of a train is open. */
import { maintenanceWindowOf, secondsSinceOpened, weekSeconds } from "../../../components/standards/windows";
import { windowLeftSecondsMin } from "./limits";

/**
 * Seconds until a patch may begin: 0 while enough of the window is left, or half of it. A window that cannot be read
 * never opens.
 */
export function secondsUntilOpen(window: string | null, now: Date, leftSecondsMin = windowLeftSecondsMin): number {
  if (window === null) return 0;
  const found = maintenanceWindowOf(window);
  if (!found) return weekSeconds;
  const since = secondsSinceOpened(found, now);
  const isOpen = since < found.length * 60 - Math.min(leftSecondsMin, (found.length * 60) / 2);
  return isOpen ? 0 : weekSeconds - since;
}
