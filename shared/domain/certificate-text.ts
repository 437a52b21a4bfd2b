/** Whether a text holds a certificate in PEM (RFC 7468 5), as far as its first line tells. */
export function holdsCertificate(text: string): boolean {
  return /-{5}BEGIN CERTIFICATE-{5}/.test(text);
}
