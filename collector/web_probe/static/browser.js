// Which browser and which system this is: from client hints where there are any, else from the user agent string.
// What a browser hides is null with a reason. A wrong number would be judged as if it were true.

export const PROBE = { name: "browsers", version: 1 }; // as the agent's probe, whose facts these are
const PRODUCTS = ["chrome", "chromium", "edge", "firefox", "safari", "opera", "brave", "vivaldi"];

const BRANDS = {
  "Google Chrome": "chrome",
  "Microsoft Edge": "edge",
  Opera: "opera",
  Brave: "brave",
  Vivaldi: "vivaldi",
};
const ENGINE_BRANDS = ["Chromium", "HeadlessChrome"];
// Their brand carries the engine's version, not their own.
const NUMBERED_BY_ENGINE = ["brave", "vivaldi"];

// In this order: every browser names some others that it wants to be taken for.
const TOKENS = [
  ["edge", /\b(?:Edg|EdgA|EdgiOS)\/([\d.]+)/],
  ["opera", /\bOPR\/([\d.]+)/],
  ["other", /\b(?:SamsungBrowser|YaBrowser|OPT|DuckDuckGo|Ddg|UCBrowser|Silk)\/([\d.]+)/],
  ["vivaldi", /\bVivaldi\/([\d.]+)/],
  ["chrome", /\bCriOS\/([\d.]+)/],
  ["firefox", /\b(?:FxiOS|Firefox)\/([\d.]+)/],
  ["chrome", /\bChrome\/([\d.]+)/],
  ["safari", /\bVersion\/([\d.]+)(?: Mobile\/\w+)? Safari\//],
];
const REDUCED = /^\d+(?:\.0){2,}$/;

// The running browser: {product, version, reason, title}. `hints` are high-entropy client hints, or null.
export function running(hints, userAgent) {
  return hints?.fullVersionList?.length ? byBrands(hints.fullVersionList) : byUserAgent(userAgent);
}

function byBrands(list) {
  const own = list.filter(({ brand }) => !isDecoy(brand));
  const named = own.find(({ brand }) => BRANDS[brand]);
  const engine = own.find(({ brand }) => ENGINE_BRANDS.includes(brand));
  const stranger = own.find(({ brand }) => !BRANDS[brand] && !ENGINE_BRANDS.includes(brand));
  if (!named && stranger) return { product: "other", version: null, reason: "unknown_browser", title: stranger.brand };
  const found = named ?? engine;
  if (!found) return { product: "other", version: null, reason: "unknown_browser", title: "" };
  const product = BRANDS[found.brand] ?? "chromium";
  const title = named ? found.brand : "Chromium";
  if (NUMBERED_BY_ENGINE.includes(product)) return { product, version: null, reason: "version_hidden", title };
  return versioned(product, found.version, title);
}

// Browsers mix in a brand that nobody has, such as "Not)A;Brand", so that sites do not rely on the list.
function isDecoy(brand) {
  return /^\W*Not\W.*Brand/i.test(brand);
}

function byUserAgent(userAgent) {
  for (const [product, token] of TOKENS) {
    const version = token.exec(userAgent)?.[1];
    if (!version) continue;
    const title = product === "other" ? "" : product[0].toUpperCase() + product.slice(1);
    if (product === "other") return { product, version: null, reason: "unknown_browser", title };
    return versioned(product, version, title);
  }
  return { product: "other", version: null, reason: "unknown_browser", title: "" };
}

function versioned(product, version, title) {
  if (!/^\d+(?:\.\d+)*$/.test(version)) return { product, version: null, reason: "version_hidden", title };
  // Since 2022 the user agent string of Chrome and Edge says 120.0.0.0 for every 120.
  if (REDUCED.test(version)) return { product, version: null, reason: "version_reduced", title };
  return { product, version, reason: null, title: `${title} ${version}` };
}

// The facts of `browsers`, as far as a page can see: the browser that it is open in.
export function browserFacts(found) {
  const facts = { browsers_count: null };
  const missing = { browsers_count: "not_seen" };
  for (const product of PRODUCTS) {
    const fact = `${product}_version`;
    facts[fact] = product === found.product ? found.version : null;
    if (facts[fact] === null) missing[fact] = product === found.product ? found.reason : "not_seen";
  }
  return { facts, missing };
}
