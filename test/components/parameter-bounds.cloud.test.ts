import { allowedParameters, standardParameters } from "../../components/standards/parameters";
import { postgresMajors } from "../../components/standards/fixed";
import { checkParameter, parameterDefinitions } from "../../localcloud/postgres/parameters";

/**
 * RDS accepts what teams may set: both bounds, integers or fractions, and with the same apply method.
 */
test.each(postgresMajors.map(String))(
  "PostgreSQL %s accepts every parameter of the standard and every value that a team may set",
  async (major) => {
    const definitions = new Map((await parameterDefinitions(major)).map((definition) => [definition.name, definition]));
    for (const [name, { min, max, whole, applyMethod }] of Object.entries(allowedParameters)) {
      const { dataType, applyType } = definitions.get(name)!;
      expect([name, whole, applyMethod]).toEqual([
        name,
        dataType !== "float",
        applyType === "static" ? "pending-reboot" : "immediate",
      ]);
      for (const value of [min, max, ...(whole ? [] : [(min + max) / 2])])
        expect([name, value, await checkParameter(major, name, String(value))]).toEqual([name, value, undefined]);
    }
    for (const { name, value } of standardParameters)
      expect([name, await checkParameter(major, name, value)]).toEqual([name, undefined]);
  },
);
