/** The nonce that the page's policy asks of styles made while it runs; another one at each load. */
const mark = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]');

export const nonce = mark?.nonce ?? '';
