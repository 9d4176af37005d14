-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "catalog_change_set" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_change_set_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "catalog_change" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_change_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "catalog_change_setting" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_change_setting_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "catalog_change_effect" (
    "brand" TEXT NOT NULL,
    "change_set_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "before" JSON,
    "revision" INTEGER,

    CONSTRAINT "catalog_change_effect_pkey" PRIMARY KEY ("brand","change_set_id","seq")
);

ALTER TABLE "catalog_change_setting" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "catalog_change_setting" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "catalog_change_setting_f_name_i" ON "catalog_change_setting" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "catalog_change_setting_f_last_update_i" ON "catalog_change_setting" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "catalog_change_setting_doc_i" ON "catalog_change_setting" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_created_by" text GENERATED ALWAYS AS ((doc #>> '{createdBy}')) STORED;

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_activate_at" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{activateAt}')) STORED;

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_activation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{activationDate}')) STORED;

ALTER TABLE "catalog_change_set" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_name_i" ON "catalog_change_set" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_state_i" ON "catalog_change_set" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_created_by_i" ON "catalog_change_set" (brand, "f_created_by", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_creation_date_i" ON "catalog_change_set" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_activate_at_i" ON "catalog_change_set" (brand, "f_activate_at", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_activation_date_i" ON "catalog_change_set" (brand, "f_activation_date", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_f_last_update_i" ON "catalog_change_set" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "catalog_change_set_doc_i" ON "catalog_change_set" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "catalog_change" ADD COLUMN IF NOT EXISTS "f_catalog_change_set_id" text GENERATED ALWAYS AS ((doc #>> '{catalogChangeSet,id}')) STORED;

ALTER TABLE "catalog_change" ADD COLUMN IF NOT EXISTS "f_resource" text GENERATED ALWAYS AS ((doc #>> '{resource}')) STORED;

ALTER TABLE "catalog_change" ADD COLUMN IF NOT EXISTS "f_resource_id" text GENERATED ALWAYS AS ((doc #>> '{resourceId}')) STORED;

ALTER TABLE "catalog_change" ADD COLUMN IF NOT EXISTS "f_action" text GENERATED ALWAYS AS ((doc #>> '{action}')) STORED;

ALTER TABLE "catalog_change" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "catalog_change_f_catalog_change_set_id_i" ON "catalog_change" (brand, "f_catalog_change_set_id", id);

CREATE INDEX IF NOT EXISTS "catalog_change_f_resource_i" ON "catalog_change" (brand, "f_resource", id);

CREATE INDEX IF NOT EXISTS "catalog_change_f_resource_id_i" ON "catalog_change" (brand, "f_resource_id", id);

CREATE INDEX IF NOT EXISTS "catalog_change_f_action_i" ON "catalog_change" (brand, "f_action", id);

CREATE INDEX IF NOT EXISTS "catalog_change_f_last_update_i" ON "catalog_change" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "catalog_change_doc_i" ON "catalog_change" USING gin ((doc::jsonb) jsonb_path_ops);

-- What Prisma cannot say about changes of the catalog: a resource is in a change set once.
create unique index catalog_change_once on catalog_change (brand, (doc #>> '{catalogChangeSet,id}'), (doc ->> 'resource'), (doc ->> 'resourceId'));

alter table catalog_change_effect
  add constraint catalog_change_effect_action check (action in ('create', 'update', 'delete')),
  add constraint catalog_change_effect_before check ((before is null) = (action = 'create') and (revision is null) = (action = 'delete'));
