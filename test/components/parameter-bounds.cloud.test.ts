import { allowedParameters, standardParameters } from "../../components/parameters";
import { postgresMajors } from "../../components/standards";
import { checkParameter, parameterDefinitions } from "../../localcloud/postgres/parameters";

/**
 * What a team may set, RDS takes: at both ends of the bounds, in whole numbers or fractions, and by the same way of
 * applying it.
 */
test.each(postgresMajors.map(String))(
  "every parameter of the standard, and every value a team may give, is taken by PostgreSQL %s",
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
