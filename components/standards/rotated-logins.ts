/** Pure: by which login a role is used, by how often its password was rotated. */

/** How often the password of a role has been rotated, as config `shipshape:rotation` says. */
export interface RoleRotation {
  /** 0: the role logs in itself, as in a new database. Then `_a` and `_b` by turns. */
  generation: number;
  /** The logins of this generation and those before it may not log in. @default only those before the last one */
  locked?: number | undefined;
}

/** A role that others log in as. */
export interface RotatedLogin {
  username: string;
  side: "a" | "b";
  /** How often its password was made. */
  passwords: number;
  mayLogIn: boolean;
}

/** Of one role: whether it still logs in itself, and the logins it has, the one in use first. */
export interface RoleLogins {
  roleMayLogIn: boolean;
  logins: RotatedLogin[];
}

/** The first rotation makes `_a`, the second `_b`; each later one gives the one not in use another password. */
export function loginsOf(role: string, { generation, locked = -1 }: RoleRotation): RoleLogins {
  const mayLogIn = (of: number) => of === generation || (of === generation - 1 && of > locked);
  const login = (of: number): RotatedLogin => {
    const side = of % 2 === 1 ? "a" : "b";
    return { username: `${role}_${side}`, side, passwords: Math.ceil(of / 2), mayLogIn: mayLogIn(of) };
  };
  return {
    roleMayLogIn: mayLogIn(0),
    logins: [generation, generation - 1].filter((of) => of > 0).map(login),
  };
}

/** What a role is used by at a generation. */
export const usernameAt = (role: string, generation: number): string =>
  loginsOf(role, { generation }).logins[0]?.username ?? role;

/** Whether the login before the one in use may still log in. */
export const isInGrace = ({ generation, locked = -1 }: RoleRotation): boolean =>
  generation > 0 && locked < generation - 1;
