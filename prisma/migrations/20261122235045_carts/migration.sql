-- Nobody asks for carts by these often enough for what each write of a cart pays for them. With the columns their indexes go.
ALTER TABLE "shopping_cart" DROP COLUMN IF EXISTS "f_creation_date";
ALTER TABLE "shopping_cart" DROP COLUMN IF EXISTS "f_valid_for_end_date_time";
