import { builtIn as standard } from "../../../components/standards/built-in";
import { standardTags, throwawayTags } from "../../../automation/operations/throwaway-tags";

const ofDatabase = {
  ...{ owner: "team-orders", "data-classification": "confidential", "shipshape:stack": "shop/prod" },
  "aws:cloudformation:stack-name": "imported",
};

test("what is made of a database has its owner and classification, and no tag that AWS reserves or another stack has", () => {
  const kept = { owner: "team-orders", "data-classification": "confidential" };
  expect(standardTags(ofDatabase, standard)).toEqual(kept);
  const more = { "shipshape:run": "1", "shipshape:purpose": "restore-drill", "shipshape:expires-on": "2026-11-29" };
  const asked = { requestId: "1", purpose: "restore-drill", expiresAt: "2026-11-29" };
  expect(throwawayTags(ofDatabase, asked, standard)).toEqual({ ...kept, ...more });
});
