/** A test compares it with package.json. */
export const version = '0.1.0';

/** The branch or tag of the repository that has the documentation of this version. The release makes it the version's tag. */
export const documentationRef: string = 'main';
