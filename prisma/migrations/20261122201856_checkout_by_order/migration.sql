-- Composed by `npm run migration`.

drop index checkout_order;

-- The order first: by the brand alone all of its checkouts would be read.
create unique index checkout_order on checkout (order_id, brand);
