-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "signature_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signature_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "contract_signature" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contract_signature_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "contract_signature_work" (
    "brand" TEXT NOT NULL,
    "signature_id" TEXT NOT NULL,
    "callback_token" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "nudges" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "cancel_asked" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "contract_signature_work_pkey" PRIMARY KEY ("brand","signature_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "contract_signature_work_signature_id_key" ON "contract_signature_work"("signature_id");

-- CreateIndex
CREATE INDEX "contract_signature_work_due_at_idx" ON "contract_signature_work"("due_at");

ALTER TABLE "signature_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "signature_rule" ADD COLUMN IF NOT EXISTS "f_subject" text GENERATED ALWAYS AS ((doc #>> '{subject}')) STORED;

ALTER TABLE "signature_rule" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "signature_rule_f_name_i" ON "signature_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "signature_rule_f_subject_i" ON "signature_rule" (brand, "f_subject", id);

CREATE INDEX IF NOT EXISTS "signature_rule_f_last_update_i" ON "signature_rule" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "signature_rule_doc_i" ON "signature_rule" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_contract_summary_id" text GENERATED ALWAYS AS ((doc #>> '{contractSummary,id}')) STORED;

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_agreement_id" text GENERATED ALWAYS AS ((doc #>> '{agreement,id}')) STORED;

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_shopping_cart_id" text GENERATED ALWAYS AS ((doc #>> '{shoppingCart,id}')) STORED;

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_quote_id" text GENERATED ALWAYS AS ((doc #>> '{quote,id}')) STORED;

ALTER TABLE "contract_signature" ADD COLUMN IF NOT EXISTS "f_hash" text GENERATED ALWAYS AS ((doc #>> '{hash}')) STORED;

CREATE INDEX IF NOT EXISTS "contract_signature_f_state_i" ON "contract_signature" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "contract_signature_f_creation_date_i" ON "contract_signature" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "contract_signature_f_contract_summary_id_i" ON "contract_signature" (brand, "f_contract_summary_id", id);

CREATE INDEX IF NOT EXISTS "contract_signature_f_agreement_id_i" ON "contract_signature" (brand, "f_agreement_id", id);

CREATE INDEX IF NOT EXISTS "contract_signature_f_shopping_cart_id_i" ON "contract_signature" (brand, "f_shopping_cart_id", id);

CREATE INDEX IF NOT EXISTS "contract_signature_f_quote_id_i" ON "contract_signature" (brand, "f_quote_id", id);

CREATE INDEX IF NOT EXISTS "contract_signature_f_hash_i" ON "contract_signature" (brand, "f_hash", id);

CREATE INDEX IF NOT EXISTS "contract_signature_doc_i" ON "contract_signature" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "contract_signature_owner_i" ON "contract_signature" (brand, owner_party, id) WHERE owner_party IS NOT NULL;
