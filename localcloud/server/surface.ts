import type { Surface } from "./http";

/** Everything the server answers, in one place: a service or a route is here or nowhere. */
export const surface: Surface = {
  services: [],
  routes: [],
  answered() {},
};
