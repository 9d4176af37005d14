-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "sales_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sales_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "sales_advice_refusal" (
    "brand" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "offering_id" TEXT NOT NULL,
    "party_id" TEXT,
    "rule_id" TEXT,
    "channel" TEXT NOT NULL,
    "refused_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sales_advice_refusal_pkey" PRIMARY KEY ("brand","subject","offering_id")
);

-- CreateIndex
CREATE INDEX "sales_advice_refusal_brand_party_id_idx" ON "sales_advice_refusal"("brand", "party_id");

-- CreateIndex
CREATE INDEX "sales_advice_refusal_brand_expires_at_idx" ON "sales_advice_refusal"("brand", "expires_at");

ALTER TABLE "sales_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "sales_rule" ADD COLUMN IF NOT EXISTS "f_kind" text GENERATED ALWAYS AS ((doc #>> '{kind}')) STORED;

ALTER TABLE "sales_rule" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "sales_rule" ADD COLUMN IF NOT EXISTS "f_code" text GENERATED ALWAYS AS ((doc #>> '{code}')) STORED;

ALTER TABLE "sales_rule" ADD COLUMN IF NOT EXISTS "f_priority" numeric GENERATED ALWAYS AS ((doc #>> '{priority}')::numeric) STORED;

ALTER TABLE "sales_rule" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "sales_rule_f_name_i" ON "sales_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "sales_rule_f_kind_i" ON "sales_rule" (brand, "f_kind", id);

CREATE INDEX IF NOT EXISTS "sales_rule_f_lifecycle_status_i" ON "sales_rule" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "sales_rule_f_code_i" ON "sales_rule" (brand, "f_code", id);

CREATE INDEX IF NOT EXISTS "sales_rule_f_priority_i" ON "sales_rule" (brand, "f_priority", id);

CREATE INDEX IF NOT EXISTS "sales_rule_f_last_update_i" ON "sales_rule" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "sales_rule_doc_i" ON "sales_rule" USING gin ((doc::jsonb) jsonb_path_ops);
