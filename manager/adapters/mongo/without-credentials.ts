const HIDDEN = '[redacted]';

/**
 * A function that takes out of a text what must not be told: the user and password of this URI, in whatever form they
 * come, and those of any other URI.
 */
export function withoutCredentials(uri: string): (text: string) => string {
  const forms = formsOf(uri);
  return (text) => {
    const hidden = forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), text);
    return hidden.replaceAll(/\/\/[^/@\s]+@/g, `//${HIDDEN}@`);
  };
}

function formsOf(uri: string): string[] {
  // Up to the last "@" before the hosts, so that a password that was not encoded is found whole.
  const userInfo = /^[a-z+]+:\/\/(.*)@[^@]*$/s.exec(uri)?.[1];
  if (userInfo === undefined) return [];
  const colon = userInfo.indexOf(':');
  const password = colon < 0 ? '' : userInfo.slice(colon + 1);
  const forms = new Set([uri, userInfo, password, decoded(password), encodeURIComponent(password)]);
  // The longest first: it may hold the others.
  return [...forms].filter((form) => form !== '').sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
