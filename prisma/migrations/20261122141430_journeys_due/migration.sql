-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "journey_due" (
    "brand" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "journey_due_pkey" PRIMARY KEY ("brand","flow_id")
);

-- CreateIndex
CREATE INDEX "journey_due_due_at_idx" ON "journey_due"("due_at");
