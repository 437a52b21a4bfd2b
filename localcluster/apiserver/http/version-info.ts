/**
 * The answer at /version. Client libraries read major and minor to decide what they may ask for; the suffix of
 * gitVersion says that this is not the real API server of that version.
 */
export const VERSION_INFO = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.4-podium',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'nodejs',
  platform: `${process.platform}/${process.arch}`,
};
