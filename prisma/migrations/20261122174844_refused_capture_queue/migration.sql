-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "refused_capture" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "refused_capture_pkey" PRIMARY KEY ("brand","id")
);

ALTER TABLE "refused_capture" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "refused_capture" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "refused_capture_f_state_i" ON "refused_capture" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "refused_capture_f_creation_date_i" ON "refused_capture" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "refused_capture_doc_i" ON "refused_capture" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "refused_capture_owner_i" ON "refused_capture" (brand, owner_party, id) WHERE owner_party IS NOT NULL;
