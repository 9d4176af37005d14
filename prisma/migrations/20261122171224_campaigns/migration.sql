-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "campaign" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "campaign_offer" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "campaign_id" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "party_id" TEXT,
    "consent" JSONB,
    "token_hash" TEXT NOT NULL,
    "promised" JSONB NOT NULL,
    "uses" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3),

    CONSTRAINT "campaign_offer_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "campaign_acceptance" (
    "brand" TEXT NOT NULL,
    "offer_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "cart_id" TEXT NOT NULL,
    "acceptor" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT,
    "looked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "campaign_acceptance_pkey" PRIMARY KEY ("brand","offer_id","number")
);

-- CreateIndex
CREATE INDEX "campaign_offer_brand_party_id_idx" ON "campaign_offer"("brand", "party_id");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_offer_brand_token_hash_key" ON "campaign_offer"("brand", "token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_offer_brand_campaign_id_recipient_key" ON "campaign_offer"("brand", "campaign_id", "recipient");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_acceptance_brand_cart_id_key" ON "campaign_acceptance"("brand", "cart_id");

ALTER TABLE "campaign" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "campaign" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "campaign" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

ALTER TABLE "campaign" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "campaign_f_name_i" ON "campaign" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "campaign_f_status_i" ON "campaign" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "campaign_f_valid_for_end_date_time_i" ON "campaign" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "campaign_f_last_update_i" ON "campaign" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "campaign_doc_i" ON "campaign" USING gin ((doc::jsonb) jsonb_path_ops);
