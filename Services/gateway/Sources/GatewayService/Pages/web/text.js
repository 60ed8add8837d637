// The sentences that scripts say, in the page's language. The page names the module that holds them.
const sentences = (await import(document.documentElement.dataset.text)).default;

/** The sentence for a key, its {placeholders} filled in. */
export function text(key, values = {}) {
  const sentence = sentences[key] ?? key;
  return sentence.replace(/\{([^}]+)\}/g, (_, name) => values[name] ?? "");
}
