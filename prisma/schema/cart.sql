-- What Prisma cannot say about checkouts.
alter table checkout
  add constraint checkout_state check (state in ('running', 'pending', 'compensating', 'refused', 'ordered', 'completed')),
  -- One that is under way is looked at again.
  add constraint checkout_due check (state in ('refused', 'completed') or due_at is not null);

-- The order first: by the brand alone all of its checkouts would be read.
create unique index checkout_order on checkout (order_id, brand);
create index checkout_capture_refused on checkout (brand, updated_at) where state = 'completed' and progress -> 'payment' ->> 'state' = 'captureRefused';
create index checkout_due_at on checkout (due_at) where due_at is not null;
