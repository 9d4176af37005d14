-- Composed by `npm run migration`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "individual" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "individual_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "organization" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "customer" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "delivery_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "delivery_target" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_target_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "delivery_plan" (
    "id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "owner_party" TEXT,
    "products" JSON NOT NULL DEFAULT '{}',
    "start_at" TIMESTAMPTZ(3),
    "cancellation_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery_task" (
    "id" TEXT NOT NULL,
    "plan_id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "item_id" TEXT NOT NULL,
    "root_item_id" TEXT NOT NULL,
    "product_id" TEXT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "specification" JSON NOT NULL,
    "target" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "item_action" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "depends_on" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL,
    "error" JSON,
    "ponr" TEXT NOT NULL,
    "ponr_reach" TEXT NOT NULL,
    "fee" JSON,
    "compensation" TEXT NOT NULL,
    "characteristic" JSON NOT NULL,
    "awaited" JSON NOT NULL DEFAULT '[]',
    "result" JSON NOT NULL DEFAULT '[]',
    "request" JSON,
    "answer" JSON,
    "external_id" TEXT,
    "instance_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL,
    "backoff_ms" INTEGER NOT NULL,
    "poll_after_ms" INTEGER NOT NULL,
    "give_up_after_ms" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "callback_token" TEXT NOT NULL,
    "execution_seq" BIGINT,
    "deadline_seconds" INTEGER,
    "deadline" TIMESTAMPTZ(3),
    "jeopardy" TEXT NOT NULL DEFAULT 'none',
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "waiting_since" TIMESTAMPTZ(3),
    "handed_to" TEXT,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "service_instance" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_instance_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "resource_instance" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "resource_instance_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "product_order" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_order_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "cancel_product_order" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cancel_product_order_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "clock_setting" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "offset_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "clock_setting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "brands" TEXT[],
    "permissions" TEXT[],
    "owner_party" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_job" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dead_job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "check_service_qualification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "check_service_qualification_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "query_service_qualification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "query_service_qualification_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "service_need" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_need_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "coverage" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "technology" TEXT NOT NULL,
    "max_download" DECIMAL(12,3),
    "max_upload" DECIMAL(12,3),
    "latency_class" TEXT NOT NULL DEFAULT 'standard',
    "market_segment" TEXT NOT NULL DEFAULT 'both',
    "place_kind" TEXT NOT NULL,
    "place_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3),
    "until" TIMESTAMPTZ(3),
    "capacity" INTEGER,
    "source" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coverage_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "service_address" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "street" TEXT NOT NULL,
    "street_number" TEXT NOT NULL,
    "postcode" TEXT NOT NULL,
    "city" TEXT NOT NULL,
    "country" TEXT,
    "lookup_key" TEXT NOT NULL,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "cell" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_address_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "event" (
    "seq" BIGSERIAL NOT NULL,
    "position" BIGINT,
    "event_id" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "event_time" TIMESTAMPTZ(3) NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "owner_party" TEXT,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "event_reaction" (
    "event_seq" BIGINT NOT NULL,
    "reaction" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "brand" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'due',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "error" TEXT,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_reaction_pkey" PRIMARY KEY ("event_seq","reaction")
);

-- CreateTable
CREATE TABLE "hub" (
    "id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "owner_party" TEXT,
    "api" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "callback" TEXT NOT NULL,
    "query" TEXT NOT NULL DEFAULT '',
    "secret" TEXT,
    "state" TEXT NOT NULL DEFAULT 'active',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "retry_at" TIMESTAMPTZ(3),
    "paused_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hub_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hub_delivery" (
    "hub_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "payload" JSON NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'due',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3),
    "error" TEXT,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "hub_delivery_pkey" PRIMARY KEY ("hub_id","position")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "principal" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "body" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("principal","brand","method","path","key")
);

-- CreateTable
CREATE TABLE "reference_edge" (
    "brand" TEXT NOT NULL,
    "from_resource" TEXT NOT NULL,
    "from_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "to_resource" TEXT NOT NULL,
    "to_id" TEXT NOT NULL,
    "weak" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "reference_edge_pkey" PRIMARY KEY ("brand","from_resource","from_id","path","to_resource","to_id")
);

-- CreateTable
CREATE TABLE "external_identity" (
    "brand" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "external_identity_pkey" PRIMARY KEY ("brand","source","type","external_id")
);

-- CreateTable
CREATE TABLE "resource_revision" (
    "brand" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "resource_revision_pkey" PRIMARY KEY ("brand","resource","resource_id","revision")
);

-- CreateIndex
CREATE UNIQUE INDEX "delivery_plan_brand_order_id_key" ON "delivery_plan"("brand", "order_id");

-- CreateIndex
CREATE INDEX "delivery_task_plan_id_idx" ON "delivery_task"("plan_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "dead_job_failed_at_idx" ON "dead_job"("failed_at");

-- CreateIndex
CREATE INDEX "service_address_brand_lookup_key_idx" ON "service_address"("brand", "lookup_key");

-- CreateIndex
CREATE UNIQUE INDEX "event_position_key" ON "event"("position");

-- CreateIndex
CREATE UNIQUE INDEX "event_event_id_key" ON "event"("event_id");

-- CreateIndex
CREATE INDEX "event_resource_resource_id_revision_idx" ON "event"("resource", "resource_id", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "hub_brand_principal_api_callback_query_key" ON "hub"("brand", "principal", "api", "callback", "query");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "reference_edge_brand_to_resource_to_id_idx" ON "reference_edge"("brand", "to_resource", "to_id");

-- CreateIndex
CREATE INDEX "external_identity_brand_resource_resource_id_idx" ON "external_identity"("brand", "resource", "resource_id");

-- AddForeignKey
ALTER TABLE "delivery_task" ADD CONSTRAINT "delivery_task_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "delivery_plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE OR REPLACE FUNCTION tandem_instant(value text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN value::timestamptz; END $$;

-- What Prisma cannot say about plans and tasks.
create sequence delivery_execution_seq;

alter table delivery_plan add constraint delivery_plan_state check (state in ('scheduled', 'running', 'cancelling', 'completed', 'failed', 'partial', 'cancelled', 'rejected'));

alter table delivery_task
  add constraint delivery_task_state check (state in ('pending', 'ready', 'running', 'waiting', 'completed', 'failed', 'skipped', 'compensating', 'compensated', 'compensationFailed')),
  add constraint delivery_task_kind check (kind in ('service', 'resource')),
  add constraint delivery_task_ponr check (ponr in ('none', 'soft', 'hard')),
  add constraint delivery_task_jeopardy check (jeopardy in ('none', 'jeopardy', 'breached')),
  -- A task that is with its target was asked something, and is looked at again.
  add constraint delivery_task_asked check (state not in ('running', 'waiting', 'completed') or (request is not null and execution_seq is not null)),
  add constraint delivery_task_due check (state not in ('ready', 'running', 'waiting') or due_at is not null);

-- What the sweeper looks for; finished tasks are not in it.
create index delivery_task_due_at on delivery_task (due_at) where due_at is not null;

create index delivery_task_fallout on delivery_task (brand, updated_at) where state in ('failed', 'compensationFailed');

create index delivery_task_deadline on delivery_task (deadline) where state in ('pending', 'ready', 'running', 'waiting') and jeopardy <> 'breached';

create index delivery_plan_start_at on delivery_plan (start_at) where state = 'scheduled';

-- One row for each offer of a provider at a place from a date on. It leads with the place, so it serves the look-up too
-- (a bulk load pays for every further index). Two open starts are the same start, hence NULLS NOT DISTINCT.
CREATE UNIQUE INDEX "coverage_place_key" ON "coverage"
  ("brand", "place_id", "place_kind", "provider", "technology", "market_segment", "since") NULLS NOT DISTINCT;

-- A source that delivers a fresh file replaces what it delivered before.
CREATE INDEX "coverage_source_idx" ON "coverage" ("brand", "source", "as_of");

ALTER TABLE "coverage"
  ADD CONSTRAINT "coverage_place_kind_known" CHECK ("place_kind" IN ('address', 'cell')),
  ADD CONSTRAINT "coverage_latency_class_known" CHECK ("latency_class" IN ('low', 'standard')),
  ADD CONSTRAINT "coverage_market_segment_known" CHECK ("market_segment" IN ('business', 'residential', 'both')),
  ADD CONSTRAINT "coverage_speed_not_negative" CHECK ("max_download" >= 0 AND "max_upload" >= 0),
  ADD CONSTRAINT "coverage_capacity_not_negative" CHECK ("capacity" >= 0),
  ADD CONSTRAINT "coverage_since_before_until" CHECK ("since" < "until");

ALTER TABLE "service_address"
  ADD CONSTRAINT "service_address_coordinates_on_earth"
    CHECK ("latitude" BETWEEN -90 AND 90 AND "longitude" BETWEEN -180 AND 180),
  ADD CONSTRAINT "service_address_coordinates_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));

-- What the event machinery scans all day is small: only rows that still have work in them are indexed.
CREATE INDEX "event_unpositioned" ON "event" ("seq") WHERE "position" IS NULL;

CREATE INDEX "event_reaction_due" ON "event_reaction" ("position") WHERE "state" = 'due';

CREATE INDEX "event_reaction_order" ON "event_reaction" ("reaction", "brand", "resource", "resource_id", "position") WHERE "state" = 'due';

CREATE INDEX "event_reaction_dead" ON "event_reaction" ("position") WHERE "state" = 'dead';

CREATE INDEX "event_reaction_done" ON "event_reaction" ("done_at") WHERE "state" = 'done';

ALTER TABLE "event_reaction" ADD CONSTRAINT "event_reaction_state" CHECK ("state" IN ('due', 'done', 'dead'));

CREATE INDEX "hub_delivery_due" ON "hub_delivery" ("position") WHERE "state" = 'due';

CREATE INDEX "hub_delivery_order" ON "hub_delivery" ("hub_id", "resource", "resource_id", "position") WHERE "state" = 'due';

CREATE INDEX "hub_delivery_done" ON "hub_delivery" ("done_at") WHERE "state" = 'delivered';

ALTER TABLE "hub_delivery" ADD CONSTRAINT "hub_delivery_state" CHECK ("state" IN ('due', 'delivered'));

ALTER TABLE "hub" ADD CONSTRAINT "hub_state" CHECK ("state" IN ('active', 'paused'));
