/** How many rows the shop opens with; order_items follow from the orders. */
export const SHOP_SIZE = {
  customers: 12_000,
  products: 1_200,
  orders: 40_000,
  movements: 30_000,
  events: 60_000,
};

/**
 * The same rows on every machine: every choice is a hash of the row's number and a salt. Variable `:today` is the last
 * day of trade (a date); rows reach back 400 days from it.
 */
export const SHOP_HELPERS = `
CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, choices bigint) RETURNS bigint
  LANGUAGE sql IMMUTABLE AS 'SELECT (hashint8extended(n, salt) & 9223372036854775807) % choices';
CREATE FUNCTION pg_temp.moment(day date, n bigint, rows bigint) RETURNS timestamptz
  LANGUAGE sql STABLE
  AS 'SELECT day::timestamptz - make_interval(secs => (rows - n) * (400 * 86400.0 / rows) + pg_temp.pick(n, 90, 600))';
`;

export const SHOP_ROWS = `
WITH words AS (
  SELECT '{Ada,Amélie,Anders,Aoife,Bram,Carla,Chidi,Dagny,Edda,Elio,Fergus,Greta,Hana,Idris,Ines,Jonas,Kaya,Lars,Leonor,
    Maren,Mateus,Nadia,Niamh,Oskar,Petra,Rafael,Runa,Sanna,Tiago,Una,Vera,Wiebke,Yusuf,Zoë}'::text[] AS given,
    '{Almeida,Andersen,Bakker,Bergström,Brandt,Byrne,Carvalho,Dahl,"de Wit",Doyle,Eriksen,Fischer,Friis,Gallagher,Haugen,
    Hinrichs,Jansen,Kaya,Kowalska,Larsen,Lindqvist,Marques,Mulder,Nakamura,O''Hara,Okafor,Petersen,Quinn,Rasmussen,Silva,
    Sørensen,Tanaka,Visser,Wójcik}'::text[] AS family,
    '{Aarhus,Bergen,Bremen,Cork,Galway,Gdańsk,Göteborg,Hamburg,Kiel,Lisboa,Malmö,Porto,Rostock,Rotterdam,Stavanger,Vlissingen}'::text[]
      AS cities,
    '{DK,NO,DE,IE,IE,PL,SE,DE,DE,PT,SE,PT,DE,NL,NO,NL}'::text[] AS countries
)
INSERT INTO customers (id, email, full_name, city, country, newsletter, joined_on)
SELECT n, lower(translate(g || '.' || f, ' éëøöó''', '.eeooo')) || n || '@example.org', g || ' ' || f,
  cities[c], countries[c], pg_temp.pick(n, 4, 3) = 0, :'today'::date - (400 + pg_temp.pick(n, 5, 2000))::int
FROM words, generate_series(1, :customers) n,
  LATERAL (SELECT given[1 + pg_temp.pick(n, 1, 34)] g, family[1 + pg_temp.pick(n, 2, 34)] f, 1 + pg_temp.pick(n, 3, 16) c) who;

WITH words AS (
  SELECT '{Braided,Brass,Bronze,Floating,Folding,Galvanised,Heavy,Marine,Orange,Reefing,Stainless,Tarred,Waxed,Yellow}'::text[] AS looks,
    '{Anchor,Barometer,Bilge Pump,Boat Hook,Cleat,Compass,Fender,Fog Horn,Flare,Lantern,Life Jacket,Mooring Line,Oilskin,Oar,Pulley Block,
    Rescue Ring,Sextant,Shackle,Signal Flag,Tide Clock,Winch Handle}'::text[] AS things,
    '{Safety,Deck,Rope,Clothing,Navigation,Lighting}'::text[] AS categories
)
INSERT INTO products (id, sku, name, category, price, weight_g, discontinued)
SELECT n, 'CH-' || to_char(n, 'FM00000'),
  looks[1 + pg_temp.pick(n, 11, 14)] || ' ' || things[1 + pg_temp.pick(n, 12, 21)] || ' No. ' || n,
  categories[1 + pg_temp.pick(n, 13, 6)], 4 + pg_temp.pick(n, 14, 24000) / 100.0, 40 + pg_temp.pick(n, 15, 9000),
  pg_temp.pick(n, 16, 20) = 0
FROM words, generate_series(1, :products) n;

INSERT INTO orders (id, customer_id, status, invoice_number, note, placed_at)
SELECT n, 1 + pg_temp.pick(n, 21, :customers),
  CASE WHEN n > :orders - 300 THEN 'open' WHEN pg_temp.pick(n, 22, 40) = 0 THEN 'returned' ELSE 'shipped' END,
  20000 + n, CASE WHEN pg_temp.pick(n, 23, 12) = 0 THEN 'Leave with the harbour master; berth ' || pg_temp.pick(n, 24, 240) END,
  pg_temp.moment(:'today', n, :orders)
FROM generate_series(1, :orders) n;

INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
SELECT n, line, p.id, 1 + pg_temp.pick(n * 8 + line, 32, 4), p.price
FROM generate_series(1, :orders) n
CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.pick(n, 31, 4)) line
JOIN products p ON p.id = 1 + pg_temp.pick(n * 8 + line, 33, :products);

INSERT INTO stock_movements (id, product_id, quantity, reason, moved_at)
SELECT n, 1 + pg_temp.pick(n, 41, :products),
  CASE WHEN n % 5 = 0 THEN 40 + pg_temp.pick(n, 42, 160) ELSE -1 - pg_temp.pick(n, 43, 6) END,
  CASE WHEN n % 5 = 0 THEN 'delivery' WHEN pg_temp.pick(n, 44, 50) = 0 THEN 'stocktaking' ELSE 'sale' END,
  pg_temp.moment(:'today', n, :movements)
FROM generate_series(1, :movements) n;

INSERT INTO events (id, kind, customer_id, payload, happened_at)
SELECT n, kind, CASE WHEN pg_temp.pick(n, 52, 3) > 0 THEN 1 + pg_temp.pick(n, 53, :customers) END,
  jsonb_build_object('session', to_hex(hashint8extended(n / 7, 54)), 'path', '/' || kind || '/' || pg_temp.pick(n, 55, :products),
    'device', (ARRAY['phone', 'laptop', 'till'])[1 + pg_temp.pick(n, 56, 3)],
    'cart', jsonb_build_array(pg_temp.pick(n, 57, :products), pg_temp.pick(n, 58, :products))),
  pg_temp.moment(:'today', n, :events)
FROM generate_series(1, :events) n,
  LATERAL (SELECT (ARRAY['view', 'search', 'cart', 'checkout'])[1 + pg_temp.pick(n, 51, 4)] kind) k;

SELECT setval(pg_get_serial_sequence('customers', 'id'), :customers), setval(pg_get_serial_sequence('products', 'id'), :products),
  setval(pg_get_serial_sequence('orders', 'id'), :orders), setval('invoice_number_seq', 20000 + :orders),
  setval(pg_get_serial_sequence('stock_movements', 'id'), :movements), setval(pg_get_serial_sequence('events', 'id'), :events);
`;

/** Trade goes on: `:orders` further orders between `:from` and `:to` (timestamps), each with one item and one event. */
export const SHOP_TRADE = `
WITH placed AS (
  INSERT INTO orders (customer_id, status, placed_at)
  SELECT 1 + pg_temp.pick(n, 61, 12000), 'open', :'from'::timestamptz + (:'to'::timestamptz - :'from'::timestamptz) * (n::float8 / :orders)
  FROM generate_series(1, :orders) n RETURNING id, customer_id, placed_at
), sold AS (
  INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
  SELECT placed.id, 1, p.id, 1 + pg_temp.pick(placed.id, 62, 4), p.price
  FROM placed JOIN products p ON p.id = 1 + pg_temp.pick(placed.id, 63, 1200) RETURNING order_id, product_id, quantity
), moved AS (
  INSERT INTO stock_movements (product_id, quantity, reason, moved_at)
  SELECT product_id, -quantity, 'sale', placed_at FROM sold JOIN placed ON placed.id = order_id
)
INSERT INTO events (kind, customer_id, payload, happened_at)
SELECT 'checkout', customer_id, jsonb_build_object('order', id, 'device', 'till'), placed_at FROM placed;
`;
