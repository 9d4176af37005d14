-- Composed by `npm run migration`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "user_role" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_role_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "permission" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "permission_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "delegation" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "party_account" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_account_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "billing_account" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_account_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "settlement_account" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settlement_account_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "financial_account" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "financial_account_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "billing_cycle_specification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_cycle_specification_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "bill_format" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bill_format_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "bill_presentation_media" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bill_presentation_media_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "financial_account_member" (
    "brand" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "financial_account_id" TEXT NOT NULL,

    CONSTRAINT "financial_account_member_pkey" PRIMARY KEY ("brand","account_id")
);

-- CreateTable
CREATE TABLE "agreement" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agreement_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "agreement_specification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agreement_specification_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "appointment" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "appointment_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "search_time_slot" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_time_slot_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "technician_calendar" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "technician_calendar_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "appointment_slot" (
    "brand" TEXT NOT NULL,
    "calendar_id" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "capacity" INTEGER NOT NULL,
    "taken" INTEGER NOT NULL,

    CONSTRAINT "appointment_slot_pkey" PRIMARY KEY ("brand","calendar_id","starts_at")
);

-- CreateTable
CREATE TABLE "appointment_booking" (
    "brand" TEXT NOT NULL,
    "appointment_id" TEXT NOT NULL,
    "calendar_id" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "appointment_booking_pkey" PRIMARY KEY ("brand","appointment_id")
);

-- CreateTable
CREATE TABLE "audit_record" (
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "brand" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "on_behalf_of" TEXT,
    "channel" TEXT,
    "correlation_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_ids" TEXT[],
    "revision" INTEGER,
    "query" TEXT,
    "count" INTEGER,

    CONSTRAINT "audit_record_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_cursor" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "audit_cursor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_bill" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_bill_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "applied_customer_billing_rate" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "applied_customer_billing_rate_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "customer_bill_on_demand" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_bill_on_demand_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "billing_setting" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_setting_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "billing_account_state" (
    "brand" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "tax_jurisdiction" TEXT NOT NULL,
    "cycle_day" INTEGER NOT NULL,
    "cycle_months" INTEGER NOT NULL DEFAULT 1,
    "cycle_specification" TEXT,
    "next_cycle_date" DATE NOT NULL,
    "last_cycle_date" DATE NOT NULL,
    "payment_due_days" INTEGER NOT NULL,
    "credit_balance" DECIMAL(20,6) NOT NULL DEFAULT 0,
    "related_party" JSONB NOT NULL,
    "tax_exemption" JSONB NOT NULL,
    "closed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "billing_account_state_pkey" PRIMARY KEY ("brand","account_id")
);

-- CreateTable
CREATE TABLE "billing_default_account" (
    "brand" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,

    CONSTRAINT "billing_default_account_pkey" PRIMARY KEY ("brand","party_id","currency")
);

-- CreateTable
CREATE TABLE "billing_product" (
    "brand" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "billing_product_pkey" PRIMARY KEY ("brand","product_id")
);

-- CreateTable
CREATE TABLE "billing_price" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "product_name" TEXT NOT NULL,
    "price_key" TEXT NOT NULL,
    "terms_hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "timing" TEXT NOT NULL,
    "amount" DECIMAL(20,6) NOT NULL,
    "currency" TEXT NOT NULL,
    "quantity" DECIMAL(20,6) NOT NULL,
    "tax_category" TEXT NOT NULL,
    "tax_inclusive" BOOLEAN NOT NULL,
    "tax_rate" DECIMAL(9,6),
    "period_unit" TEXT NOT NULL,
    "period_count" INTEGER NOT NULL,
    "alterations" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "charged_through" DATE,

    CONSTRAINT "billing_price_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "bill_number" (
    "brand" TEXT NOT NULL,
    "last" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "bill_number_pkey" PRIMARY KEY ("brand")
);

-- CreateTable
CREATE TABLE "bill" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "bill_no" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "account_name" TEXT NOT NULL,
    "related_party" JSONB NOT NULL,
    "cycle_date" DATE,
    "run_id" TEXT,
    "run_type" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "bill_date" DATE NOT NULL,
    "cut_off" TIMESTAMPTZ(3) NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "next_bill_date" DATE NOT NULL,
    "payment_due_date" DATE NOT NULL,
    "tax_excluded" DECIMAL(20,6) NOT NULL,
    "tax_amount" DECIMAL(20,6) NOT NULL,
    "tax_included" DECIMAL(20,6) NOT NULL,
    "credit_applied" DECIMAL(20,6) NOT NULL,
    "credit_created" DECIMAL(20,6) NOT NULL,
    "credit_balance_after" DECIMAL(20,6) NOT NULL,
    "amount_due" DECIMAL(20,6) NOT NULL,
    "taxes" JSON NOT NULL,

    CONSTRAINT "bill_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "bill_line" (
    "brand" TEXT NOT NULL,
    "bill_id" TEXT NOT NULL,
    "line_no" INTEGER NOT NULL,
    "rate_id" TEXT NOT NULL,
    "price_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "product_name" TEXT NOT NULL,
    "component" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "cycle_start" DATE NOT NULL,
    "cycle_end" DATE NOT NULL,
    "charge_start" DATE NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "quantity" DECIMAL(20,6) NOT NULL,
    "unit_price" DECIMAL(20,6) NOT NULL,
    "days" INTEGER NOT NULL,
    "of_days" INTEGER NOT NULL,
    "factor" DECIMAL(12,9) NOT NULL,
    "amount" DECIMAL(20,6) NOT NULL,
    "currency" TEXT NOT NULL,
    "tax_category" TEXT NOT NULL,
    "tax_inclusive" BOOLEAN NOT NULL,
    "tax_rate" DECIMAL(9,6) NOT NULL,
    "tax_excluded" DECIMAL(20,6) NOT NULL,
    "tax_amount" DECIMAL(20,6) NOT NULL,
    "tax_included" DECIMAL(20,6) NOT NULL,
    "explanation" TEXT NOT NULL,

    CONSTRAINT "bill_line_pkey" PRIMARY KEY ("brand","bill_id","line_no")
);

-- CreateTable
CREATE TABLE "bill_run" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "cycle_date" DATE NOT NULL,
    "sequence" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "through" DATE NOT NULL,
    "requested_by" TEXT NOT NULL,
    "planned_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "bill_run_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "bill_run_account" (
    "brand" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "cycle_date" DATE NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "draft" JSON,
    "charged_through" JSON,
    "number" BIGINT,
    "bill_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "bill_run_account_pkey" PRIMARY KEY ("brand","run_id","account_id")
);

-- CreateTable
CREATE TABLE "ledger_transaction" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "bill_id" TEXT,
    "business_date" DATE NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_transaction_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "brand" TEXT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "entry_no" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "sub_account" TEXT NOT NULL,
    "amount" DECIMAL(20,6) NOT NULL,
    "currency" TEXT NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("brand","transaction_id","entry_no")
);

-- CreateTable
CREATE TABLE "capacity_reservation" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "capacity_reservation_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "capacity_line" (
    "brand" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "technology" TEXT NOT NULL,
    "place_kind" TEXT NOT NULL,
    "place_id" TEXT NOT NULL,
    "ports" INTEGER,
    "held" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "capacity_line_pkey" PRIMARY KEY ("brand","place_id","place_kind","provider","technology")
);

-- CreateTable
CREATE TABLE "capacity_settled" (
    "brand" TEXT NOT NULL,
    "reservation_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "technology" TEXT NOT NULL,
    "place_kind" TEXT NOT NULL,
    "place_id" TEXT NOT NULL,
    "settled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "capacity_settled_pkey" PRIMARY KEY ("brand","reservation_id")
);

-- CreateTable
CREATE TABLE "qualification_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "qualification_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "shopping_cart" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shopping_cart_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "channel_entitlement" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_entitlement_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "sales_gateway" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sales_gateway_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "cart_step" (
    "brand" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "channel" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "change" JSONB NOT NULL,

    CONSTRAINT "cart_step_pkey" PRIMARY KEY ("brand","cart_id","revision")
);

-- CreateTable
CREATE TABLE "cart_visit" (
    "brand" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "told" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "cart_visit_pkey" PRIMARY KEY ("brand","cart_id","number")
);

-- CreateTable
CREATE TABLE "cart_contact" (
    "brand" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "cart_contact_pkey" PRIMARY KEY ("brand","type","value","cart_id")
);

-- CreateTable
CREATE TABLE "cart_presence" (
    "brand" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "session" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cart_presence_pkey" PRIMARY KEY ("brand","cart_id","session")
);

-- CreateTable
CREATE TABLE "cart_hand_over" (
    "brand" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "cart_hand_over_pkey" PRIMARY KEY ("brand","code_hash")
);

-- CreateTable
CREATE TABLE "checkout" (
    "brand" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "state" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "progress" JSONB NOT NULL DEFAULT '{}',
    "faults" JSONB NOT NULL DEFAULT '[]',
    "waiting_for" JSONB,
    "held_until" TIMESTAMPTZ(3),
    "callback_token" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "nudges" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "cancel_asked" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkout_pkey" PRIMARY KEY ("brand","cart_id")
);

-- CreateTable
CREATE TABLE "catalog" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "category" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "category_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "product_specification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_specification_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "product_offering" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_offering_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "product_offering_price" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_offering_price_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "import_job" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "import_job_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "export_job" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_job_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "export_piece" (
    "brand" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "export_piece_pkey" PRIMARY KEY ("brand","job_id","seq")
);

-- CreateTable
CREATE TABLE "contract_summary" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contract_summary_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "contract_terms" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contract_terms_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "search_entry" (
    "brand" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "subject" TEXT,
    "also" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "via_resource" TEXT,
    "via_id" TEXT,
    "terms" JSON NOT NULL,

    CONSTRAINT "search_entry_pkey" PRIMARY KEY ("brand","resource","resource_id")
);

-- CreateTable
CREATE TABLE "search_identifier" (
    "brand" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "entry_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "digits" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "search_identifier_pkey" PRIMARY KEY ("brand","value","entry_id","field","digits")
);

-- CreateTable
CREATE TABLE "search_word" (
    "id" SERIAL NOT NULL,
    "brand" TEXT NOT NULL,
    "word" TEXT NOT NULL,
    "near" INTEGER[],
    "checked" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "search_word_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_posting" (
    "word_id" INTEGER NOT NULL,
    "subject_key" BIGINT NOT NULL,
    "entry_id" BIGINT NOT NULL,

    CONSTRAINT "search_posting_pkey" PRIMARY KEY ("word_id","subject_key","entry_id")
);

-- CreateTable
CREATE TABLE "search_position" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "position" BIGINT NOT NULL,

    CONSTRAINT "search_position_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_fill" (
    "resource" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "after_brand" TEXT NOT NULL DEFAULT '',
    "after_id" TEXT NOT NULL DEFAULT '',
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "search_fill_pkey" PRIMARY KEY ("resource")
);

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
CREATE TABLE "party_role" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_role_pkey" PRIMARY KEY ("brand","id")
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
    "products" JSONB NOT NULL DEFAULT '[]',
    "undo" JSONB,
    "start_at" TIMESTAMPTZ(3),
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
    "unit" INTEGER NOT NULL DEFAULT 1,
    "product_id" TEXT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "specification" JSONB NOT NULL,
    "target" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "item_action" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "depends_on" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL,
    "error" JSONB,
    "ponr" TEXT NOT NULL,
    "ponr_reach" TEXT NOT NULL,
    "fee" JSONB,
    "compensation" TEXT NOT NULL,
    "awaited" JSONB NOT NULL DEFAULT '[]',
    "result" JSONB NOT NULL DEFAULT '[]',
    "request" JSONB NOT NULL,
    "answer" JSONB,
    "external_id" TEXT,
    "realized" JSONB,
    "instance_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
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
CREATE TABLE "sample_seed" (
    "name" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "done_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sample_seed_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "erased_record" (
    "brand" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "erasure_id" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by" TEXT,

    CONSTRAINT "erased_record_pkey" PRIMARY KEY ("brand","hash")
);

-- CreateTable
CREATE TABLE "erased_record_key" (
    "id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,

    CONSTRAINT "erased_record_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "extension_schema" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "extension_schema_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "party_cluster" (
    "brand" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "cluster_id" TEXT NOT NULL,

    CONSTRAINT "party_cluster_pkey" PRIMARY KEY ("brand","party_id")
);

-- CreateTable
CREATE TABLE "party_merge" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_merge_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "identity_suggestion" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_suggestion_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "party_identifier" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "party" TEXT NOT NULL,
    "cluster_id" TEXT NOT NULL DEFAULT '',
    "type" TEXT NOT NULL,
    "scope" TEXT NOT NULL DEFAULT '',
    "value" TEXT NOT NULL,
    "raw" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "confidence" REAL NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "verified_at" TIMESTAMPTZ(3),
    "verified_by" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),
    "merge_id" TEXT,
    "merge_before" JSONB,

    CONSTRAINT "party_identifier_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "party_trait" (
    "brand" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "party" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "look" TEXT NOT NULL,
    "look_alike" BOOLEAN NOT NULL DEFAULT false,
    "birth_date" DATE,
    "address" TEXT,
    "validated" BOOLEAN NOT NULL DEFAULT false,
    "digest" TEXT NOT NULL,

    CONSTRAINT "party_trait_pkey" PRIMARY KEY ("brand","party_id")
);

-- CreateTable
CREATE TABLE "party_block" (
    "brand" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,

    CONSTRAINT "party_block_pkey" PRIMARY KEY ("brand","key","party_id")
);

-- CreateTable
CREATE TABLE "party_interaction" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_interaction_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "contact_preference" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_preference_pkey" PRIMARY KEY ("brand","id")
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
CREATE TABLE "product_offering_qualification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_offering_qualification_pkey" PRIMARY KEY ("brand","id")
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
CREATE TABLE "payment_method" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_method_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "geographic_address" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "street_key" TEXT,
    "number_key" TEXT,
    "postcode_key" TEXT,
    "city_key" TEXT,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "cell" TEXT,
    "source" TEXT,
    "external_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "geographic_address_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "geographic_street" (
    "brand" TEXT NOT NULL,
    "postcode_key" TEXT NOT NULL,
    "street_key" TEXT NOT NULL,
    "city_key" TEXT NOT NULL,
    "street_search" TEXT NOT NULL,
    "city_search" TEXT NOT NULL,

    CONSTRAINT "geographic_street_pkey" PRIMARY KEY ("brand","postcode_key","street_key","city_key")
);

-- CreateTable
CREATE TABLE "geographic_address_validation" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "geographic_address_validation_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "geographic_site" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "geographic_site_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "address_import" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "url" TEXT,
    "options" JSONB NOT NULL,
    "received" BOOLEAN NOT NULL DEFAULT false,
    "received_bytes" BIGINT NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "lines" BIGINT NOT NULL DEFAULT 0,
    "created" BIGINT NOT NULL DEFAULT 0,
    "changed" BIGINT NOT NULL DEFAULT 0,
    "unchanged" BIGINT NOT NULL DEFAULT 0,
    "rejected" BIGINT NOT NULL DEFAULT 0,
    "error" TEXT,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "address_import_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "address_import_piece" (
    "brand" TEXT NOT NULL,
    "import_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "address_import_piece_pkey" PRIMARY KEY ("brand","import_id","seq")
);

-- CreateTable
CREATE TABLE "address_import_fault" (
    "brand" TEXT NOT NULL,
    "import_id" TEXT NOT NULL,
    "line" BIGINT NOT NULL,
    "column" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "address_import_fault_pkey" PRIMARY KEY ("brand","import_id","line","column")
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
    "previous_hash" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "name" TEXT NOT NULL,
    "brands" TEXT[],
    "permissions" TEXT[],
    "scope" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "made_by" TEXT,

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
CREATE TABLE "price_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "price_list" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_list_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "price_list_entry" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_list_entry_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "promotion_counter" (
    "brand" TEXT NOT NULL,
    "promotion_id" TEXT NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "spent" DECIMAL(24,6) NOT NULL DEFAULT 0,

    CONSTRAINT "promotion_counter_pkey" PRIMARY KEY ("brand","promotion_id")
);

-- CreateTable
CREATE TABLE "promotion_use" (
    "brand" TEXT NOT NULL,
    "promotion_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "customer_id" TEXT,
    "amount" DECIMAL(24,6) NOT NULL,
    "currency" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "promotion_use_pkey" PRIMARY KEY ("brand","promotion_id","order_id")
);

-- CreateTable
CREATE TABLE "party_privacy_profile_specification" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_privacy_profile_specification_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "party_privacy_profile" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_privacy_profile_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "party_privacy_agreement" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "party_privacy_agreement_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "consent" (
    "seq" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "recipient" TEXT NOT NULL DEFAULT '',
    "granted" BOOLEAN NOT NULL,
    "text_version" TEXT,
    "given_channel" TEXT,
    "given_at" TIMESTAMPTZ(3) NOT NULL,
    "valid_from" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "recorded_by" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "source" TEXT NOT NULL,
    "source_id" TEXT,
    "source_revision" INTEGER,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "personal_data_export" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'requested',
    "requested_by" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "available_until" TIMESTAMPTZ(3),
    "contents" JSONB,
    "bytes" BIGINT,
    "downloads" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "personal_data_export_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "personal_data_export_piece" (
    "brand" TEXT NOT NULL,
    "export_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "personal_data_export_piece_pkey" PRIMARY KEY ("brand","export_id","seq")
);

-- CreateTable
CREATE TABLE "personal_data_erasure" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "confirmed_by" TEXT,
    "correlation_id" TEXT NOT NULL,
    "overridden" BOOLEAN NOT NULL DEFAULT false,
    "subjects" JSONB NOT NULL,
    "marks" JSONB,
    "plan" JSONB NOT NULL,
    "obstacles" JSONB NOT NULL DEFAULT '[]',
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "personal_data_erasure_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "personal_data_erasure_item" (
    "brand" TEXT NOT NULL,
    "erasure_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "item_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'due',
    "kept_until" TIMESTAMPTZ(3),

    CONSTRAINT "personal_data_erasure_item_pkey" PRIMARY KEY ("brand","erasure_id","resource","item_id")
);

-- CreateTable
CREATE TABLE "retention_rule" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retention_rule_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "retention_run" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "rule_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "retention_run_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "privacy_record" (
    "seq" BIGSERIAL NOT NULL,
    "brand" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "party_id" TEXT NOT NULL,
    "subject_id" TEXT,
    "principal" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "privacy_record_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "retained_redacted" (
    "brand" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "redacted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "retained_redacted_pkey" PRIMARY KEY ("brand","resource","resource_id")
);

-- CreateTable
CREATE TABLE "check_product_configuration" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "check_product_configuration_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "query_product_configuration" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "query_product_configuration_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "promotion" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotion_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "quote" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quote_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "discount_authority" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "discount_authority_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "sales_lead" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sales_lead_pkey" PRIMARY KEY ("brand","id")
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
CREATE TABLE "coverage_source" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB NOT NULL,
    "live" JSONB,
    "current_version" INTEGER,
    "as_of" TIMESTAMPTZ(3),
    "row_count" INTEGER,
    "import_id" TEXT,
    "breaker_failures" INTEGER NOT NULL DEFAULT 0,
    "breaker_open_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "coverage_source_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "coverage_import" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "url" TEXT,
    "format" TEXT NOT NULL,
    "file_name" TEXT,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER,
    "received" BOOLEAN NOT NULL DEFAULT false,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "lines_read" INTEGER NOT NULL DEFAULT 0,
    "rows_accepted" INTEGER NOT NULL DEFAULT 0,
    "rows_stored" INTEGER NOT NULL DEFAULT 0,
    "lines_rejected" INTEGER NOT NULL DEFAULT 0,
    "rejected" JSONB NOT NULL,
    "error" TEXT,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "coverage_import_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "coverage_import_piece" (
    "brand" TEXT NOT NULL,
    "import_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "coverage_import_piece_pkey" PRIMARY KEY ("brand","import_id","seq")
);

-- CreateTable
CREATE TABLE "coverage_live_answer" (
    "brand" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "place_key" TEXT NOT NULL,
    "rows" JSONB NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "coverage_live_answer_pkey" PRIMARY KEY ("brand","source_id","place_key")
);

-- CreateTable
CREATE TABLE "qualification_batch" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "question" JSONB NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "qualification_batch_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "qualification_batch_site" (
    "brand" TEXT NOT NULL,
    "batch_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "site" JSONB NOT NULL,
    "result" JSON,

    CONSTRAINT "qualification_batch_site_pkey" PRIMARY KEY ("brand","batch_id","seq")
);

-- CreateTable
CREATE TABLE "tax_rate" (
    "brand" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "owner_party" TEXT,
    "doc" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tax_rate_pkey" PRIMARY KEY ("brand","id")
);

-- CreateTable
CREATE TABLE "event" (
    "seq" BIGSERIAL NOT NULL,
    "position" BIGINT,
    "event_id" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "event_time" TIMESTAMPTZ(3) NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "channel" TEXT,
    "principal" TEXT,
    "on_behalf_of" TEXT,
    "brand" TEXT NOT NULL,
    "owner_party" TEXT,
    "shared_with" TEXT[],
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
    "parties" TEXT[],
    "readable" TEXT[],
    "personal" BOOLEAN NOT NULL DEFAULT false,
    "api" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "registrant" JSONB,
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
CREATE TABLE "event_log" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "kept_after" BIGINT NOT NULL,

    CONSTRAINT "event_log_pkey" PRIMARY KEY ("id")
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
    "weak" BOOLEAN NOT NULL DEFAULT false
);

-- CreateTable
CREATE TABLE "shared_row" (
    "brand" TEXT NOT NULL,
    "party" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,

    CONSTRAINT "shared_row_pkey" PRIMARY KEY ("brand","party","resource","resource_id")
);

-- CreateTable
CREATE TABLE "external_identity" (
    "brand" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "version" TEXT,
    "body_hash" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "gone_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "external_identity_pkey" PRIMARY KEY ("brand","source","type","external_id")
);

-- CreateTable
CREATE TABLE "attribute_source" (
    "brand" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "attribute" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL DEFAULT '',
    "value" JSON NOT NULL,
    "removed" JSON,
    "version" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "borrowed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "attribute_source_pkey" PRIMARY KEY ("brand","resource","resource_id","attribute","source","external_id")
);

-- CreateTable
CREATE TABLE "source_rank" (
    "brand" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "resource" TEXT NOT NULL DEFAULT '*',
    "attribute" TEXT NOT NULL DEFAULT '*',
    "rank" INTEGER NOT NULL,

    CONSTRAINT "source_rank_pkey" PRIMARY KEY ("brand","source","resource","attribute")
);

-- CreateTable
CREATE TABLE "source_rank_change" (
    "brand" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "resource" TEXT NOT NULL DEFAULT '',
    "after" TEXT NOT NULL DEFAULT '',
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "source_rank_change_pkey" PRIMARY KEY ("brand","source")
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
CREATE INDEX "financial_account_member_brand_financial_account_id_idx" ON "financial_account_member"("brand", "financial_account_id");

-- CreateIndex
CREATE INDEX "audit_record_brand_at_seq_idx" ON "audit_record"("brand", "at", "seq");

-- CreateIndex
CREATE INDEX "audit_record_brand_principal_at_seq_idx" ON "audit_record"("brand", "principal", "at", "seq");

-- CreateIndex
CREATE INDEX "audit_record_brand_resource_at_seq_idx" ON "audit_record"("brand", "resource", "at", "seq");

-- CreateIndex
CREATE INDEX "audit_record_correlation_id_idx" ON "audit_record"("correlation_id");

-- CreateIndex
CREATE INDEX "billing_account_state_next_cycle_date_brand_idx" ON "billing_account_state"("next_cycle_date", "brand");

-- CreateIndex
CREATE INDEX "billing_account_state_brand_cycle_specification_idx" ON "billing_account_state"("brand", "cycle_specification");

-- CreateIndex
CREATE INDEX "billing_price_brand_account_id_idx" ON "billing_price"("brand", "account_id");

-- CreateIndex
CREATE INDEX "billing_price_brand_product_id_idx" ON "billing_price"("brand", "product_id");

-- CreateIndex
CREATE INDEX "bill_brand_account_id_bill_date_idx" ON "bill"("brand", "account_id", "bill_date");

-- CreateIndex
CREATE UNIQUE INDEX "bill_brand_number_key" ON "bill"("brand", "number");

-- CreateIndex
CREATE UNIQUE INDEX "bill_brand_bill_no_key" ON "bill"("brand", "bill_no");

-- CreateIndex
CREATE UNIQUE INDEX "bill_brand_account_id_cycle_date_key" ON "bill"("brand", "account_id", "cycle_date");

-- CreateIndex
CREATE UNIQUE INDEX "bill_line_brand_price_id_component_kind_period_start_key" ON "bill_line"("brand", "price_id", "component", "kind", "period_start");

-- CreateIndex
CREATE INDEX "bill_run_state_idx" ON "bill_run"("state");

-- CreateIndex
CREATE UNIQUE INDEX "bill_run_brand_cycle_date_sequence_key" ON "bill_run"("brand", "cycle_date", "sequence");

-- CreateIndex
CREATE INDEX "bill_run_account_brand_run_id_state_account_id_idx" ON "bill_run_account"("brand", "run_id", "state", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "bill_run_account_brand_account_id_cycle_date_key" ON "bill_run_account"("brand", "account_id", "cycle_date");

-- CreateIndex
CREATE INDEX "ledger_entry_brand_account_sub_account_idx" ON "ledger_entry"("brand", "account", "sub_account");

-- CreateIndex
CREATE INDEX "capacity_settled_brand_place_id_place_kind_provider_technol_idx" ON "capacity_settled"("brand", "place_id", "place_kind", "provider", "technology", "settled_at");

-- CreateIndex
CREATE INDEX "cart_contact_brand_cart_id_idx" ON "cart_contact"("brand", "cart_id");

-- CreateIndex
CREATE INDEX "cart_hand_over_brand_cart_id_idx" ON "cart_hand_over"("brand", "cart_id");

-- CreateIndex
CREATE UNIQUE INDEX "checkout_id_key" ON "checkout"("id");

-- CreateIndex
CREATE UNIQUE INDEX "search_entry_id_key" ON "search_entry"("id");

-- CreateIndex
CREATE INDEX "search_entry_brand_subject_idx" ON "search_entry"("brand", "subject");

-- CreateIndex
CREATE INDEX "search_entry_brand_owner_party_idx" ON "search_entry"("brand", "owner_party");

-- CreateIndex
CREATE INDEX "search_identifier_entry_id_idx" ON "search_identifier"("entry_id");

-- CreateIndex
CREATE UNIQUE INDEX "search_word_brand_word_key" ON "search_word"("brand", "word");

-- CreateIndex
CREATE INDEX "search_posting_entry_id_word_id_idx" ON "search_posting"("entry_id", "word_id");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_plan_brand_order_id_key" ON "delivery_plan"("brand", "order_id");

-- CreateIndex
CREATE INDEX "delivery_task_plan_id_idx" ON "delivery_task"("plan_id");

-- CreateIndex
CREATE INDEX "erased_record_brand_erasure_id_idx" ON "erased_record"("brand", "erasure_id");

-- CreateIndex
CREATE INDEX "party_cluster_brand_cluster_id_idx" ON "party_cluster"("brand", "cluster_id");

-- CreateIndex
CREATE INDEX "party_identifier_brand_party_id_idx" ON "party_identifier"("brand", "party_id");

-- CreateIndex
CREATE INDEX "party_identifier_brand_type_value_idx" ON "party_identifier"("brand", "type", "value");

-- CreateIndex
CREATE INDEX "party_block_brand_party_id_idx" ON "party_block"("brand", "party_id");

-- CreateIndex
CREATE INDEX "geographic_address_brand_street_key_number_key_postcode_key_idx" ON "geographic_address"("brand", "street_key", "number_key", "postcode_key", "city_key");

-- CreateIndex
CREATE INDEX "geographic_street_brand_street_key_idx" ON "geographic_street"("brand", "street_key");

-- CreateIndex
CREATE INDEX "address_import_state_updated_at_idx" ON "address_import"("state", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_previous_hash_key" ON "api_key"("previous_hash");

-- CreateIndex
CREATE INDEX "api_key_made_by_idx" ON "api_key"("made_by");

-- CreateIndex
CREATE INDEX "dead_job_failed_at_idx" ON "dead_job"("failed_at");

-- CreateIndex
CREATE INDEX "promotion_use_brand_order_id_idx" ON "promotion_use"("brand", "order_id");

-- CreateIndex
CREATE INDEX "promotion_use_brand_promotion_id_customer_id_idx" ON "promotion_use"("brand", "promotion_id", "customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "consent_id_key" ON "consent"("id");

-- CreateIndex
CREATE INDEX "consent_brand_party_id_purpose_given_at_idx" ON "consent"("brand", "party_id", "purpose", "given_at");

-- CreateIndex
CREATE INDEX "consent_brand_source_source_id_idx" ON "consent"("brand", "source", "source_id");

-- CreateIndex
CREATE INDEX "personal_data_export_brand_party_id_idx" ON "personal_data_export"("brand", "party_id");

-- CreateIndex
CREATE INDEX "personal_data_erasure_brand_party_id_idx" ON "personal_data_erasure"("brand", "party_id");

-- CreateIndex
CREATE INDEX "personal_data_erasure_item_brand_state_kept_until_idx" ON "personal_data_erasure_item"("brand", "state", "kept_until");

-- CreateIndex
CREATE INDEX "retention_run_brand_rule_id_started_at_idx" ON "retention_run"("brand", "rule_id", "started_at");

-- CreateIndex
CREATE INDEX "privacy_record_brand_party_id_seq_idx" ON "privacy_record"("brand", "party_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "coverage_source_brand_name_key" ON "coverage_source"("brand", "name");

-- CreateIndex
CREATE INDEX "coverage_import_brand_source_id_created_at_idx" ON "coverage_import"("brand", "source_id", "created_at");

-- CreateIndex
CREATE INDEX "coverage_live_answer_asked_at_idx" ON "coverage_live_answer"("asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "event_position_key" ON "event"("position");

-- CreateIndex
CREATE INDEX "event_resource_id_idx" ON "event"("resource_id");

-- CreateIndex
CREATE UNIQUE INDEX "hub_brand_principal_api_callback_query_key" ON "hub"("brand", "principal", "api", "callback", "query");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "idempotency_key_resource_id_idx" ON "idempotency_key"("resource_id");

-- CreateIndex
CREATE INDEX "reference_edge_from_id_idx" ON "reference_edge"("from_id");

-- CreateIndex
CREATE INDEX "reference_edge_brand_to_resource_to_id_idx" ON "reference_edge"("brand", "to_resource", "to_id");

-- CreateIndex
CREATE INDEX "shared_row_brand_resource_resource_id_idx" ON "shared_row"("brand", "resource", "resource_id");

-- CreateIndex
CREATE INDEX "external_identity_brand_resource_resource_id_idx" ON "external_identity"("brand", "resource", "resource_id");

-- AddForeignKey
ALTER TABLE "delivery_task" ADD CONSTRAINT "delivery_task_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "delivery_plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address_import_piece" ADD CONSTRAINT "address_import_piece_brand_import_id_fkey" FOREIGN KEY ("brand", "import_id") REFERENCES "address_import"("brand", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address_import_fault" ADD CONSTRAINT "address_import_fault_brand_import_id_fkey" FOREIGN KEY ("brand", "import_id") REFERENCES "address_import"("brand", "id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE OR REPLACE FUNCTION tandem_instant(value text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN value::timestamptz; END $$;

ALTER TABLE "extension_schema" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "extension_schema" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "extension_schema" ADD COLUMN IF NOT EXISTS "f_extends" text GENERATED ALWAYS AS ((doc #>> '{extends}')) STORED;

CREATE INDEX IF NOT EXISTS "extension_schema_f_name_i" ON "extension_schema" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "extension_schema_f_version_i" ON "extension_schema" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "extension_schema_f_extends_i" ON "extension_schema" (brand, "f_extends", id);

CREATE INDEX IF NOT EXISTS "extension_schema_doc_i" ON "extension_schema" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_catalog_type" text GENERATED ALWAYS AS ((doc #>> '{catalogType}')) STORED;

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "catalog" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "catalog_f_name_i" ON "catalog" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "catalog_f_catalog_type_i" ON "catalog" (brand, "f_catalog_type", id);

CREATE INDEX IF NOT EXISTS "catalog_f_lifecycle_status_i" ON "catalog" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "catalog_f_last_update_i" ON "catalog" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "catalog_f_version_i" ON "catalog" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "catalog_f_valid_for_start_date_time_i" ON "catalog" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "catalog_f_valid_for_end_date_time_i" ON "catalog" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "catalog_doc_i" ON "catalog" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_is_root" boolean GENERATED ALWAYS AS ((doc #>> '{isRoot}')::boolean) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_parent_id" text GENERATED ALWAYS AS ((doc #>> '{parentId}')) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "category" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "category_f_name_i" ON "category" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "category_f_lifecycle_status_i" ON "category" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "category_f_last_update_i" ON "category" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "category_f_version_i" ON "category" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "category_f_is_root_i" ON "category" (brand, "f_is_root", id);

CREATE INDEX IF NOT EXISTS "category_f_parent_id_i" ON "category" (brand, "f_parent_id", id);

CREATE INDEX IF NOT EXISTS "category_f_valid_for_start_date_time_i" ON "category" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "category_f_valid_for_end_date_time_i" ON "category" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "category_doc_i" ON "category" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_brand" text GENERATED ALWAYS AS ((doc #>> '{brand}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_product_number" text GENERATED ALWAYS AS ((doc #>> '{productNumber}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_is_bundle" boolean GENERATED ALWAYS AS ((doc #>> '{isBundle}')::boolean) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "product_specification" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "product_specification_f_name_i" ON "product_specification" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_lifecycle_status_i" ON "product_specification" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_last_update_i" ON "product_specification" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_version_i" ON "product_specification" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_brand_i" ON "product_specification" (brand, "f_brand", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_product_number_i" ON "product_specification" (brand, "f_product_number", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_is_bundle_i" ON "product_specification" (brand, "f_is_bundle", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_valid_for_start_date_time_i" ON "product_specification" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "product_specification_f_valid_for_end_date_time_i" ON "product_specification" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "product_specification_doc_i" ON "product_specification" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_is_bundle" boolean GENERATED ALWAYS AS ((doc #>> '{isBundle}')::boolean) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_is_sellable" boolean GENERATED ALWAYS AS ((doc #>> '{isSellable}')::boolean) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_product_specification_id" text GENERATED ALWAYS AS ((doc #>> '{productSpecification,id}')) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "product_offering" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "product_offering_f_name_i" ON "product_offering" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_lifecycle_status_i" ON "product_offering" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_last_update_i" ON "product_offering" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_version_i" ON "product_offering" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_is_bundle_i" ON "product_offering" (brand, "f_is_bundle", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_is_sellable_i" ON "product_offering" (brand, "f_is_sellable", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_product_specification_id_i" ON "product_offering" (brand, "f_product_specification_id", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_valid_for_start_date_time_i" ON "product_offering" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "product_offering_f_valid_for_end_date_time_i" ON "product_offering" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "product_offering_doc_i" ON "product_offering" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_price_type" text GENERATED ALWAYS AS ((doc #>> '{priceType}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_recurring_charge_period_type" text GENERATED ALWAYS AS ((doc #>> '{recurringChargePeriodType}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_is_bundle" boolean GENERATED ALWAYS AS ((doc #>> '{isBundle}')::boolean) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_price_unit" text GENERATED ALWAYS AS ((doc #>> '{price,unit}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "product_offering_price" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "product_offering_price_f_name_i" ON "product_offering_price" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_lifecycle_status_i" ON "product_offering_price" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_last_update_i" ON "product_offering_price" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_version_i" ON "product_offering_price" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_price_type_i" ON "product_offering_price" (brand, "f_price_type", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_recurring_charge_period_type_i" ON "product_offering_price" (brand, "f_recurring_charge_period_type", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_is_bundle_i" ON "product_offering_price" (brand, "f_is_bundle", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_price_unit_i" ON "product_offering_price" (brand, "f_price_unit", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_valid_for_start_date_time_i" ON "product_offering_price" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_f_valid_for_end_date_time_i" ON "product_offering_price" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "product_offering_price_doc_i" ON "product_offering_price" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "import_job" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "import_job" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "import_job" ADD COLUMN IF NOT EXISTS "f_completion_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{completionDate}')) STORED;

CREATE INDEX IF NOT EXISTS "import_job_f_status_i" ON "import_job" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "import_job_f_creation_date_i" ON "import_job" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "import_job_f_completion_date_i" ON "import_job" (brand, "f_completion_date", id);

CREATE INDEX IF NOT EXISTS "import_job_doc_i" ON "import_job" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "export_job" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "export_job" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "export_job" ADD COLUMN IF NOT EXISTS "f_completion_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{completionDate}')) STORED;

CREATE INDEX IF NOT EXISTS "export_job_f_status_i" ON "export_job" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "export_job_f_creation_date_i" ON "export_job" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "export_job_f_completion_date_i" ON "export_job" (brand, "f_completion_date", id);

CREATE INDEX IF NOT EXISTS "export_job_doc_i" ON "export_job" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "tax_rate" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "tax_rate" ADD COLUMN IF NOT EXISTS "f_category" text GENERATED ALWAYS AS ((doc #>> '{category}')) STORED;

ALTER TABLE "tax_rate" ADD COLUMN IF NOT EXISTS "f_jurisdiction" text GENERATED ALWAYS AS ((doc #>> '{jurisdiction}')) STORED;

ALTER TABLE "tax_rate" ADD COLUMN IF NOT EXISTS "f_rate" numeric GENERATED ALWAYS AS ((doc #>> '{rate}')::numeric) STORED;

ALTER TABLE "tax_rate" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "tax_rate_f_name_i" ON "tax_rate" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "tax_rate_f_category_i" ON "tax_rate" (brand, "f_category", id);

CREATE INDEX IF NOT EXISTS "tax_rate_f_jurisdiction_i" ON "tax_rate" (brand, "f_jurisdiction", id);

CREATE INDEX IF NOT EXISTS "tax_rate_f_rate_i" ON "tax_rate" (brand, "f_rate", id);

CREATE INDEX IF NOT EXISTS "tax_rate_f_last_update_i" ON "tax_rate" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "tax_rate_doc_i" ON "tax_rate" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "price_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "price_rule" ADD COLUMN IF NOT EXISTS "f_about" text GENERATED ALWAYS AS ((doc #>> '{about}')) STORED;

ALTER TABLE "price_rule" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "price_rule_f_name_i" ON "price_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "price_rule_f_about_i" ON "price_rule" (brand, "f_about", id);

CREATE INDEX IF NOT EXISTS "price_rule_f_last_update_i" ON "price_rule" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "price_rule_doc_i" ON "price_rule" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "price_list" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "price_list" ADD COLUMN IF NOT EXISTS "f_list_type" text GENERATED ALWAYS AS ((doc #>> '{listType}')) STORED;

ALTER TABLE "price_list" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "price_list" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "price_list_f_name_i" ON "price_list" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "price_list_f_list_type_i" ON "price_list" (brand, "f_list_type", id);

CREATE INDEX IF NOT EXISTS "price_list_f_lifecycle_status_i" ON "price_list" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "price_list_f_last_update_i" ON "price_list" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "price_list_doc_i" ON "price_list" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "price_list_entry" ADD COLUMN IF NOT EXISTS "f_price_list_id" text GENERATED ALWAYS AS ((doc #>> '{priceList,id}')) STORED;

ALTER TABLE "price_list_entry" ADD COLUMN IF NOT EXISTS "f_product_offering_id" text GENERATED ALWAYS AS ((doc #>> '{productOffering,id}')) STORED;

ALTER TABLE "price_list_entry" ADD COLUMN IF NOT EXISTS "f_price_type" text GENERATED ALWAYS AS ((doc #>> '{priceType}')) STORED;

ALTER TABLE "price_list_entry" ADD COLUMN IF NOT EXISTS "f_price_unit" text GENERATED ALWAYS AS ((doc #>> '{price,unit}')) STORED;

ALTER TABLE "price_list_entry" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "price_list_entry_f_price_list_id_i" ON "price_list_entry" (brand, "f_price_list_id", id);

CREATE INDEX IF NOT EXISTS "price_list_entry_f_product_offering_id_i" ON "price_list_entry" (brand, "f_product_offering_id", id);

CREATE INDEX IF NOT EXISTS "price_list_entry_f_price_type_i" ON "price_list_entry" (brand, "f_price_type", id);

CREATE INDEX IF NOT EXISTS "price_list_entry_f_price_unit_i" ON "price_list_entry" (brand, "f_price_unit", id);

CREATE INDEX IF NOT EXISTS "price_list_entry_f_last_update_i" ON "price_list_entry" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "price_list_entry_doc_i" ON "price_list_entry" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "promotion" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "promotion" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "promotion" ADD COLUMN IF NOT EXISTS "f_promotion_type" text GENERATED ALWAYS AS ((doc #>> '{promotionType}')) STORED;

ALTER TABLE "promotion" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "promotion" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "promotion" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "promotion_f_name_i" ON "promotion" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "promotion_f_lifecycle_status_i" ON "promotion" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "promotion_f_promotion_type_i" ON "promotion" (brand, "f_promotion_type", id);

CREATE INDEX IF NOT EXISTS "promotion_f_last_update_i" ON "promotion" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "promotion_f_valid_for_start_date_time_i" ON "promotion" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "promotion_f_valid_for_end_date_time_i" ON "promotion" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "promotion_doc_i" ON "promotion" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "individual" ADD COLUMN IF NOT EXISTS "f_given_name" text GENERATED ALWAYS AS ((doc #>> '{givenName}')) STORED;

ALTER TABLE "individual" ADD COLUMN IF NOT EXISTS "f_family_name" text GENERATED ALWAYS AS ((doc #>> '{familyName}')) STORED;

ALTER TABLE "individual" ADD COLUMN IF NOT EXISTS "f_full_name" text GENERATED ALWAYS AS ((doc #>> '{fullName}')) STORED;

ALTER TABLE "individual" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "individual" ADD COLUMN IF NOT EXISTS "f_birth_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{birthDate}')) STORED;

CREATE INDEX IF NOT EXISTS "individual_f_given_name_i" ON "individual" (brand, "f_given_name", id);

CREATE INDEX IF NOT EXISTS "individual_f_family_name_i" ON "individual" (brand, "f_family_name", id);

CREATE INDEX IF NOT EXISTS "individual_f_full_name_i" ON "individual" (brand, "f_full_name", id);

CREATE INDEX IF NOT EXISTS "individual_f_status_i" ON "individual" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "individual_f_birth_date_i" ON "individual" (brand, "f_birth_date", id);

CREATE INDEX IF NOT EXISTS "individual_doc_i" ON "individual" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "individual_owner_i" ON "individual" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "organization" ADD COLUMN IF NOT EXISTS "f_trading_name" text GENERATED ALWAYS AS ((doc #>> '{tradingName}')) STORED;

ALTER TABLE "organization" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "organization" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "organization" ADD COLUMN IF NOT EXISTS "f_organization_type" text GENERATED ALWAYS AS ((doc #>> '{organizationType}')) STORED;

ALTER TABLE "organization" ADD COLUMN IF NOT EXISTS "f_is_legal_entity" boolean GENERATED ALWAYS AS ((doc #>> '{isLegalEntity}')::boolean) STORED;

CREATE INDEX IF NOT EXISTS "organization_f_trading_name_i" ON "organization" (brand, "f_trading_name", id);

CREATE INDEX IF NOT EXISTS "organization_f_name_i" ON "organization" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "organization_f_status_i" ON "organization" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "organization_f_organization_type_i" ON "organization" (brand, "f_organization_type", id);

CREATE INDEX IF NOT EXISTS "organization_f_is_legal_entity_i" ON "organization" (brand, "f_is_legal_entity", id);

CREATE INDEX IF NOT EXISTS "organization_doc_i" ON "organization" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "organization_owner_i" ON "organization" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "customer" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "customer" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "customer" ADD COLUMN IF NOT EXISTS "f_engaged_party_id" text GENERATED ALWAYS AS ((doc #>> '{engagedParty,id}')) STORED;

ALTER TABLE "customer" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "customer" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "customer_f_name_i" ON "customer" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "customer_f_status_i" ON "customer" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "customer_f_engaged_party_id_i" ON "customer" (brand, "f_engaged_party_id", id);

CREATE INDEX IF NOT EXISTS "customer_f_valid_for_start_date_time_i" ON "customer" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "customer_f_valid_for_end_date_time_i" ON "customer" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "customer_doc_i" ON "customer" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "customer_owner_i" ON "customer" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "party_role" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "party_role" ADD COLUMN IF NOT EXISTS "f_role_type" text GENERATED ALWAYS AS ((doc #>> '{roleType}')) STORED;

ALTER TABLE "party_role" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "party_role" ADD COLUMN IF NOT EXISTS "f_engaged_party_id" text GENERATED ALWAYS AS ((doc #>> '{engagedParty,id}')) STORED;

ALTER TABLE "party_role" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "party_role" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "party_role_f_name_i" ON "party_role" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "party_role_f_role_type_i" ON "party_role" (brand, "f_role_type", id);

CREATE INDEX IF NOT EXISTS "party_role_f_status_i" ON "party_role" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "party_role_f_engaged_party_id_i" ON "party_role" (brand, "f_engaged_party_id", id);

CREATE INDEX IF NOT EXISTS "party_role_f_valid_for_start_date_time_i" ON "party_role" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "party_role_f_valid_for_end_date_time_i" ON "party_role" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "party_role_doc_i" ON "party_role" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "party_role_owner_i" ON "party_role" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "party_merge" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "party_merge" ADD COLUMN IF NOT EXISTS "f_kind" text GENERATED ALWAYS AS ((doc #>> '{kind}')) STORED;

ALTER TABLE "party_merge" ADD COLUMN IF NOT EXISTS "f_survivor_id" text GENERATED ALWAYS AS ((doc #>> '{survivor,id}')) STORED;

ALTER TABLE "party_merge" ADD COLUMN IF NOT EXISTS "f_merged_id" text GENERATED ALWAYS AS ((doc #>> '{merged,id}')) STORED;

ALTER TABLE "party_merge" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "party_merge_f_state_i" ON "party_merge" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "party_merge_f_kind_i" ON "party_merge" (brand, "f_kind", id);

CREATE INDEX IF NOT EXISTS "party_merge_f_survivor_id_i" ON "party_merge" (brand, "f_survivor_id", id);

CREATE INDEX IF NOT EXISTS "party_merge_f_merged_id_i" ON "party_merge" (brand, "f_merged_id", id);

CREATE INDEX IF NOT EXISTS "party_merge_f_creation_date_i" ON "party_merge" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "party_merge_doc_i" ON "party_merge" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "identity_suggestion" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "identity_suggestion" ADD COLUMN IF NOT EXISTS "f_kind" text GENERATED ALWAYS AS ((doc #>> '{kind}')) STORED;

ALTER TABLE "identity_suggestion" ADD COLUMN IF NOT EXISTS "f_score" numeric GENERATED ALWAYS AS ((doc #>> '{score}')::numeric) STORED;

ALTER TABLE "identity_suggestion" ADD COLUMN IF NOT EXISTS "f_first_id" text GENERATED ALWAYS AS ((doc #>> '{first,id}')) STORED;

ALTER TABLE "identity_suggestion" ADD COLUMN IF NOT EXISTS "f_second_id" text GENERATED ALWAYS AS ((doc #>> '{second,id}')) STORED;

ALTER TABLE "identity_suggestion" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "identity_suggestion_f_state_i" ON "identity_suggestion" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "identity_suggestion_f_kind_i" ON "identity_suggestion" (brand, "f_kind", id);

CREATE INDEX IF NOT EXISTS "identity_suggestion_f_score_i" ON "identity_suggestion" (brand, "f_score", id);

CREATE INDEX IF NOT EXISTS "identity_suggestion_f_first_id_i" ON "identity_suggestion" (brand, "f_first_id", id);

CREATE INDEX IF NOT EXISTS "identity_suggestion_f_second_id_i" ON "identity_suggestion" (brand, "f_second_id", id);

CREATE INDEX IF NOT EXISTS "identity_suggestion_f_creation_date_i" ON "identity_suggestion" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "identity_suggestion_doc_i" ON "identity_suggestion" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "user_role" ADD COLUMN IF NOT EXISTS "f_involvement_role" text GENERATED ALWAYS AS ((doc #>> '{involvementRole}')) STORED;

CREATE INDEX IF NOT EXISTS "user_role_f_involvement_role_i" ON "user_role" (brand, "f_involvement_role", id);

CREATE INDEX IF NOT EXISTS "user_role_doc_i" ON "user_role" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "permission" ADD COLUMN IF NOT EXISTS "f_user_id" text GENERATED ALWAYS AS ((doc #>> '{user,id}')) STORED;

ALTER TABLE "permission" ADD COLUMN IF NOT EXISTS "f_granter_id" text GENERATED ALWAYS AS ((doc #>> '{granter,id}')) STORED;

ALTER TABLE "permission" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "permission" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "permission_f_user_id_i" ON "permission" (brand, "f_user_id", id);

CREATE INDEX IF NOT EXISTS "permission_f_granter_id_i" ON "permission" (brand, "f_granter_id", id);

CREATE INDEX IF NOT EXISTS "permission_f_creation_date_i" ON "permission" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "permission_f_valid_for_end_date_time_i" ON "permission" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "permission_doc_i" ON "permission" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "permission_owner_i" ON "permission" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "delegation" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "delegation" ADD COLUMN IF NOT EXISTS "f_grantor_id" text GENERATED ALWAYS AS ((doc #>> '{grantor,id}')) STORED;

ALTER TABLE "delegation" ADD COLUMN IF NOT EXISTS "f_delegate_id" text GENERATED ALWAYS AS ((doc #>> '{delegate,id}')) STORED;

ALTER TABLE "delegation" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "delegation" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "delegation_f_status_i" ON "delegation" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "delegation_f_grantor_id_i" ON "delegation" (brand, "f_grantor_id", id);

CREATE INDEX IF NOT EXISTS "delegation_f_delegate_id_i" ON "delegation" (brand, "f_delegate_id", id);

CREATE INDEX IF NOT EXISTS "delegation_f_creation_date_i" ON "delegation" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "delegation_f_valid_for_end_date_time_i" ON "delegation" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "delegation_doc_i" ON "delegation" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "delegation_owner_i" ON "delegation" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "party_interaction" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "party_interaction" ADD COLUMN IF NOT EXISTS "f_direction" text GENERATED ALWAYS AS ((doc #>> '{direction}')) STORED;

ALTER TABLE "party_interaction" ADD COLUMN IF NOT EXISTS "f_reason" text GENERATED ALWAYS AS ((doc #>> '{reason}')) STORED;

ALTER TABLE "party_interaction" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "party_interaction" ADD COLUMN IF NOT EXISTS "f_interaction_date_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{interactionDate,startDateTime}')) STORED;

ALTER TABLE "party_interaction" ADD COLUMN IF NOT EXISTS "f_interaction_date_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{interactionDate,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "party_interaction_f_status_i" ON "party_interaction" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "party_interaction_f_direction_i" ON "party_interaction" (brand, "f_direction", id);

CREATE INDEX IF NOT EXISTS "party_interaction_f_reason_i" ON "party_interaction" (brand, "f_reason", id);

CREATE INDEX IF NOT EXISTS "party_interaction_f_creation_date_i" ON "party_interaction" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "party_interaction_f_interaction_date_start_date_time_i" ON "party_interaction" (brand, "f_interaction_date_start_date_time", id);

CREATE INDEX IF NOT EXISTS "party_interaction_f_interaction_date_end_date_time_i" ON "party_interaction" (brand, "f_interaction_date_end_date_time", id);

CREATE INDEX IF NOT EXISTS "party_interaction_doc_i" ON "party_interaction" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "party_interaction_owner_i" ON "party_interaction" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "contact_preference" ADD COLUMN IF NOT EXISTS "f_party_id" text GENERATED ALWAYS AS ((doc #>> '{party,id}')) STORED;

ALTER TABLE "contact_preference" ADD COLUMN IF NOT EXISTS "f_purpose" text GENERATED ALWAYS AS ((doc #>> '{purpose}')) STORED;

ALTER TABLE "contact_preference" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "contact_preference_f_party_id_i" ON "contact_preference" (brand, "f_party_id", id);

CREATE INDEX IF NOT EXISTS "contact_preference_f_purpose_i" ON "contact_preference" (brand, "f_purpose", id);

CREATE INDEX IF NOT EXISTS "contact_preference_f_last_update_i" ON "contact_preference" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "contact_preference_doc_i" ON "contact_preference" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "contact_preference_owner_i" ON "contact_preference" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "geographic_address" ADD COLUMN IF NOT EXISTS "f_city" text GENERATED ALWAYS AS ((doc #>> '{city}')) STORED;

ALTER TABLE "geographic_address" ADD COLUMN IF NOT EXISTS "f_postcode" text GENERATED ALWAYS AS ((doc #>> '{postcode}')) STORED;

CREATE INDEX IF NOT EXISTS "geographic_address_f_city_i" ON "geographic_address" (brand, "f_city", id);

CREATE INDEX IF NOT EXISTS "geographic_address_f_postcode_i" ON "geographic_address" (brand, "f_postcode", id);

CREATE INDEX IF NOT EXISTS "geographic_address_doc_i" ON "geographic_address" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "geographic_address_validation" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "geographic_address_validation" ADD COLUMN IF NOT EXISTS "f_validation_result" text GENERATED ALWAYS AS ((doc #>> '{validationResult}')) STORED;

ALTER TABLE "geographic_address_validation" ADD COLUMN IF NOT EXISTS "f_validation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "geographic_address_validation_f_state_i" ON "geographic_address_validation" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "geographic_address_validation_f_validation_result_i" ON "geographic_address_validation" (brand, "f_validation_result", id);

CREATE INDEX IF NOT EXISTS "geographic_address_validation_f_validation_date_i" ON "geographic_address_validation" (brand, "f_validation_date", id);

CREATE INDEX IF NOT EXISTS "geographic_address_validation_doc_i" ON "geographic_address_validation" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "geographic_site" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "geographic_site" ADD COLUMN IF NOT EXISTS "f_code" text GENERATED ALWAYS AS ((doc #>> '{code}')) STORED;

ALTER TABLE "geographic_site" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

CREATE INDEX IF NOT EXISTS "geographic_site_f_name_i" ON "geographic_site" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "geographic_site_f_code_i" ON "geographic_site" (brand, "f_code", id);

CREATE INDEX IF NOT EXISTS "geographic_site_f_status_i" ON "geographic_site" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "geographic_site_doc_i" ON "geographic_site" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "geographic_site_owner_i" ON "geographic_site" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "check_service_qualification" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "check_service_qualification" ADD COLUMN IF NOT EXISTS "f_qualification_result" text GENERATED ALWAYS AS ((doc #>> '{qualificationResult}')) STORED;

ALTER TABLE "check_service_qualification" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "check_service_qualification" ADD COLUMN IF NOT EXISTS "f_check_service_qualification_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{checkServiceQualificationDate}')) STORED;

ALTER TABLE "check_service_qualification" ADD COLUMN IF NOT EXISTS "f_expiration_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{expirationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "check_service_qualification_f_state_i" ON "check_service_qualification" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "check_service_qualification_f_qualification_result_i" ON "check_service_qualification" (brand, "f_qualification_result", id);

CREATE INDEX IF NOT EXISTS "check_service_qualification_f_external_id_i" ON "check_service_qualification" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "check_service_qualification_f_check_service_qualification_da_i" ON "check_service_qualification" (brand, "f_check_service_qualification_date", id);

CREATE INDEX IF NOT EXISTS "check_service_qualification_f_expiration_date_i" ON "check_service_qualification" (brand, "f_expiration_date", id);

CREATE INDEX IF NOT EXISTS "check_service_qualification_doc_i" ON "check_service_qualification" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "query_service_qualification" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "query_service_qualification" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "query_service_qualification" ADD COLUMN IF NOT EXISTS "f_query_service_qualification_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{queryServiceQualificationDate}')) STORED;

ALTER TABLE "query_service_qualification" ADD COLUMN IF NOT EXISTS "f_expiration_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{expirationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "query_service_qualification_f_state_i" ON "query_service_qualification" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "query_service_qualification_f_external_id_i" ON "query_service_qualification" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "query_service_qualification_f_query_service_qualification_da_i" ON "query_service_qualification" (brand, "f_query_service_qualification_date", id);

CREATE INDEX IF NOT EXISTS "query_service_qualification_f_expiration_date_i" ON "query_service_qualification" (brand, "f_expiration_date", id);

CREATE INDEX IF NOT EXISTS "query_service_qualification_doc_i" ON "query_service_qualification" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "service_need" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "service_need" ADD COLUMN IF NOT EXISTS "f_service_specification_id" text GENERATED ALWAYS AS ((doc #>> '{serviceSpecification,id}')) STORED;

CREATE INDEX IF NOT EXISTS "service_need_f_name_i" ON "service_need" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "service_need_f_service_specification_id_i" ON "service_need" (brand, "f_service_specification_id", id);

CREATE INDEX IF NOT EXISTS "service_need_doc_i" ON "service_need" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "qualification_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "qualification_rule" ADD COLUMN IF NOT EXISTS "f_kind" text GENERATED ALWAYS AS ((doc #>> '{kind}')) STORED;

ALTER TABLE "qualification_rule" ADD COLUMN IF NOT EXISTS "f_reason_code" text GENERATED ALWAYS AS ((doc #>> '{reasonCode}')) STORED;

ALTER TABLE "qualification_rule" ADD COLUMN IF NOT EXISTS "f_priority" numeric GENERATED ALWAYS AS ((doc #>> '{priority}')::numeric) STORED;

CREATE INDEX IF NOT EXISTS "qualification_rule_f_name_i" ON "qualification_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "qualification_rule_f_kind_i" ON "qualification_rule" (brand, "f_kind", id);

CREATE INDEX IF NOT EXISTS "qualification_rule_f_reason_code_i" ON "qualification_rule" (brand, "f_reason_code", id);

CREATE INDEX IF NOT EXISTS "qualification_rule_f_priority_i" ON "qualification_rule" (brand, "f_priority", id);

CREATE INDEX IF NOT EXISTS "qualification_rule_doc_i" ON "qualification_rule" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_expiration_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{expirationDate}')) STORED;

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_technology" text GENERATED ALWAYS AS ((doc #>> '{technology}')) STORED;

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_provider" text GENERATED ALWAYS AS ((doc #>> '{provider}')) STORED;

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_order_id" text GENERATED ALWAYS AS ((doc #>> '{order,id}')) STORED;

ALTER TABLE "capacity_reservation" ADD COLUMN IF NOT EXISTS "f_line_place_id" text GENERATED ALWAYS AS ((doc #>> '{line,placeId}')) STORED;

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_state_i" ON "capacity_reservation" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_expiration_date_i" ON "capacity_reservation" (brand, "f_expiration_date", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_creation_date_i" ON "capacity_reservation" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_technology_i" ON "capacity_reservation" (brand, "f_technology", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_provider_i" ON "capacity_reservation" (brand, "f_provider", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_order_id_i" ON "capacity_reservation" (brand, "f_order_id", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_f_line_place_id_i" ON "capacity_reservation" (brand, "f_line_place_id", id);

CREATE INDEX IF NOT EXISTS "capacity_reservation_doc_i" ON "capacity_reservation" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "capacity_reservation_owner_i" ON "capacity_reservation" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_category" text GENERATED ALWAYS AS ((doc #>> '{category}')) STORED;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

ALTER TABLE "appointment" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "appointment_f_status_i" ON "appointment" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "appointment_f_category_i" ON "appointment" (brand, "f_category", id);

CREATE INDEX IF NOT EXISTS "appointment_f_external_id_i" ON "appointment" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "appointment_f_creation_date_i" ON "appointment" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "appointment_f_last_update_i" ON "appointment" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "appointment_f_valid_for_start_date_time_i" ON "appointment" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "appointment_f_valid_for_end_date_time_i" ON "appointment" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "appointment_doc_i" ON "appointment" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "appointment_owner_i" ON "appointment" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "search_time_slot" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "search_time_slot" ADD COLUMN IF NOT EXISTS "f_search_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{searchDate}')) STORED;

ALTER TABLE "search_time_slot" ADD COLUMN IF NOT EXISTS "f_search_result" text GENERATED ALWAYS AS ((doc #>> '{searchResult}')) STORED;

CREATE INDEX IF NOT EXISTS "search_time_slot_f_status_i" ON "search_time_slot" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "search_time_slot_f_search_date_i" ON "search_time_slot" (brand, "f_search_date", id);

CREATE INDEX IF NOT EXISTS "search_time_slot_f_search_result_i" ON "search_time_slot" (brand, "f_search_result", id);

CREATE INDEX IF NOT EXISTS "search_time_slot_doc_i" ON "search_time_slot" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "search_time_slot_owner_i" ON "search_time_slot" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "technician_calendar" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "technician_calendar" ADD COLUMN IF NOT EXISTS "f_time_zone" text GENERATED ALWAYS AS ((doc #>> '{timeZone}')) STORED;

CREATE INDEX IF NOT EXISTS "technician_calendar_f_name_i" ON "technician_calendar" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "technician_calendar_f_time_zone_i" ON "technician_calendar" (brand, "f_time_zone", id);

CREATE INDEX IF NOT EXISTS "technician_calendar_doc_i" ON "technician_calendar" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_start_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{startDate}')) STORED;

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_termination_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{terminationDate}')) STORED;

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_billing_account_id" text GENERATED ALWAYS AS ((doc #>> '{billingAccount,id}')) STORED;

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_product_offering_id" text GENERATED ALWAYS AS ((doc #>> '{productOffering,id}')) STORED;

ALTER TABLE "product" ADD COLUMN IF NOT EXISTS "f_product_specification_id" text GENERATED ALWAYS AS ((doc #>> '{productSpecification,id}')) STORED;

CREATE INDEX IF NOT EXISTS "product_f_name_i" ON "product" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "product_f_status_i" ON "product" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "product_f_start_date_i" ON "product" (brand, "f_start_date", id);

CREATE INDEX IF NOT EXISTS "product_f_termination_date_i" ON "product" (brand, "f_termination_date", id);

CREATE INDEX IF NOT EXISTS "product_f_billing_account_id_i" ON "product" (brand, "f_billing_account_id", id);

CREATE INDEX IF NOT EXISTS "product_f_product_offering_id_i" ON "product" (brand, "f_product_offering_id", id);

CREATE INDEX IF NOT EXISTS "product_f_product_specification_id_i" ON "product" (brand, "f_product_specification_id", id);

CREATE INDEX IF NOT EXISTS "product_doc_i" ON "product" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "product_owner_i" ON "product" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "service_instance" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "service_instance" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "service_instance" ADD COLUMN IF NOT EXISTS "f_system" text GENERATED ALWAYS AS ((doc #>> '{system}')) STORED;

ALTER TABLE "service_instance" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "service_instance" ADD COLUMN IF NOT EXISTS "f_product_id" text GENERATED ALWAYS AS ((doc #>> '{product,id}')) STORED;

CREATE INDEX IF NOT EXISTS "service_instance_f_name_i" ON "service_instance" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "service_instance_f_state_i" ON "service_instance" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "service_instance_f_system_i" ON "service_instance" (brand, "f_system", id);

CREATE INDEX IF NOT EXISTS "service_instance_f_external_id_i" ON "service_instance" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "service_instance_f_product_id_i" ON "service_instance" (brand, "f_product_id", id);

CREATE INDEX IF NOT EXISTS "service_instance_doc_i" ON "service_instance" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "resource_instance" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "resource_instance" ADD COLUMN IF NOT EXISTS "f_resource_status" text GENERATED ALWAYS AS ((doc #>> '{resourceStatus}')) STORED;

ALTER TABLE "resource_instance" ADD COLUMN IF NOT EXISTS "f_system" text GENERATED ALWAYS AS ((doc #>> '{system}')) STORED;

ALTER TABLE "resource_instance" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "resource_instance" ADD COLUMN IF NOT EXISTS "f_value" text GENERATED ALWAYS AS ((doc #>> '{value}')) STORED;

ALTER TABLE "resource_instance" ADD COLUMN IF NOT EXISTS "f_product_id" text GENERATED ALWAYS AS ((doc #>> '{product,id}')) STORED;

CREATE INDEX IF NOT EXISTS "resource_instance_f_name_i" ON "resource_instance" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "resource_instance_f_resource_status_i" ON "resource_instance" (brand, "f_resource_status", id);

CREATE INDEX IF NOT EXISTS "resource_instance_f_system_i" ON "resource_instance" (brand, "f_system", id);

CREATE INDEX IF NOT EXISTS "resource_instance_f_external_id_i" ON "resource_instance" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "resource_instance_f_value_i" ON "resource_instance" (brand, "f_value", id);

CREATE INDEX IF NOT EXISTS "resource_instance_f_product_id_i" ON "resource_instance" (brand, "f_product_id", id);

CREATE INDEX IF NOT EXISTS "resource_instance_doc_i" ON "resource_instance" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "agreement_specification" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "agreement_specification" ADD COLUMN IF NOT EXISTS "f_lifecycle_status" text GENERATED ALWAYS AS ((doc #>> '{lifecycleStatus}')) STORED;

ALTER TABLE "agreement_specification" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "agreement_specification" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "agreement_specification_f_name_i" ON "agreement_specification" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "agreement_specification_f_lifecycle_status_i" ON "agreement_specification" (brand, "f_lifecycle_status", id);

CREATE INDEX IF NOT EXISTS "agreement_specification_f_version_i" ON "agreement_specification" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "agreement_specification_f_last_update_i" ON "agreement_specification" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "agreement_specification_doc_i" ON "agreement_specification" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_agreement_type" text GENERATED ALWAYS AS ((doc #>> '{agreementType}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_document_number" numeric GENERATED ALWAYS AS ((doc #>> '{documentNumber}')::numeric) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_initial_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{initialDate}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_agreement_period_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{agreementPeriod,startDateTime}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_agreement_period_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{agreementPeriod,endDateTime}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_agreement_specification_id" text GENERATED ALWAYS AS ((doc #>> '{agreementSpecification,id}')) STORED;

ALTER TABLE "agreement" ADD COLUMN IF NOT EXISTS "f_replaces_id" text GENERATED ALWAYS AS ((doc #>> '{replaces,id}')) STORED;

CREATE INDEX IF NOT EXISTS "agreement_f_name_i" ON "agreement" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "agreement_f_status_i" ON "agreement" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "agreement_f_agreement_type_i" ON "agreement" (brand, "f_agreement_type", id);

CREATE INDEX IF NOT EXISTS "agreement_f_version_i" ON "agreement" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "agreement_f_document_number_i" ON "agreement" (brand, "f_document_number", id);

CREATE INDEX IF NOT EXISTS "agreement_f_initial_date_i" ON "agreement" (brand, "f_initial_date", id);

CREATE INDEX IF NOT EXISTS "agreement_f_agreement_period_start_date_time_i" ON "agreement" (brand, "f_agreement_period_start_date_time", id);

CREATE INDEX IF NOT EXISTS "agreement_f_agreement_period_end_date_time_i" ON "agreement" (brand, "f_agreement_period_end_date_time", id);

CREATE INDEX IF NOT EXISTS "agreement_f_agreement_specification_id_i" ON "agreement" (brand, "f_agreement_specification_id", id);

CREATE INDEX IF NOT EXISTS "agreement_f_replaces_id_i" ON "agreement" (brand, "f_replaces_id", id);

CREATE INDEX IF NOT EXISTS "agreement_doc_i" ON "agreement" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "agreement_owner_i" ON "agreement" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_rating" text GENERATED ALWAYS AS ((doc #>> '{rating}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_priority" text GENERATED ALWAYS AS ((doc #>> '{priority}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_referred_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{referredDate}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_estimated_revenue_value" numeric GENERATED ALWAYS AS ((doc #>> '{estimatedRevenue,value}')::numeric) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_marketing_campaign_id" text GENERATED ALWAYS AS ((doc #>> '{marketingCampaign,id}')) STORED;

ALTER TABLE "sales_lead" ADD COLUMN IF NOT EXISTS "f_channel_id" text GENERATED ALWAYS AS ((doc #>> '{channel,id}')) STORED;

CREATE INDEX IF NOT EXISTS "sales_lead_f_name_i" ON "sales_lead" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_status_i" ON "sales_lead" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_rating_i" ON "sales_lead" (brand, "f_rating", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_priority_i" ON "sales_lead" (brand, "f_priority", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_creation_date_i" ON "sales_lead" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_referred_date_i" ON "sales_lead" (brand, "f_referred_date", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_estimated_revenue_value_i" ON "sales_lead" (brand, "f_estimated_revenue_value", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_marketing_campaign_id_i" ON "sales_lead" (brand, "f_marketing_campaign_id", id);

CREATE INDEX IF NOT EXISTS "sales_lead_f_channel_id_i" ON "sales_lead" (brand, "f_channel_id", id);

CREATE INDEX IF NOT EXISTS "sales_lead_doc_i" ON "sales_lead" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "sales_lead_owner_i" ON "sales_lead" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "check_product_configuration" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "check_product_configuration" ADD COLUMN IF NOT EXISTS "f_channel_id" text GENERATED ALWAYS AS ((doc #>> '{channel,id}')) STORED;

CREATE INDEX IF NOT EXISTS "check_product_configuration_f_state_i" ON "check_product_configuration" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "check_product_configuration_f_channel_id_i" ON "check_product_configuration" (brand, "f_channel_id", id);

CREATE INDEX IF NOT EXISTS "check_product_configuration_doc_i" ON "check_product_configuration" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "check_product_configuration_owner_i" ON "check_product_configuration" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "query_product_configuration" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "query_product_configuration" ADD COLUMN IF NOT EXISTS "f_channel_id" text GENERATED ALWAYS AS ((doc #>> '{channel,id}')) STORED;

CREATE INDEX IF NOT EXISTS "query_product_configuration_f_state_i" ON "query_product_configuration" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "query_product_configuration_f_channel_id_i" ON "query_product_configuration" (brand, "f_channel_id", id);

CREATE INDEX IF NOT EXISTS "query_product_configuration_doc_i" ON "query_product_configuration" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "query_product_configuration_owner_i" ON "query_product_configuration" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "product_offering_qualification" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "product_offering_qualification" ADD COLUMN IF NOT EXISTS "f_qualification_result" text GENERATED ALWAYS AS ((doc #>> '{qualificationResult}')) STORED;

ALTER TABLE "product_offering_qualification" ADD COLUMN IF NOT EXISTS "f_product_offering_qualification_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{productOfferingQualificationDate}')) STORED;

ALTER TABLE "product_offering_qualification" ADD COLUMN IF NOT EXISTS "f_expiration_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{expirationDate}')) STORED;

ALTER TABLE "product_offering_qualification" ADD COLUMN IF NOT EXISTS "f_effective_qualification_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{effectiveQualificationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "product_offering_qualification_f_state_i" ON "product_offering_qualification" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "product_offering_qualification_f_qualification_result_i" ON "product_offering_qualification" (brand, "f_qualification_result", id);

CREATE INDEX IF NOT EXISTS "product_offering_qualification_f_product_offering_qualificat_i" ON "product_offering_qualification" (brand, "f_product_offering_qualification_date", id);

CREATE INDEX IF NOT EXISTS "product_offering_qualification_f_expiration_date_i" ON "product_offering_qualification" (brand, "f_expiration_date", id);

CREATE INDEX IF NOT EXISTS "product_offering_qualification_f_effective_qualification_dat_i" ON "product_offering_qualification" (brand, "f_effective_qualification_date", id);

CREATE INDEX IF NOT EXISTS "product_offering_qualification_doc_i" ON "product_offering_qualification" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "product_offering_qualification_owner_i" ON "product_offering_qualification" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_order_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{orderDate}')) STORED;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_completion_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{completionDate}')) STORED;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_category" text GENERATED ALWAYS AS ((doc #>> '{category}')) STORED;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_priority" text GENERATED ALWAYS AS ((doc #>> '{priority}')) STORED;

ALTER TABLE "product_order" ADD COLUMN IF NOT EXISTS "f_billing_account_id" text GENERATED ALWAYS AS ((doc #>> '{billingAccount,id}')) STORED;

CREATE INDEX IF NOT EXISTS "product_order_f_state_i" ON "product_order" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "product_order_f_order_date_i" ON "product_order" (brand, "f_order_date", id);

CREATE INDEX IF NOT EXISTS "product_order_f_completion_date_i" ON "product_order" (brand, "f_completion_date", id);

CREATE INDEX IF NOT EXISTS "product_order_f_external_id_i" ON "product_order" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "product_order_f_category_i" ON "product_order" (brand, "f_category", id);

CREATE INDEX IF NOT EXISTS "product_order_f_priority_i" ON "product_order" (brand, "f_priority", id);

CREATE INDEX IF NOT EXISTS "product_order_f_billing_account_id_i" ON "product_order" (brand, "f_billing_account_id", id);

CREATE INDEX IF NOT EXISTS "product_order_doc_i" ON "product_order" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "product_order_owner_i" ON "product_order" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "cancel_product_order" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "cancel_product_order" ADD COLUMN IF NOT EXISTS "f_product_order_id" text GENERATED ALWAYS AS ((doc #>> '{productOrder,id}')) STORED;

ALTER TABLE "cancel_product_order" ADD COLUMN IF NOT EXISTS "f_requested_cancellation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{requestedCancellationDate}')) STORED;

ALTER TABLE "cancel_product_order" ADD COLUMN IF NOT EXISTS "f_effective_cancellation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{effectiveCancellationDate}')) STORED;

CREATE INDEX IF NOT EXISTS "cancel_product_order_f_state_i" ON "cancel_product_order" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "cancel_product_order_f_product_order_id_i" ON "cancel_product_order" (brand, "f_product_order_id", id);

CREATE INDEX IF NOT EXISTS "cancel_product_order_f_requested_cancellation_date_i" ON "cancel_product_order" (brand, "f_requested_cancellation_date", id);

CREATE INDEX IF NOT EXISTS "cancel_product_order_f_effective_cancellation_date_i" ON "cancel_product_order" (brand, "f_effective_cancellation_date", id);

CREATE INDEX IF NOT EXISTS "cancel_product_order_doc_i" ON "cancel_product_order" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "cancel_product_order_owner_i" ON "cancel_product_order" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "contract_terms" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "contract_terms" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "contract_terms" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "contract_terms" ADD COLUMN IF NOT EXISTS "f_valid_for_start_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,startDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "contract_terms_f_name_i" ON "contract_terms" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "contract_terms_f_version_i" ON "contract_terms" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "contract_terms_f_last_update_i" ON "contract_terms" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "contract_terms_f_valid_for_start_date_time_i" ON "contract_terms" (brand, "f_valid_for_start_date_time", id);

CREATE INDEX IF NOT EXISTS "contract_terms_doc_i" ON "contract_terms" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "contract_summary" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "contract_summary" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "contract_summary" ADD COLUMN IF NOT EXISTS "f_quote_id" text GENERATED ALWAYS AS ((doc #>> '{quote,id}')) STORED;

ALTER TABLE "contract_summary" ADD COLUMN IF NOT EXISTS "f_shopping_cart_id" text GENERATED ALWAYS AS ((doc #>> '{shoppingCart,id}')) STORED;

ALTER TABLE "contract_summary" ADD COLUMN IF NOT EXISTS "f_hash" text GENERATED ALWAYS AS ((doc #>> '{hash}')) STORED;

CREATE INDEX IF NOT EXISTS "contract_summary_f_state_i" ON "contract_summary" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "contract_summary_f_creation_date_i" ON "contract_summary" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "contract_summary_f_quote_id_i" ON "contract_summary" (brand, "f_quote_id", id);

CREATE INDEX IF NOT EXISTS "contract_summary_f_shopping_cart_id_i" ON "contract_summary" (brand, "f_shopping_cart_id", id);

CREATE INDEX IF NOT EXISTS "contract_summary_f_hash_i" ON "contract_summary" (brand, "f_hash", id);

CREATE INDEX IF NOT EXISTS "contract_summary_doc_i" ON "contract_summary" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "contract_summary_owner_i" ON "contract_summary" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "discount_authority" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "discount_authority" ADD COLUMN IF NOT EXISTS "f_max_percentage" numeric GENERATED ALWAYS AS ((doc #>> '{maxPercentage}')::numeric) STORED;

ALTER TABLE "discount_authority" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "discount_authority_f_name_i" ON "discount_authority" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "discount_authority_f_max_percentage_i" ON "discount_authority" (brand, "f_max_percentage", id);

CREATE INDEX IF NOT EXISTS "discount_authority_f_last_update_i" ON "discount_authority" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "discount_authority_doc_i" ON "discount_authority" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_quote_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{quoteDate}')) STORED;

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_external_id" text GENERATED ALWAYS AS ((doc #>> '{externalId}')) STORED;

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_category" text GENERATED ALWAYS AS ((doc #>> '{category}')) STORED;

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

ALTER TABLE "quote" ADD COLUMN IF NOT EXISTS "f_expected_quote_completion_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{expectedQuoteCompletionDate}')) STORED;

CREATE INDEX IF NOT EXISTS "quote_f_state_i" ON "quote" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "quote_f_quote_date_i" ON "quote" (brand, "f_quote_date", id);

CREATE INDEX IF NOT EXISTS "quote_f_external_id_i" ON "quote" (brand, "f_external_id", id);

CREATE INDEX IF NOT EXISTS "quote_f_category_i" ON "quote" (brand, "f_category", id);

CREATE INDEX IF NOT EXISTS "quote_f_version_i" ON "quote" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "quote_f_valid_for_end_date_time_i" ON "quote" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "quote_f_expected_quote_completion_date_i" ON "quote" (brand, "f_expected_quote_completion_date", id);

CREATE INDEX IF NOT EXISTS "quote_doc_i" ON "quote" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "quote_owner_i" ON "quote" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "delivery_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "delivery_rule" ADD COLUMN IF NOT EXISTS "f_product_specification_id" text GENERATED ALWAYS AS ((doc #>> '{productSpecification,id}')) STORED;

ALTER TABLE "delivery_rule" ADD COLUMN IF NOT EXISTS "f_product_specification_name" text GENERATED ALWAYS AS ((doc #>> '{productSpecification,name}')) STORED;

ALTER TABLE "delivery_rule" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "delivery_rule_f_name_i" ON "delivery_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "delivery_rule_f_product_specification_id_i" ON "delivery_rule" (brand, "f_product_specification_id", id);

CREATE INDEX IF NOT EXISTS "delivery_rule_f_product_specification_name_i" ON "delivery_rule" (brand, "f_product_specification_name", id);

CREATE INDEX IF NOT EXISTS "delivery_rule_f_last_update_i" ON "delivery_rule" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "delivery_rule_doc_i" ON "delivery_rule" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "delivery_target" ADD COLUMN IF NOT EXISTS "f_system" text GENERATED ALWAYS AS ((doc #>> '{system}')) STORED;

ALTER TABLE "delivery_target" ADD COLUMN IF NOT EXISTS "f_adapter" text GENERATED ALWAYS AS ((doc #>> '{adapter}')) STORED;

ALTER TABLE "delivery_target" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "delivery_target_f_system_i" ON "delivery_target" (brand, "f_system", id);

CREATE INDEX IF NOT EXISTS "delivery_target_f_adapter_i" ON "delivery_target" (brand, "f_adapter", id);

CREATE INDEX IF NOT EXISTS "delivery_target_f_last_update_i" ON "delivery_target" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "delivery_target_doc_i" ON "delivery_target" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_at_type" text GENERATED ALWAYS AS ((doc #>> '{@type}')) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_status_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{statusDate}')) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_is_preferred" boolean GENERATED ALWAYS AS ((doc #>> '{isPreferred}')::boolean) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_related_party_id" text GENERATED ALWAYS AS ((doc #>> '{relatedParty,id}')) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_expiration_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{expirationDate}')) STORED;

ALTER TABLE "payment_method" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "payment_method_f_name_i" ON "payment_method" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_at_type_i" ON "payment_method" (brand, "f_at_type", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_status_i" ON "payment_method" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_status_date_i" ON "payment_method" (brand, "f_status_date", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_is_preferred_i" ON "payment_method" (brand, "f_is_preferred", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_related_party_id_i" ON "payment_method" (brand, "f_related_party_id", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_expiration_date_i" ON "payment_method" (brand, "f_expiration_date", id);

CREATE INDEX IF NOT EXISTS "payment_method_f_valid_for_end_date_time_i" ON "payment_method" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "payment_method_doc_i" ON "payment_method" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "payment_method_owner_i" ON "payment_method" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "shopping_cart" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "shopping_cart" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "shopping_cart" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "shopping_cart" ADD COLUMN IF NOT EXISTS "f_valid_for_end_date_time" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{validFor,endDateTime}')) STORED;

CREATE INDEX IF NOT EXISTS "shopping_cart_f_status_i" ON "shopping_cart" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "shopping_cart_f_last_update_i" ON "shopping_cart" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "shopping_cart_f_creation_date_i" ON "shopping_cart" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "shopping_cart_f_valid_for_end_date_time_i" ON "shopping_cart" (brand, "f_valid_for_end_date_time", id);

CREATE INDEX IF NOT EXISTS "shopping_cart_doc_i" ON "shopping_cart" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "shopping_cart_owner_i" ON "shopping_cart" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "channel_entitlement" ADD COLUMN IF NOT EXISTS "f_channel" text GENERATED ALWAYS AS ((doc #>> '{channel}')) STORED;

ALTER TABLE "channel_entitlement" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "channel_entitlement_f_channel_i" ON "channel_entitlement" (brand, "f_channel", id);

CREATE INDEX IF NOT EXISTS "channel_entitlement_f_last_update_i" ON "channel_entitlement" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "channel_entitlement_doc_i" ON "channel_entitlement" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "sales_gateway" ADD COLUMN IF NOT EXISTS "f_port" text GENERATED ALWAYS AS ((doc #>> '{port}')) STORED;

ALTER TABLE "sales_gateway" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "sales_gateway_f_port_i" ON "sales_gateway" (brand, "f_port", id);

CREATE INDEX IF NOT EXISTS "sales_gateway_f_last_update_i" ON "sales_gateway" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "sales_gateway_doc_i" ON "sales_gateway" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "party_account" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "party_account" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "party_account" ADD COLUMN IF NOT EXISTS "f_account_type" text GENERATED ALWAYS AS ((doc #>> '{accountType}')) STORED;

ALTER TABLE "party_account" ADD COLUMN IF NOT EXISTS "f_last_modified" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastModified}')) STORED;

ALTER TABLE "party_account" ADD COLUMN IF NOT EXISTS "f_payment_status" text GENERATED ALWAYS AS ((doc #>> '{paymentStatus}')) STORED;

CREATE INDEX IF NOT EXISTS "party_account_f_name_i" ON "party_account" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "party_account_f_state_i" ON "party_account" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "party_account_f_account_type_i" ON "party_account" (brand, "f_account_type", id);

CREATE INDEX IF NOT EXISTS "party_account_f_last_modified_i" ON "party_account" (brand, "f_last_modified", id);

CREATE INDEX IF NOT EXISTS "party_account_f_payment_status_i" ON "party_account" (brand, "f_payment_status", id);

CREATE INDEX IF NOT EXISTS "party_account_doc_i" ON "party_account" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "party_account_owner_i" ON "party_account" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "billing_account" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "billing_account" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "billing_account" ADD COLUMN IF NOT EXISTS "f_account_type" text GENERATED ALWAYS AS ((doc #>> '{accountType}')) STORED;

ALTER TABLE "billing_account" ADD COLUMN IF NOT EXISTS "f_last_modified" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastModified}')) STORED;

ALTER TABLE "billing_account" ADD COLUMN IF NOT EXISTS "f_payment_status" text GENERATED ALWAYS AS ((doc #>> '{paymentStatus}')) STORED;

ALTER TABLE "billing_account" ADD COLUMN IF NOT EXISTS "f_financial_account_id" text GENERATED ALWAYS AS ((doc #>> '{financialAccount,id}')) STORED;

CREATE INDEX IF NOT EXISTS "billing_account_f_name_i" ON "billing_account" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "billing_account_f_state_i" ON "billing_account" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "billing_account_f_account_type_i" ON "billing_account" (brand, "f_account_type", id);

CREATE INDEX IF NOT EXISTS "billing_account_f_last_modified_i" ON "billing_account" (brand, "f_last_modified", id);

CREATE INDEX IF NOT EXISTS "billing_account_f_payment_status_i" ON "billing_account" (brand, "f_payment_status", id);

CREATE INDEX IF NOT EXISTS "billing_account_f_financial_account_id_i" ON "billing_account" (brand, "f_financial_account_id", id);

CREATE INDEX IF NOT EXISTS "billing_account_doc_i" ON "billing_account" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "billing_account_owner_i" ON "billing_account" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "settlement_account" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "settlement_account" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "settlement_account" ADD COLUMN IF NOT EXISTS "f_account_type" text GENERATED ALWAYS AS ((doc #>> '{accountType}')) STORED;

ALTER TABLE "settlement_account" ADD COLUMN IF NOT EXISTS "f_last_modified" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastModified}')) STORED;

ALTER TABLE "settlement_account" ADD COLUMN IF NOT EXISTS "f_payment_status" text GENERATED ALWAYS AS ((doc #>> '{paymentStatus}')) STORED;

CREATE INDEX IF NOT EXISTS "settlement_account_f_name_i" ON "settlement_account" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "settlement_account_f_state_i" ON "settlement_account" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "settlement_account_f_account_type_i" ON "settlement_account" (brand, "f_account_type", id);

CREATE INDEX IF NOT EXISTS "settlement_account_f_last_modified_i" ON "settlement_account" (brand, "f_last_modified", id);

CREATE INDEX IF NOT EXISTS "settlement_account_f_payment_status_i" ON "settlement_account" (brand, "f_payment_status", id);

CREATE INDEX IF NOT EXISTS "settlement_account_doc_i" ON "settlement_account" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "settlement_account_owner_i" ON "settlement_account" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "financial_account" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "financial_account" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "financial_account" ADD COLUMN IF NOT EXISTS "f_account_type" text GENERATED ALWAYS AS ((doc #>> '{accountType}')) STORED;

ALTER TABLE "financial_account" ADD COLUMN IF NOT EXISTS "f_last_modified" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastModified}')) STORED;

CREATE INDEX IF NOT EXISTS "financial_account_f_name_i" ON "financial_account" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "financial_account_f_state_i" ON "financial_account" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "financial_account_f_account_type_i" ON "financial_account" (brand, "f_account_type", id);

CREATE INDEX IF NOT EXISTS "financial_account_f_last_modified_i" ON "financial_account" (brand, "f_last_modified", id);

CREATE INDEX IF NOT EXISTS "financial_account_doc_i" ON "financial_account" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "financial_account_owner_i" ON "financial_account" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "billing_cycle_specification" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "billing_cycle_specification" ADD COLUMN IF NOT EXISTS "f_frequency" text GENERATED ALWAYS AS ((doc #>> '{frequency}')) STORED;

ALTER TABLE "billing_cycle_specification" ADD COLUMN IF NOT EXISTS "f_billing_date_shift" numeric GENERATED ALWAYS AS ((doc #>> '{billingDateShift}')::numeric) STORED;

CREATE INDEX IF NOT EXISTS "billing_cycle_specification_f_name_i" ON "billing_cycle_specification" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "billing_cycle_specification_f_frequency_i" ON "billing_cycle_specification" (brand, "f_frequency", id);

CREATE INDEX IF NOT EXISTS "billing_cycle_specification_f_billing_date_shift_i" ON "billing_cycle_specification" (brand, "f_billing_date_shift", id);

CREATE INDEX IF NOT EXISTS "billing_cycle_specification_doc_i" ON "billing_cycle_specification" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "bill_format" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

CREATE INDEX IF NOT EXISTS "bill_format_f_name_i" ON "bill_format" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "bill_format_doc_i" ON "bill_format" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "bill_presentation_media" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

CREATE INDEX IF NOT EXISTS "bill_presentation_media_f_name_i" ON "bill_presentation_media" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "bill_presentation_media_doc_i" ON "bill_presentation_media" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_bill_no" text GENERATED ALWAYS AS ((doc #>> '{billNo}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_bill_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{billDate}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_category" text GENERATED ALWAYS AS ((doc #>> '{category}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_run_type" text GENERATED ALWAYS AS ((doc #>> '{runType}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_next_bill_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{nextBillDate}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_payment_due_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{paymentDueDate}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_billing_account_id" text GENERATED ALWAYS AS ((doc #>> '{billingAccount,id}')) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_amount_due_value" numeric GENERATED ALWAYS AS ((doc #>> '{amountDue,value}')::numeric) STORED;

ALTER TABLE "customer_bill" ADD COLUMN IF NOT EXISTS "f_remaining_amount_value" numeric GENERATED ALWAYS AS ((doc #>> '{remainingAmount,value}')::numeric) STORED;

CREATE INDEX IF NOT EXISTS "customer_bill_f_bill_no_i" ON "customer_bill" (brand, "f_bill_no", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_bill_date_i" ON "customer_bill" (brand, "f_bill_date", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_category_i" ON "customer_bill" (brand, "f_category", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_state_i" ON "customer_bill" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_run_type_i" ON "customer_bill" (brand, "f_run_type", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_last_update_i" ON "customer_bill" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_next_bill_date_i" ON "customer_bill" (brand, "f_next_bill_date", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_payment_due_date_i" ON "customer_bill" (brand, "f_payment_due_date", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_billing_account_id_i" ON "customer_bill" (brand, "f_billing_account_id", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_amount_due_value_i" ON "customer_bill" (brand, "f_amount_due_value", id);

CREATE INDEX IF NOT EXISTS "customer_bill_f_remaining_amount_value_i" ON "customer_bill" (brand, "f_remaining_amount_value", id);

CREATE INDEX IF NOT EXISTS "customer_bill_doc_i" ON "customer_bill" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "customer_bill_owner_i" ON "customer_bill" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_type" text GENERATED ALWAYS AS ((doc #>> '{type}')) STORED;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{date}')) STORED;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_is_billed" boolean GENERATED ALWAYS AS ((doc #>> '{isBilled}')::boolean) STORED;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_bill_id" text GENERATED ALWAYS AS ((doc #>> '{bill,id}')) STORED;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_product_id" text GENERATED ALWAYS AS ((doc #>> '{product,id}')) STORED;

ALTER TABLE "applied_customer_billing_rate" ADD COLUMN IF NOT EXISTS "f_billing_account_id" text GENERATED ALWAYS AS ((doc #>> '{billingAccount,id}')) STORED;

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_name_i" ON "applied_customer_billing_rate" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_type_i" ON "applied_customer_billing_rate" (brand, "f_type", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_date_i" ON "applied_customer_billing_rate" (brand, "f_date", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_is_billed_i" ON "applied_customer_billing_rate" (brand, "f_is_billed", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_bill_id_i" ON "applied_customer_billing_rate" (brand, "f_bill_id", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_product_id_i" ON "applied_customer_billing_rate" (brand, "f_product_id", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_f_billing_account_id_i" ON "applied_customer_billing_rate" (brand, "f_billing_account_id", id);

CREATE INDEX IF NOT EXISTS "applied_customer_billing_rate_doc_i" ON "applied_customer_billing_rate" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "customer_bill_on_demand" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "customer_bill_on_demand" ADD COLUMN IF NOT EXISTS "f_state" text GENERATED ALWAYS AS ((doc #>> '{state}')) STORED;

ALTER TABLE "customer_bill_on_demand" ADD COLUMN IF NOT EXISTS "f_billing_account_id" text GENERATED ALWAYS AS ((doc #>> '{billingAccount,id}')) STORED;

ALTER TABLE "customer_bill_on_demand" ADD COLUMN IF NOT EXISTS "f_customer_bill_id" text GENERATED ALWAYS AS ((doc #>> '{customerBill,id}')) STORED;

ALTER TABLE "customer_bill_on_demand" ADD COLUMN IF NOT EXISTS "f_related_party_id" text GENERATED ALWAYS AS ((doc #>> '{relatedParty,id}')) STORED;

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_f_name_i" ON "customer_bill_on_demand" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_f_state_i" ON "customer_bill_on_demand" (brand, "f_state", id);

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_f_billing_account_id_i" ON "customer_bill_on_demand" (brand, "f_billing_account_id", id);

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_f_customer_bill_id_i" ON "customer_bill_on_demand" (brand, "f_customer_bill_id", id);

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_f_related_party_id_i" ON "customer_bill_on_demand" (brand, "f_related_party_id", id);

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_doc_i" ON "customer_bill_on_demand" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "customer_bill_on_demand_owner_i" ON "customer_bill_on_demand" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "billing_setting" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "billing_setting" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "billing_setting_f_name_i" ON "billing_setting" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "billing_setting_f_last_update_i" ON "billing_setting" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "billing_setting_doc_i" ON "billing_setting" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "party_privacy_profile_specification" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "party_privacy_profile_specification" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "party_privacy_profile_specification" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

ALTER TABLE "party_privacy_profile_specification" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "party_privacy_profile_specification_f_name_i" ON "party_privacy_profile_specification" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_specification_f_status_i" ON "party_privacy_profile_specification" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_specification_f_version_i" ON "party_privacy_profile_specification" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_specification_f_last_update_i" ON "party_privacy_profile_specification" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_specification_doc_i" ON "party_privacy_profile_specification" USING gin ((doc::jsonb) jsonb_path_ops);

ALTER TABLE "party_privacy_profile" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "party_privacy_profile" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "party_privacy_profile" ADD COLUMN IF NOT EXISTS "f_creation_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{creationDate}')) STORED;

ALTER TABLE "party_privacy_profile" ADD COLUMN IF NOT EXISTS "f_agreed_by_party_id" text GENERATED ALWAYS AS ((doc #>> '{agreedByParty,id}')) STORED;

ALTER TABLE "party_privacy_profile" ADD COLUMN IF NOT EXISTS "f_applicable_for_party_id" text GENERATED ALWAYS AS ((doc #>> '{applicableForParty,id}')) STORED;

CREATE INDEX IF NOT EXISTS "party_privacy_profile_f_name_i" ON "party_privacy_profile" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_f_status_i" ON "party_privacy_profile" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_f_creation_date_i" ON "party_privacy_profile" (brand, "f_creation_date", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_f_agreed_by_party_id_i" ON "party_privacy_profile" (brand, "f_agreed_by_party_id", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_f_applicable_for_party_id_i" ON "party_privacy_profile" (brand, "f_applicable_for_party_id", id);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_doc_i" ON "party_privacy_profile" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "party_privacy_profile_owner_i" ON "party_privacy_profile" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "party_privacy_agreement" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "party_privacy_agreement" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "party_privacy_agreement" ADD COLUMN IF NOT EXISTS "f_agreement_type" text GENERATED ALWAYS AS ((doc #>> '{agreementType}')) STORED;

ALTER TABLE "party_privacy_agreement" ADD COLUMN IF NOT EXISTS "f_initial_date" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{initialDate}')) STORED;

ALTER TABLE "party_privacy_agreement" ADD COLUMN IF NOT EXISTS "f_version" text GENERATED ALWAYS AS ((doc #>> '{version}')) STORED;

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_f_name_i" ON "party_privacy_agreement" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_f_status_i" ON "party_privacy_agreement" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_f_agreement_type_i" ON "party_privacy_agreement" (brand, "f_agreement_type", id);

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_f_initial_date_i" ON "party_privacy_agreement" (brand, "f_initial_date", id);

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_f_version_i" ON "party_privacy_agreement" (brand, "f_version", id);

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_doc_i" ON "party_privacy_agreement" USING gin ((doc::jsonb) jsonb_path_ops);

CREATE INDEX IF NOT EXISTS "party_privacy_agreement_owner_i" ON "party_privacy_agreement" (brand, owner_party, id) WHERE owner_party IS NOT NULL;

ALTER TABLE "retention_rule" ADD COLUMN IF NOT EXISTS "f_name" text GENERATED ALWAYS AS ((doc #>> '{name}')) STORED;

ALTER TABLE "retention_rule" ADD COLUMN IF NOT EXISTS "f_holding" text GENERATED ALWAYS AS ((doc #>> '{holding}')) STORED;

ALTER TABLE "retention_rule" ADD COLUMN IF NOT EXISTS "f_status" text GENERATED ALWAYS AS ((doc #>> '{status}')) STORED;

ALTER TABLE "retention_rule" ADD COLUMN IF NOT EXISTS "f_last_update" timestamptz GENERATED ALWAYS AS (tandem_instant(doc #>> '{lastUpdate}')) STORED;

CREATE INDEX IF NOT EXISTS "retention_rule_f_name_i" ON "retention_rule" (brand, "f_name", id);

CREATE INDEX IF NOT EXISTS "retention_rule_f_holding_i" ON "retention_rule" (brand, "f_holding", id);

CREATE INDEX IF NOT EXISTS "retention_rule_f_status_i" ON "retention_rule" (brand, "f_status", id);

CREATE INDEX IF NOT EXISTS "retention_rule_f_last_update_i" ON "retention_rule" (brand, "f_last_update", id);

CREATE INDEX IF NOT EXISTS "retention_rule_doc_i" ON "retention_rule" USING gin ((doc::jsonb) jsonb_path_ops);

-- Whoever writes these, by whatever way: every process forgets what it knows of its callers when the change is committed.
CREATE FUNCTION "tandem_access_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tandem_access', '');
  RETURN NULL;
END $$;

CREATE TRIGGER "user_role_changed" AFTER INSERT OR UPDATE OR DELETE ON "user_role" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();

CREATE TRIGGER "permission_changed" AFTER INSERT OR UPDATE OR DELETE ON "permission" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();

CREATE TRIGGER "delegation_changed" AFTER INSERT OR UPDATE OR DELETE ON "delegation" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();

-- A caller is every party that is the same person as its own.
CREATE TRIGGER "party_cluster_told" AFTER INSERT OR UPDATE OR DELETE ON "party_cluster" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();

-- No slot has more appointments than it holds, whatever the code does.
ALTER TABLE "appointment_slot"
  ADD CONSTRAINT "appointment_slot_not_overbooked" CHECK ("taken" BETWEEN 0 AND "capacity"),
  ADD CONSTRAINT "appointment_slot_ends_after_start" CHECK ("starts_at" < "ends_at");

ALTER TABLE "appointment_booking"
  ADD CONSTRAINT "appointment_booking_slot_exists" FOREIGN KEY ("brand", "calendar_id", "starts_at")
    REFERENCES "appointment_slot" ("brand", "calendar_id", "starts_at");

-- The audit is append-only, whoever writes to it; what it is read from, too. Only the functions below take anything away: they say so for
-- the time of their statement.
INSERT INTO "audit_cursor" ("id", "position") VALUES (1, 0);

CREATE INDEX "audit_record_ids" ON "audit_record" USING gin ("resource_ids");

CREATE INDEX "audit_record_behalf" ON "audit_record" ("brand", "on_behalf_of", "at", "seq") WHERE "on_behalf_of" IS NOT NULL;

ALTER TABLE "audit_record" ADD CONSTRAINT "audit_record_operation" CHECK ("operation" IN ('create', 'update', 'delete', 'read', 'refuse'));

CREATE FUNCTION "tandem_audit_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tandem.audit', true) = 'erasing' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "audit_record_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_record" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_audit_append_only"();

-- Positions are given to events, personal attributes are taken out of their documents; who did what with which row stands.
CREATE TRIGGER "event_audit_stands" BEFORE UPDATE OF "event_type", "event_time", "correlation_id", "channel", "principal", "on_behalf_of", "brand", "resource", "resource_id", "revision", "created_at" ON "event"
  FOR EACH STATEMENT EXECUTE FUNCTION "tandem_audit_append_only"();

CREATE TRIGGER "event_append_only" BEFORE DELETE ON "event" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_audit_append_only"();

-- Takes the text of questions about these rows out of the audit (a name, a number that was searched for): that they were asked stays.
CREATE FUNCTION "tandem_audit_forget"("of_brand" text, "ids" text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE "forgotten" bigint;
BEGIN
  PERFORM set_config('tandem.audit', 'erasing', true);
  UPDATE "audit_record" SET "query" = NULL WHERE "brand" = "of_brand" AND "resource_ids" && "ids" AND "query" IS NOT NULL;
  GET DIAGNOSTICS "forgotten" = ROW_COUNT;
  PERFORM set_config('tandem.audit', '', true);
  RETURN "forgotten";
END $$;

-- Takes the texts out of these records, and puts in place of their ids what is given for each (a JSON list, or NULL where there are none).
CREATE FUNCTION "tandem_audit_forget_records"("of_brand" text, "seqs" bigint[], "ids" text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE "forgotten" bigint;
BEGIN
  PERFORM set_config('tandem.audit', 'erasing', true);
  UPDATE "audit_record" a SET "query" = NULL,
    "resource_ids" = CASE WHEN u."left" IS NULL THEN a."resource_ids" ELSE ARRAY(SELECT x FROM json_array_elements_text(u."left"::json) WITH ORDINALITY AS e(x, n) ORDER BY n) END
  FROM unnest("seqs", "ids") AS u("seq", "left") WHERE a."seq" = u."seq" AND a."brand" = "of_brand";
  GET DIAGNOSTICS "forgotten" = ROW_COUNT;
  PERFORM set_config('tandem.audit', '', true);
  RETURN "forgotten";
END $$;

-- Removes what of a brand is older than it has to be kept; "before" is an instant of the server's clock.
CREATE FUNCTION "tandem_audit_expire"("of_brand" text, "before" timestamptz, "most" integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE "gone" bigint;
BEGIN
  PERFORM set_config('tandem.audit', 'erasing', true);
  DELETE FROM "audit_record" WHERE "seq" IN (SELECT "seq" FROM "audit_record" WHERE "brand" = "of_brand" AND "at" < "before" ORDER BY "at", "seq" LIMIT "most");
  GET DIAGNOSTICS "gone" = ROW_COUNT;
  PERFORM set_config('tandem.audit', '', true);
  RETURN "gone";
END $$;

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

-- No line has more ports held than it has, whatever the code does.
ALTER TABLE "capacity_line" ADD CONSTRAINT "capacity_line_not_overbooked" CHECK ("held" >= 0 AND ("ports" IS NULL OR "held" <= "ports"));

-- What Prisma cannot say about checkouts.
alter table checkout
  add constraint checkout_state check (state in ('running', 'pending', 'compensating', 'refused', 'ordered', 'completed')),
  -- One that is under way is looked at again.
  add constraint checkout_due check (state in ('refused', 'completed') or due_at is not null);

create unique index checkout_order on checkout (brand, order_id);

create index checkout_due_at on checkout (due_at) where due_at is not null;

-- What begins with a text is a range of an index only where texts compare byte by byte, whatever the database's language.
ALTER TABLE "search_word" ALTER COLUMN "word" TYPE text COLLATE "C";

ALTER TABLE "search_identifier" ALTER COLUMN "value" TYPE text COLLATE "C";

CREATE INDEX "search_entry_number" ON "search_entry" ("brand", "resource_id" COLLATE "C");

CREATE INDEX "search_entry_also" ON "search_entry" USING gin ("also") WHERE "also" <> '{}';

CREATE INDEX "search_word_near" ON "search_word" USING gin ("near");

CREATE INDEX "search_word_unchecked" ON "search_word" ("id") WHERE NOT "checked";

-- Whether two spellings of a telephone number can be one number (search-text.ts, isSamePhone): digits, with + where the country is among them.
CREATE FUNCTION "tandem_same_phone"("a" text, "b" text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN ltrim(a, '+') = ltrim(b, '+') THEN ltrim(a, '+') <> ''
    WHEN a LIKE '+%' AND b LIKE '+%' THEN false
    WHEN length(ltrim(a, '+')) > length(ltrim(b, '+')) THEN b NOT LIKE '+%' AND right(a, length(b)) = b AND length(ltrim(a, '+')) - length(b) <= 3
    ELSE a NOT LIKE '+%' AND right(b, length(a)) = a AND length(ltrim(b, '+')) - length(a) <= 3
  END
$$;

-- What Prisma cannot say about plans and tasks.
create sequence delivery_execution_seq;

alter table delivery_plan add constraint delivery_plan_state check (state in ('scheduled', 'running', 'held', 'completed', 'failed', 'partial', 'cancelled', 'rejected'));

alter table delivery_task
  add constraint delivery_task_state check (state in ('pending', 'ready', 'running', 'waiting', 'completed', 'failed', 'skipped', 'compensating', 'compensated', 'compensationFailed')),
  add constraint delivery_task_kind check (kind in ('service', 'resource')),
  add constraint delivery_task_ponr check (ponr in ('none', 'soft', 'hard')),
  add constraint delivery_task_jeopardy check (jeopardy in ('none', 'jeopardy', 'breached')),
  -- A task that is with its target was handed over at some time, and is looked at again.
  add constraint delivery_task_asked check (state not in ('running', 'waiting') or execution_seq is not null),
  add constraint delivery_task_due check (state not in ('ready', 'running', 'waiting') or due_at is not null);

-- What the sweeper looks for; finished tasks are not in it.
create index delivery_task_due_at on delivery_task (due_at) where due_at is not null;

create index delivery_task_fallout on delivery_task (brand, updated_at) where state in ('failed', 'compensationFailed');

create index delivery_task_deadline on delivery_task (deadline) where state in ('pending', 'ready', 'running', 'waiting') and jeopardy <> 'breached';

create index delivery_plan_start_at on delivery_plan (start_at) where state = 'scheduled';

-- One schema for each version of a name, whoever registers at the same time.
CREATE UNIQUE INDEX "extension_schema_version" ON "extension_schema" ("brand", ("doc" ->> 'name'), ("doc" ->> 'version'));

-- Identity: what may never be said of two parties, whoever writes.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Clusters are flat: what a member points at is a member that points at itself. So no chain and no circle can be written.
ALTER TABLE "party_cluster"
  ADD COLUMN "leads" boolean NOT NULL GENERATED ALWAYS AS ("party_id" = "cluster_id") STORED,
  ADD COLUMN "led" boolean NOT NULL GENERATED ALWAYS AS (true) STORED;

ALTER TABLE "party_cluster" ADD CONSTRAINT "party_cluster_leader" UNIQUE ("brand", "party_id", "leads");

ALTER TABLE "party_cluster" ADD CONSTRAINT "party_cluster_flat" FOREIGN KEY ("brand", "cluster_id", "led") REFERENCES "party_cluster" ("brand", "party_id", "leads") DEFERRABLE INITIALLY DEFERRED;

-- Merges of one cluster wait for each other, so that this is the order in which they were made. Clocks and ids are not.
ALTER TABLE "party_merge" ADD COLUMN "seq" bigint GENERATED ALWAYS AS IDENTITY;

CREATE INDEX "party_merge_survivor" ON "party_merge" ("brand", "f_survivor_id") WHERE "f_state" = 'active';

CREATE INDEX "party_merge_merged" ON "party_merge" ("brand", "f_merged_id") WHERE "f_state" = 'active';

-- One suggestion for each pair.
CREATE UNIQUE INDEX "identity_suggestion_pair" ON "identity_suggestion" ("brand", "f_first_id", "f_second_id");

-- The owner of an identifier is the cluster of its party, always.
CREATE FUNCTION "party_identifier_owner"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."cluster_id" := coalesce((SELECT "cluster_id" FROM "party_cluster" WHERE "brand" = NEW."brand" AND "party_id" = NEW."party_id"), NEW."party_id");
  RETURN NEW;
END $$;

CREATE TRIGGER "party_identifier_owner" BEFORE INSERT OR UPDATE ON "party_identifier" FOR EACH ROW EXECUTE FUNCTION "party_identifier_owner"();

-- All members at once: between two of them an identifier that they share would seem to belong to two.
CREATE FUNCTION "party_cluster_owns"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "party_identifier" i SET "cluster_id" = '' FROM "moved" m WHERE i."brand" = m."brand" AND i."party_id" = m."party_id";
  RETURN NULL;
END $$;

CREATE TRIGGER "party_cluster_added" AFTER INSERT ON "party_cluster" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "party_cluster_owns"();

CREATE TRIGGER "party_cluster_changed" AFTER UPDATE ON "party_cluster" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "party_cluster_owns"();

CREATE TRIGGER "party_cluster_gone" AFTER DELETE ON "party_cluster" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "party_cluster_owns"();

-- A verified identifier belongs to one person at a time: from its verification to its end.
ALTER TABLE "party_identifier"
  ADD CONSTRAINT "party_identifier_one_person" EXCLUDE USING gist ("brand" WITH =, "type" WITH =, "scope" WITH =, "value" WITH =, "cluster_id" WITH <>, tstzrange("verified_at", "until") WITH &&) WHERE ("verified") DEFERRABLE INITIALLY IMMEDIATE,
  ADD CONSTRAINT "party_identifier_type" CHECK ("type" IN ('email', 'phone', 'customerNumber', 'login', 'device', 'document', 'external')),
  ADD CONSTRAINT "party_identifier_origin" CHECK ("origin" IN ('document', 'operation')),
  ADD CONSTRAINT "party_identifier_confidence" CHECK ("confidence" BETWEEN 0 AND 1),
  ADD CONSTRAINT "party_identifier_verified" CHECK (NOT "verified" OR ("verified_at" IS NOT NULL AND "verified_by" IS NOT NULL AND "verified_at" >= "since" AND ("until" IS NULL OR "until" >= "verified_at"))),
  ADD CONSTRAINT "party_identifier_span" CHECK ("until" IS NULL OR "until" >= "since");

-- Addresses in whatever case: whose they are, and which are one but for that.
CREATE INDEX "party_identifier_email" ON "party_identifier" ("brand", lower("value")) WHERE "type" = 'email';

CREATE INDEX "party_identifier_merge" ON "party_identifier" ("brand", "merge_id") WHERE "merge_id" IS NOT NULL;

CREATE UNIQUE INDEX "party_identifier_current" ON "party_identifier" ("brand", "party_id", "type", "scope", "value") WHERE "until" IS NULL;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE "geographic_address"
  ADD CONSTRAINT "geographic_address_coordinates_on_earth"
    CHECK ("latitude" BETWEEN -90 AND 90 AND "longitude" BETWEEN -180 AND 180),
  ADD CONSTRAINT "geographic_address_coordinates_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));

-- Texts of cells in the order of their digits: everything near a point lies between two of them.
CREATE INDEX "geographic_address_cell_idx" ON "geographic_address" ("brand", "cell" COLLATE "C") WHERE "cell" IS NOT NULL;

-- Misspelt streets. Small beside the addresses: one row for some thirty of them.
CREATE INDEX "geographic_street_search_idx" ON "geographic_street" USING gin ("street_search" gin_trgm_ops);

ALTER TABLE "address_import"
  ADD CONSTRAINT "address_import_state_known" CHECK ("state" IN ('receiving', 'waiting', 'running', 'done', 'failed'));

-- What comes is packed already, or is gone in a minute.
ALTER TABLE "address_import_piece" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;

-- Other lists name addresses by the identifiers of the list that these come from: coverage by the location_id of the FCC's fabric.
CREATE INDEX "geographic_address_external_idx" ON "geographic_address" ("brand", "source", "external_id") WHERE "external_id" IS NOT NULL;

-- Pricing: a promotion is never used less than not at all, and a use is counted or given back.
ALTER TABLE "promotion_counter"
  ADD CONSTRAINT "promotion_counter_uses" CHECK ("uses" >= 0 AND "spent" >= 0);

ALTER TABLE "promotion_use"
  ADD CONSTRAINT "promotion_use_state" CHECK ("state" IN ('counted', 'givenBack')),
  ADD CONSTRAINT "promotion_use_amount" CHECK ("amount" >= 0);

-- Privacy: consents are added, never changed; what TMF644 documents say is in force in the very moment in which they are written.
ALTER TABLE "consent"
  ADD CONSTRAINT "consent_span" CHECK ("valid_until" IS NULL OR "valid_from" IS NULL OR "valid_until" > "valid_from"),
  ADD CONSTRAINT "consent_source" CHECK ("source" IN ('operation', 'erasure', 'partyPrivacyProfile', 'partyPrivacyAgreement')),
  ADD CONSTRAINT "consent_named" CHECK ("purpose" <> '' AND "channel" <> '');

ALTER TABLE "personal_data_export" ADD CONSTRAINT "personal_data_export_state" CHECK ("state" IN ('requested', 'running', 'completed', 'failed', 'expired', 'erased'));

CREATE INDEX "personal_data_export_open" ON "personal_data_export" ("requested_at") WHERE "state" IN ('requested', 'running');

CREATE INDEX "personal_data_export_expires" ON "personal_data_export" ("available_until") WHERE "state" = 'completed';

ALTER TABLE "personal_data_export_piece" ADD CONSTRAINT "personal_data_export_piece_of" FOREIGN KEY ("brand", "export_id") REFERENCES "personal_data_export" ("brand", "id") ON DELETE CASCADE;

ALTER TABLE "personal_data_erasure" ADD CONSTRAINT "personal_data_erasure_state" CHECK ("state" IN ('planned', 'requested', 'refused', 'running', 'completed', 'failed', 'closed'));

CREATE INDEX "personal_data_erasure_open" ON "personal_data_erasure" ("requested_at") WHERE "state" = 'running';

ALTER TABLE "personal_data_erasure_item"
  ADD CONSTRAINT "personal_data_erasure_item_of" FOREIGN KEY ("brand", "erasure_id") REFERENCES "personal_data_erasure" ("brand", "id"),
  ADD CONSTRAINT "personal_data_erasure_item_action" CHECK ("action" IN ('erase', 'redact', 'keep', 'mention')),
  ADD CONSTRAINT "personal_data_erasure_item_state" CHECK ("state" IN ('due', 'done'));

CREATE FUNCTION "privacy_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Only what law no longer wants goes, and only where the retention job says that it is at that.
  IF TG_OP = 'DELETE' AND current_setting('tandem.retention', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "consent_append_only" BEFORE UPDATE OR DELETE ON "consent" FOR EACH STATEMENT EXECUTE FUNCTION "privacy_append_only"();

CREATE TRIGGER "privacy_record_append_only" BEFORE UPDATE OR DELETE ON "privacy_record" FOR EACH STATEMENT EXECUTE FUNCTION "privacy_append_only"();

CREATE FUNCTION "consent_purpose"("value" text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(lower(btrim("value")), 200)
$$;

-- One word for each channel, however it is written: e-mail address, Email and email are one.
CREATE FUNCTION "consent_channel"("value" text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE k
    WHEN '' THEN '*' WHEN 'all' THEN '*' WHEN 'any' THEN '*'
    WHEN 'mail' THEN 'email' WHEN 'emailaddress' THEN 'email'
    WHEN 'telephone' THEN 'phone' WHEN 'phonenumber' THEN 'phone' WHEN 'call' THEN 'phone' WHEN 'voice' THEN 'phone'
    WHEN 'textmessage' THEN 'sms' WHEN 'pushnotification' THEN 'push'
    WHEN 'letter' THEN 'post' WHEN 'postaladdress' THEN 'post' ELSE k END
  FROM (SELECT left(regexp_replace(lower(coalesce("value", '')), '[^[:alnum:]*]', '', 'g'), 200) AS k) AS word
$$;

-- Only a clear yes allows: an unknown word forbids.
CREATE FUNCTION "consent_allows"("value" jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(regexp_replace(lower("value" #>> '{}'), '[^a-z0-9]', '', 'g') IN
    ('true', 'yes', '1', 'granted', 'grant', 'allow', 'allowed', 'accepted', 'agreed', 'authorized', 'authorised', 'optin', 'optedin', 'consented', 'given'), false)
$$;

-- What a TMF644 document says now is compared with what it said last; only what differs is added.
CREATE FUNCTION "consent_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "is_profile" boolean := TG_TABLE_NAME = 'party_privacy_profile';
  "origin" text := CASE WHEN TG_TABLE_NAME = 'party_privacy_profile' THEN 'partyPrivacyProfile' ELSE 'partyPrivacyAgreement' END;
  "of_brand" text := CASE WHEN TG_OP = 'DELETE' THEN OLD."brand" ELSE NEW."brand" END;
  "of_id" text := CASE WHEN TG_OP = 'DELETE' THEN OLD."id" ELSE NEW."id" END;
  "at_revision" integer := CASE WHEN TG_OP = 'DELETE' THEN OLD."revision" ELSE NEW."revision" END;
  "body" jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE NEW."doc"::jsonb END;
  "state" text := regexp_replace(lower(coalesce("body" ->> 'status', '')), '[^a-z]', '', 'g');
  "business_now" timestamptz := date_trunc('milliseconds', clock_timestamp()) + coalesce((SELECT "offset_ms" FROM "clock_setting" WHERE "id" = 1), 0) * interval '1 millisecond';
  "said_at" timestamptz;
BEGIN
  -- A document that comes from elsewhere (an import) is as old as it says, never newer than now.
  "said_at" := CASE WHEN TG_OP = 'INSERT' THEN least("business_now", coalesce(tandem_instant("body" ->> CASE WHEN "is_profile" THEN 'creationDate' ELSE 'initialDate' END), "business_now")) ELSE "business_now" END;
  INSERT INTO "consent" ("id", "brand", "party_id", "purpose", "channel", "recipient", "granted", "text_version", "given_channel", "given_at", "valid_from", "valid_until", "source", "source_id", "source_revision")
  WITH parties AS (
    SELECT coalesce("body" #>> '{applicableForParty,id}', "body" #>> '{agreedByParty,id}') AS "party_id" WHERE "is_profile"
    UNION
    SELECT p ->> 'id' FROM jsonb_array_elements(CASE WHEN jsonb_typeof("body" -> 'engagedPartyRole') = 'array' THEN "body" -> 'engagedPartyRole' ELSE '[]'::jsonb END) AS p
    WHERE NOT "is_profile" AND lower(coalesce(p ->> 'role', '')) NOT IN ('provider', 'serviceprovider', 'operator', 'controller', 'seller')
  ), said AS (
    SELECT DISTINCT ON ("purpose", "channel", "recipient") consent_purpose(c ->> 'privacyUsagePurpose') AS "purpose", consent_channel(c ->> 'name') AS "channel", coalesce(r ->> 'id', '') AS "recipient",
      consent_allows(c -> 'value') AND "state" IN ('', 'agreed', 'active', 'approved', 'accepted', 'signed', 'completed') AS "granted"
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof("body" -> 'partyPrivacyProfileCharacteristic') = 'array' THEN "body" -> 'partyPrivacyProfileCharacteristic' ELSE '[]'::jsonb END) AS c
    LEFT JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(c -> 'relatedParty') = 'array' THEN c -> 'relatedParty' ELSE '[]'::jsonb END) AS r ON true
    WHERE coalesce(btrim(c ->> 'privacyUsagePurpose'), '') <> ''
    -- Of two that contradict each other in one document, the one that forbids holds.
    ORDER BY "purpose", "channel", "recipient", "granted"
  ), present AS (
    SELECT "party_id", "purpose", "channel", "recipient", "granted",
      CASE WHEN "is_profile" THEN "body" #>> '{partyPrivacyProfileSpecification,id}' ELSE "body" ->> 'version' END AS "text_version",
      tandem_instant("body" #>> CASE WHEN "is_profile" THEN '{validFor,startDateTime}' ELSE '{agreementPeriod,startDateTime}' END::text[]) AS "valid_from",
      tandem_instant("body" #>> CASE WHEN "is_profile" THEN '{validFor,endDateTime}' ELSE '{agreementPeriod,endDateTime}' END::text[]) AS "valid_until"
    FROM parties, said WHERE "party_id" IS NOT NULL
  ), before AS (
    SELECT DISTINCT ON ("party_id", "purpose", "channel", "recipient") "party_id", "purpose", "channel", "recipient", "granted", "text_version", "valid_from", "valid_until"
    FROM "consent" WHERE "brand" = "of_brand" AND "source" = "origin" AND "source_id" = "of_id"
    ORDER BY "party_id", "purpose", "channel", "recipient", "seq" DESC
  )
  SELECT gen_random_uuid()::text, "of_brand", "party_id", "purpose", "channel", "recipient", coalesce(p."granted", false), coalesce(p."text_version", b."text_version"), NULL, "said_at",
    p."valid_from", CASE WHEN p."valid_until" > p."valid_from" OR p."valid_from" IS NULL THEN p."valid_until" END, "origin", "of_id", "at_revision"
  FROM present p FULL JOIN before b USING ("party_id", "purpose", "channel", "recipient")
  WHERE CASE
    WHEN b."granted" IS NULL THEN true
    WHEN p."granted" IS NULL THEN b."granted"
    ELSE (p."granted", p."text_version", p."valid_from", p."valid_until") IS DISTINCT FROM (b."granted", b."text_version", b."valid_from", b."valid_until")
  END;
  RETURN NULL;
END $$;

CREATE TRIGGER "party_privacy_profile_consent" AFTER INSERT OR UPDATE OF "doc" OR DELETE ON "party_privacy_profile" FOR EACH ROW EXECUTE FUNCTION "consent_follow"();

CREATE TRIGGER "party_privacy_agreement_consent" AFTER INSERT OR UPDATE OF "doc" OR DELETE ON "party_privacy_agreement" FOR EACH ROW EXECUTE FUNCTION "consent_follow"();

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

-- What sources delivered by import: a partition for each version of a source, built aside and attached when it is whole. Readers join the
-- version that the source names, so a switch is one row's change; an old version is detached and dropped without a lock that they feel.
CREATE TABLE "coverage_imported" (
  "version" INTEGER NOT NULL,
  "n" INTEGER NOT NULL,
  "place_id" TEXT COLLATE "C" NOT NULL,
  "place_kind" TEXT NOT NULL,
  "provider" TEXT NOT NULL,
  "technology" TEXT NOT NULL,
  "max_download" NUMERIC(12,3),
  "max_upload" NUMERIC(12,3),
  "latency_class" TEXT NOT NULL,
  "market_segment" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3),
  "until" TIMESTAMPTZ(3),
  "capacity" INTEGER
) PARTITION BY LIST ("version");

CREATE INDEX "coverage_imported_place_idx" ON "coverage_imported" ("place_id");

CREATE SEQUENCE "coverage_version_seq" AS INTEGER;

ALTER TABLE "coverage_source"
  ADD CONSTRAINT "coverage_source_kind_known" CHECK ("kind" IN ('imported', 'live')),
  ADD CONSTRAINT "coverage_source_live_says_how" CHECK ("kind" = 'imported' OR "live" IS NOT NULL);

ALTER TABLE "coverage_import"
  ADD CONSTRAINT "coverage_import_state_known" CHECK ("state" IN ('receiving', 'waiting', 'running', 'done', 'failed'));

-- One import of a source runs at a time.
CREATE UNIQUE INDEX "coverage_import_open_key" ON "coverage_import" ("brand", "source_id") WHERE "state" IN ('receiving', 'waiting', 'running');

-- Pieces are compressed already or are read once: no second try at it.
ALTER TABLE "coverage_import_piece" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;

-- What the event machinery scans all day is small: only rows that still have work in them are indexed.
CREATE INDEX "event_unpositioned" ON "event" ("seq") WHERE "position" IS NULL;

CREATE INDEX "event_reaction_due" ON "event_reaction" ("position") WHERE "state" = 'due';

CREATE INDEX "event_reaction_order" ON "event_reaction" ("reaction", "brand", "resource", "resource_id", "position") WHERE "state" = 'due';

CREATE INDEX "event_reaction_dead" ON "event_reaction" ("position") WHERE "state" = 'dead';

CREATE INDEX "event_reaction_done" ON "event_reaction" ("done_at") WHERE "state" = 'done';

ALTER TABLE "event_reaction" ADD CONSTRAINT "event_reaction_state" CHECK ("state" IN ('due', 'done', 'dead'));

CREATE INDEX "hub_delivery_due" ON "hub_delivery" ("hub_id", "position") WHERE "state" = 'due';

CREATE INDEX "hub_delivery_order" ON "hub_delivery" ("hub_id", "resource", "resource_id", "position") WHERE "state" = 'due';

CREATE INDEX "hub_delivery_done" ON "hub_delivery" ("done_at") WHERE "state" = 'delivered';

ALTER TABLE "hub_delivery" ADD CONSTRAINT "hub_delivery_state" CHECK ("state" IN ('due', 'delivered'));

ALTER TABLE "hub" ADD CONSTRAINT "hub_state" CHECK ("state" IN ('active', 'paused'));

-- Claims run many times a second on tables whose statistics are always wrong: hundreds of due rows now, none a moment later. Their plans are
-- therefore fixed: walk the due rows in order by their index, look into the index for each whether an earlier one stands before it, stop
-- when there are enough. OFFSET 0 keeps the planner from turning the look into a join over all due rows.
CREATE FUNCTION "tandem_claim_reactions"("names" text[], "most" integer)
  RETURNS TABLE ("event_seq" bigint, "reaction" text, "position" bigint, "attempts" integer)
  LANGUAGE plpgsql VOLATILE ROWS 5
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN QUERY
    SELECT r."event_seq", r."reaction", r."position", r."attempts" FROM "event_reaction" r
    WHERE r."state" = 'due' AND r."due_at" <= now() AND r."reaction" = ANY("names")
      AND NOT EXISTS (SELECT 1 FROM "event_reaction" b WHERE b."state" = 'due' AND b."reaction" = r."reaction" AND b."brand" = r."brand"
        AND b."resource" = r."resource" AND b."resource_id" = r."resource_id" AND b."position" < r."position" OFFSET 0)
    ORDER BY r."position" LIMIT "most" FOR UPDATE OF r SKIP LOCKED;
END
$$;

CREATE FUNCTION "tandem_lease_deliveries"("most" integer, "lease_ms" integer, "most_per_hub" integer, "busy" text[], "busy_with" integer[])
  RETURNS TABLE ("hub_id" text, "position" bigint, "resource" text, "payload" text, "attempts" integer)
  LANGUAGE plpgsql VOLATILE ROWS 10
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN QUERY
    WITH picked AS MATERIALIZED (
      SELECT d."hub_id", d."position" FROM "hub" h CROSS JOIN LATERAL (
        SELECT c."hub_id", c."position" FROM "hub_delivery" c
        WHERE c."hub_id" = h."id" AND c."state" = 'due' AND c."due_at" <= now() AND (c."lease_until" IS NULL OR c."lease_until" < now())
          AND NOT EXISTS (SELECT 1 FROM "hub_delivery" b WHERE b."state" = 'due' AND b."hub_id" = c."hub_id" AND b."resource" = c."resource"
            AND b."resource_id" = c."resource_id" AND b."position" < c."position" OFFSET 0)
        ORDER BY c."position"
        LIMIT greatest(0, "most_per_hub" - coalesce((SELECT f."count" FROM unnest("busy", "busy_with") AS f("id", "count") WHERE f."id" = h."id"), 0))
        FOR UPDATE SKIP LOCKED) d
      WHERE h."state" = 'active' AND (h."retry_at" IS NULL OR h."retry_at" <= now()) LIMIT "most")
    UPDATE "hub_delivery" u SET "lease_until" = now() + "lease_ms" * interval '1 millisecond', "attempts" = u."attempts" + 1
    FROM picked p WHERE u."hub_id" = p."hub_id" AND u."position" = p."position"
    RETURNING u."hub_id", u."position", u."resource", u."payload"::text, u."attempts";
END
$$;
