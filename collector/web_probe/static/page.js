// Puts the page together: what the collector told, what the browser keeps, what is shown.

import { Membership } from "./identity.js";
import { openedStorage } from "./keeping.js";
import { Outbox } from "./outbox.js";
import { View } from "./view.js";
import { Visit } from "./visit.js";

const told = JSON.parse(document.getElementById("visit").dataset.told);
const storage = openedStorage(window);
const membership = new Membership(storage, told);
const outbox = new Outbox(storage, told.version);
const view = new View(document, told.words, told.language);

view.show("no-script", false);
view.show("start");

// What an earlier visit could not send.
if (membership.known) outbox.send(membership.known).catch(() => undefined);

view.element("begin").addEventListener("click", () => {
  view.show("start", false);
  view.show("running");
  view.focus("running-title");
  new Visit(window, told, { membership, outbox, kept: storage.kept }, view).run();
});
view.element("again").addEventListener("click", () => location.reload());
