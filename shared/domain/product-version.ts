/** The release, as package.json has it; a test keeps the two equal. */
export const PRODUCT_VERSION = '0.1.0';
