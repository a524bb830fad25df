/** How a request says which databases of the fleet it is about, for those that have several. */
import { z } from "zod";

export const filterField = (description: string, placeholder: string) =>
  z.string().min(1, "give a text").max(255).optional().meta({ description, placeholder });

/** The fields of a request, besides `fleet`, for the whole of it: a database has all of those that are given. */
export const scopeFields = {
  owner: filterField("instead, the databases of this owner", "team"),
  tier: filterField("instead, those of this tier; a database without one counts as of the strictest", "name"),
  environment: filterField("instead, those of this environment, likewise", "name"),
  service: filterField("instead, those of this service", "name"),
};
export const scopeFilters = ["owner", "tier", "environment", "service"] as const;
