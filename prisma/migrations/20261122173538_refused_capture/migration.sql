-- Composed by `npm run migration`.

create index checkout_capture_refused on checkout (brand, updated_at) where state = 'completed' and progress -> 'payment' ->> 'state' = 'captureRefused';
