// Keeps small things between visits where the browser allows it, else for this visit only.

const PREFIX = "provklar.";

export function openedStorage(window) {
  const kept = usable(window);
  const here = new Map();
  return {
    // Whether what is put here is still there at the next visit.
    kept: kept !== null,
    get(name) {
      const text = here.get(name) ?? (kept ? read(kept, PREFIX + name) : null);
      try {
        return text === null ? null : JSON.parse(text);
      } catch {
        return null;
      }
    },
    put(name, value) {
      const text = JSON.stringify(value);
      here.delete(name);
      try {
        if (kept) kept.setItem(PREFIX + name, text);
        else here.set(name, text);
      } catch {
        here.set(name, text); // no room: then for this visit
      }
    },
    remove(name) {
      here.delete(name);
      try {
        kept?.removeItem(PREFIX + name);
      } catch {
        // Then it stays, and is read again at the next visit.
      }
    },
  };
}

// Storage that can be written to, or null: browsers deny it by throwing, when it is asked for or when it is used.
function usable(window) {
  try {
    const storage = window.localStorage;
    storage.setItem(`${PREFIX}trial`, "1");
    storage.removeItem(`${PREFIX}trial`);
    return storage;
  } catch {
    return null;
  }
}

function read(storage, name) {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}
