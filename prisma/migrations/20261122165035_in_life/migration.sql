-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "delivery_cancellation_due" (
    "brand" TEXT NOT NULL,
    "cancellation_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "delivery_cancellation_due_pkey" PRIMARY KEY ("brand","cancellation_id")
);

-- CreateTable
CREATE TABLE "financing_offer" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "financing_offer_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "financing_plan" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "financing_plan_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "in_life_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "in_life_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "in_life_change" (
    "brand" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "in_life_change_pkey" PRIMARY KEY ("brand","product_id")
);

-- CreateIndex
CREATE INDEX "delivery_cancellation_due_due_at_idx" ON "delivery_cancellation_due"("due_at");

-- CreateIndex
CREATE INDEX "in_life_change_brand_order_id_idx" ON "in_life_change"("brand", "order_id");

ALTER TABLE "financing_offer" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "financing_offer" ADD COLUMN IF NOT EXISTS "f_number_of_instalments" numeric GENERATED ALWAYS AS ((doc #>> '{numberOfInstalments}')::numeric) STORED;

CREATE INDEX IF NOT EXISTS "financing_offer_f_name_i" ON "financing_offer" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "financing_offer_f_number_of_instalments_i" ON "financing_offer" (brand, "f_number_of_instalments", id);

CREATE INDEX IF NOT EXISTS "financing_offer_doc_i" ON "financing_offer" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "financing_plan" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "financing_plan" ADD COLUMN IF NOT EXISTS "f_product_id" text GENERATED ALWAYS AS ((doc #>> '{product,id}')) STORED;

ALTER TABLE "financing_plan" ADD COLUMN IF NOT EXISTS "f_product_order_id" text GENERATED ALWAYS AS ((doc #>> '{productOrder,id}')) STORED;

ALTER TABLE "financing_plan" ADD COLUMN IF NOT EXISTS "f_start_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{startDate}')) STORED;

ALTER TABLE "financing_plan" ADD COLUMN IF NOT EXISTS "f_end_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{endDate}')) STORED;

CREATE INDEX IF NOT EXISTS "financing_plan_f_state_i" ON "financing_plan" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "financing_plan_f_product_id_i" ON "financing_plan" (brand, "f_product_id", id);

CREATE INDEX IF NOT EXISTS "financing_plan_f_product_order_id_i" ON "financing_plan" (brand, "f_product_order_id", id);

CREATE INDEX IF NOT EXISTS "financing_plan_f_start_date_i" ON "financing_plan" (brand, "f_start_date", id);

CREATE INDEX IF NOT EXISTS "financing_plan_f_end_date_i" ON "financing_plan" (brand, "f_end_date", id);

CREATE INDEX IF NOT EXISTS "financing_plan_doc_i" ON "financing_plan" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "financing_plan_owner_i" ON "financing_plan" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "in_life_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "in_life_rule" ADD COLUMN IF NOT EXISTS "f_priority" numeric GENERATED ALWAYS AS ((doc #>> '{priority}')::numeric) STORED;

CREATE INDEX IF NOT EXISTS "in_life_rule_f_name_i" ON "in_life_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "in_life_rule_f_priority_i" ON "in_life_rule" (brand, "f_priority", id);

CREATE INDEX IF NOT EXISTS "in_life_rule_doc_i" ON "in_life_rule" USING gin ((doc::jsonb) jsonb_path_ops);
