-- Billing: what the books may never say, whoever writes to them.
ALTER TABLE "billing_account_state"
  ADD CONSTRAINT "billing_account_state_cycle_day" CHECK ("cycle_day" BETWEEN 1 AND 31),
  ADD CONSTRAINT "billing_account_state_cycle_months" CHECK ("cycle_months" BETWEEN 1 AND 12),
  ADD CONSTRAINT "billing_account_state_cycle_order" CHECK ("next_cycle_date" > "last_cycle_date"),
  ADD CONSTRAINT "billing_account_state_credit" CHECK ("credit_balance" >= 0);

ALTER TABLE "billing_price"
  ADD CONSTRAINT "billing_price_kind" CHECK ("kind" IN ('oneTime', 'recurring')),
  ADD CONSTRAINT "billing_price_timing" CHECK ("timing" IN ('advance', 'arrears')),
  ADD CONSTRAINT "billing_price_period" CHECK ("period_unit" IN ('month', 'day') AND "period_count" > 0),
  ADD CONSTRAINT "billing_price_amount" CHECK ("quantity" > 0),
  ADD CONSTRAINT "billing_price_span" CHECK ("ended_at" IS NULL OR "ended_at" >= "started_at");
-- A product has each of its prices once at a time.
CREATE UNIQUE INDEX "billing_price_running" ON "billing_price" ("brand", "product_id", "price_key") WHERE "ended_at" IS NULL;

ALTER TABLE "bill"
  ADD CONSTRAINT "bill_not_negative" CHECK ("amount_due" >= 0 AND "credit_applied" >= 0 AND "credit_created" >= 0 AND "credit_balance_after" >= 0),
  ADD CONSTRAINT "bill_sum" CHECK ("tax_excluded" + "tax_amount" = "tax_included" AND "tax_included" - "credit_applied" + "credit_created" = "amount_due");
ALTER TABLE "bill_line"
  ADD CONSTRAINT "bill_line_bill" FOREIGN KEY ("brand", "bill_id") REFERENCES "bill" ("brand", "id"),
  ADD CONSTRAINT "bill_line_kind" CHECK ("kind" IN ('oneTime', 'recurring', 'discount', 'repair')),
  ADD CONSTRAINT "bill_line_sum" CHECK ("tax_excluded" + "tax_amount" = "tax_included");
-- What an account has on the books beyond a date is looked up by price.
CREATE INDEX "bill_line_charge" ON "bill_line" ("brand", "price_id", "charge_start");

ALTER TABLE "bill_run"
  ADD CONSTRAINT "bill_run_state" CHECK ("state" IN ('drafting', 'issuing', 'done'));
ALTER TABLE "bill_run_account"
  ADD CONSTRAINT "bill_run_account_run" FOREIGN KEY ("brand", "run_id") REFERENCES "bill_run" ("brand", "id"),
  ADD CONSTRAINT "bill_run_account_state" CHECK ("state" IN ('planned', 'drafted', 'done', 'failed'));
CREATE UNIQUE INDEX "bill_run_account_number" ON "bill_run_account" ("brand", "number") WHERE "number" IS NOT NULL;

ALTER TABLE "ledger_entry"
  ADD CONSTRAINT "ledger_entry_transaction" FOREIGN KEY ("brand", "transaction_id") REFERENCES "ledger_transaction" ("brand", "id"),
  ADD CONSTRAINT "ledger_entry_amount" CHECK ("amount" <> 0);

CREATE FUNCTION "ledger_balances"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM "ledger_entry"
    WHERE "brand" = NEW."brand" AND "transaction_id" = NEW."transaction_id"
    GROUP BY "currency" HAVING sum("amount") <> 0
  ) THEN
    RAISE EXCEPTION 'ledger transaction % of % does not sum to zero', NEW."transaction_id", NEW."brand" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "ledger_entry_balances" AFTER INSERT ON "ledger_entry"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_balances"();

CREATE FUNCTION "billing_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Whose bill it was goes when law no longer wants it known; only the job that sees to that says so. What the books say stays.
  IF TG_TABLE_NAME = 'bill' AND TG_OP = 'UPDATE' AND current_setting('tandem.retention', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "ledger_entry_append_only" BEFORE UPDATE OR DELETE ON "ledger_entry" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "ledger_transaction_append_only" BEFORE UPDATE OR DELETE ON "ledger_transaction" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "bill_append_only" BEFORE UPDATE OR DELETE ON "bill" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "bill_line_append_only" BEFORE UPDATE OR DELETE ON "bill_line" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
