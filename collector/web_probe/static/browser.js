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

// What a browser calls itself in its user agent string, and what they all write there so as to be taken for each other.
// Whoever names anything else is another program that borrows these names: a browser made of another's, an app around
// an engine, Safe Exam Browser. Its numbers are not the browser's, which the school could update.
const OWN_NAMES = new Map([
  ...["Edg", "EdgA", "EdgiOS"].map((name) => [name, "edge"]),
  ...["Firefox", "FxiOS"].map((name) => [name, "firefox"]),
  ...["Chromium", "HeadlessChrome"].map((name) => [name, "chromium"]),
  ["OPR", "opera"],
  ["Vivaldi", "vivaldi"],
  ["CriOS", "chrome"],
]);
const SHARED_NAMES = ["Mozilla", "AppleWebKit", "Gecko", "Chrome", "Version", "Mobile", "Safari"];
const COMMENT = /\((?:[^()]|\([^()]*\))*\)/g;
// Firefox says 140.0 for every 140, that of its extended support release 140.5 too.
const ALWAYS_ZERO = /\.0$/;
const REDUCED = /^\d+(?:\.0){2,}$/;

// What is known of a browser within Safe Exam Browser, whatever it calls itself.
export const LOCKED = other("Safe Exam Browser", "in_safe_exam_browser");

// The running browser: {product, version, reason, title}. `hints` are high-entropy client hints, or null.
export function running(hints, userAgent) {
  const names = namesIn(userAgent);
  const stranger = strangerAmong(names);
  if (stranger) return stranger;
  const found = hints?.fullVersionList?.length ? byBrands(hints.fullVersionList) : byNames(names);
  // Opera for Android counts its versions by itself.
  return found.product === "opera" && /\bAndroid\b/.test(userAgent) ? other(found.title) : found;
}

// Names and versions in the order in which they stand, without what is in brackets.
function namesIn(userAgent) {
  const words = userAgent.replace(COMMENT, " ").split(/\s+/).filter(Boolean);
  return words.map((word) => word.split("/", 2));
}

// The program that borrows a browser's names, or null.
function strangerAmong(names) {
  const locked = names.find(([name]) => name === "SEB");
  if (locked) return { ...LOCKED, title: [LOCKED.title, locked[1]].filter(Boolean).join(" ") };
  const stranger = names.find(([name]) => !OWN_NAMES.has(name) && !SHARED_NAMES.includes(name));
  if (stranger) return other(stranger[1] ? stranger.join(" ") : "");
  // Only Android's WebView names a version beside Chrome's.
  return versionOf("Chrome", names) && versionOf("Version", names) ? other("WebView") : null;
}

function versionOf(wanted, names) {
  return names.find(([name]) => name === wanted)?.[1];
}

function other(title, reason = "unknown_browser") {
  return { product: "other", version: null, reason, title };
}

function byBrands(list) {
  const own = list.filter(({ brand }) => !isDecoy(brand));
  const stranger = own.find(({ brand }) => !BRANDS[brand] && !ENGINE_BRANDS.includes(brand));
  // An app around a browser's engine ("Microsoft Edge WebView2") may name the browser too.
  if (stranger || own.length === 0) return other(stranger?.brand ?? "");
  const found = own.find(({ brand }) => BRANDS[brand]) ?? own[0];
  const product = BRANDS[found.brand] ?? "chromium";
  const title = BRANDS[found.brand] ? found.brand : "Chromium";
  if (NUMBERED_BY_ENGINE.includes(product)) return { product, version: null, reason: "version_hidden", title };
  return versioned(product, found.version, title);
}

// Browsers mix in a brand that nobody has, such as "Not)A;Brand" or "Not_A Brand": sites shall not rely on the list.
function isDecoy(brand) {
  return /^[^a-z]*not[^a-z]+a[^a-z]+brand[^a-z]*$/i.test(brand);
}

function byNames(names) {
  const [own, another] = names.filter(([name]) => OWN_NAMES.has(name));
  if (another) return other(own.join(" "));
  if (own) return named(OWN_NAMES.get(own[0]), own[0] === "Firefox" ? own[1]?.replace(ALWAYS_ZERO, "") : own[1]);
  if (versionOf("Chrome", names)) return named("chrome", versionOf("Chrome", names));
  const safari = versionOf("Safari", names) && versionOf("Version", names);
  return safari ? named("safari", safari) : other("");
}

function named(product, version) {
  return versioned(product, version ?? "", product[0].toUpperCase() + product.slice(1));
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
    if (facts[fact] === null) missing[fact] = [product, "other"].includes(found.product) ? found.reason : "not_seen";
  }
  return { facts, missing };
}
