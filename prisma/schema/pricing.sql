-- Pricing: a promotion is never used less than not at all, and a use is counted or given back.
ALTER TABLE "promotion_counter"
  ADD CONSTRAINT "promotion_counter_uses" CHECK ("uses" >= 0 AND "spent" >= 0);
ALTER TABLE "promotion_use"
  ADD CONSTRAINT "promotion_use_state" CHECK ("state" IN ('counted', 'givenBack')),
  ADD CONSTRAINT "promotion_use_amount" CHECK ("amount" >= 0);
