-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "process_flow" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "process_flow_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "task_flow" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_flow_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "journey_fact" (
    "brand" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "fact" JSONB NOT NULL,

    CONSTRAINT "journey_fact_pkey" PRIMARY KEY ("brand","event_id")
);

-- CreateIndex
CREATE INDEX "journey_fact_brand_flow_id_idx" ON "journey_fact"("brand", "flow_id");

-- CreateIndex
CREATE INDEX "journey_fact_brand_subject_id_idx" ON "journey_fact"("brand", "subject_id");

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_process_flow_specification" text GENERATED ALWAYS AS ((doc #>> '{processFlowSpecification}')) STORED;

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_process_flow_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{processFlowDate}')) STORED;

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_start_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{startDate}')) STORED;

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_stopped_at_task_flow_specification" text GENERATED ALWAYS AS ((doc #>> '{stoppedAt,taskFlowSpecification}')) STORED;

ALTER TABLE "process_flow" ADD COLUMN IF NOT EXISTS "f_stopped_at_channel" text GENERATED ALWAYS AS ((doc #>> '{stoppedAt,channel}')) STORED;

CREATE INDEX IF NOT EXISTS "process_flow_f_state_i" ON "process_flow" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "process_flow_f_process_flow_specification_i" ON "process_flow" (brand, "f_process_flow_specification", id);

CREATE INDEX IF NOT EXISTS "process_flow_f_process_flow_date_i" ON "process_flow" (brand, "f_process_flow_date", id);

CREATE INDEX IF NOT EXISTS "process_flow_f_start_date_i" ON "process_flow" (brand, "f_start_date", id);

CREATE INDEX IF NOT EXISTS "process_flow_f_last_update_i" ON "process_flow" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "process_flow_f_stopped_at_task_flow_specification_i" ON "process_flow" (brand, "f_stopped_at_task_flow_specification", id);

CREATE INDEX IF NOT EXISTS "process_flow_f_stopped_at_channel_i" ON "process_flow" (brand, "f_stopped_at_channel", id);

CREATE INDEX IF NOT EXISTS "process_flow_doc_i" ON "process_flow" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "process_flow_owner_i" ON "process_flow" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_process_flow_id" text GENERATED ALWAYS AS ((doc #>> '{processFlow,id}')) STORED;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_task_flow_specification" text GENERATED ALWAYS AS ((doc #>> '{taskFlowSpecification}')) STORED;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_sequence" numeric GENERATED ALWAYS AS ((doc #>> '{sequence}')::numeric) STORED;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_start_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{startDate}')) STORED;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_end_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{endDate}')) STORED;

ALTER TABLE "task_flow" ADD COLUMN IF NOT EXISTS "f_duration_seconds" numeric GENERATED ALWAYS AS ((doc #>> '{durationSeconds}')::numeric) STORED;

CREATE INDEX IF NOT EXISTS "task_flow_f_process_flow_id_i" ON "task_flow" (brand, "f_process_flow_id", id);

CREATE INDEX IF NOT EXISTS "task_flow_f_state_i" ON "task_flow" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "task_flow_f_task_flow_specification_i" ON "task_flow" (brand, "f_task_flow_specification", id);

CREATE INDEX IF NOT EXISTS "task_flow_f_sequence_i" ON "task_flow" (brand, "f_sequence", id);

CREATE INDEX IF NOT EXISTS "task_flow_f_start_date_i" ON "task_flow" (brand, "f_start_date", id);

CREATE INDEX IF NOT EXISTS "task_flow_f_end_date_i" ON "task_flow" (brand, "f_end_date", id);

CREATE INDEX IF NOT EXISTS "task_flow_f_duration_seconds_i" ON "task_flow" (brand, "f_duration_seconds", id);

CREATE INDEX IF NOT EXISTS "task_flow_doc_i" ON "task_flow" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "task_flow_owner_i" ON "task_flow" (brand, owner_party, id) WHERE owner_party IS NOT NULL;
