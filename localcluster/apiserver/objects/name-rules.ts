/**
 * The rules for names, labels and the like: each gives the sentences that say what is wrong with a text, in the
 * words of the real API server. No sentence: the text is fine.
 */
interface TextRule {
  readonly maxLength: number;
  readonly pattern: RegExp;
  readonly sentence: string;
}

const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_NAME_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  `'${QUALIFIED_NAME}')`;

const DNS_LABEL_RULE: TextRule = {
  maxLength: 63,
  pattern: new RegExp(`^${DNS_LABEL}$`),
  sentence:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
    `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${DNS_LABEL}')`,
};
const DNS_SUBDOMAIN_RULE: TextRule = {
  maxLength: 253,
  pattern: new RegExp(`^${DNS_SUBDOMAIN}$`),
  sentence:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
    `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${DNS_SUBDOMAIN}')`,
};
const NAME_PART_RULE: TextRule = {
  maxLength: 63,
  pattern: new RegExp(`^${QUALIFIED_NAME}$`),
  sentence: QUALIFIED_NAME_TEXT,
};
const LABEL_VALUE_RULE: TextRule = {
  maxLength: 63,
  pattern: new RegExp(`^(${QUALIFIED_NAME})?$`),
  sentence:
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
    `validation is '(${QUALIFIED_NAME})?')`,
};

/** The length goes first: a pattern is never tried on a text of unbounded length. */
function faultsOf(rule: TextRule, text: string): readonly string[] {
  if (text.length > rule.maxLength) return [`must be no more than ${rule.maxLength} characters`];
  return rule.pattern.test(text) ? [] : [rule.sentence];
}

export function dnsLabelFaults(text: string): readonly string[] {
  return faultsOf(DNS_LABEL_RULE, text);
}

export function dnsSubdomainFaults(text: string): readonly string[] {
  return faultsOf(DNS_SUBDOMAIN_RULE, text);
}

export function labelValueFaults(text: string): readonly string[] {
  return faultsOf(LABEL_VALUE_RULE, text);
}

/** A label, annotation or taint key: an optional DNS subdomain and a slash, then a name. */
export function qualifiedNameFaults(text: string): readonly string[] {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${QUALIFIED_NAME_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const [name = '', prefix] = parts.reverse();
  const empty = name === '' ? ['must be non-empty'] : [];
  return [
    ...(prefix === undefined ? [] : prefixFaults(prefix)),
    ...[...empty, ...faultsOf(NAME_PART_RULE, name)].map((fault) => `name part ${fault}`),
  ];
}

function prefixFaults(prefix: string): readonly string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dnsSubdomainFaults(prefix).map((fault) => `prefix part ${fault}`);
}

/** The name of a port (RFC 6335, section 5.1). */
export function portNameFaults(text: string): readonly string[] {
  return [
    ...(text.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(text)
      ? []
      : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(text) ? [] : ['must contain at least one letter (a-z)']),
    ...(text.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(/^-|-$/.test(text) ? ['must not begin or end with a hyphen'] : []),
  ];
}

export function environmentNameFaults(text: string): readonly string[] {
  return /^[ -<>-~]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}
