-- Composed by `npm run migration`.

-- CreateTable
CREATE TABLE "cart_transfer" (
    "brand" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "channel" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "from" TEXT,

    CONSTRAINT "cart_transfer_pkey" PRIMARY KEY ("brand","cart_id","id")
);
