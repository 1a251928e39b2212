/** @type {import('jest').Config} */
const config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // TypeScript's NodeNext imports name the file that will exist after the build.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/coverage/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      },
    ],
  },
  // Packages are plain JavaScript that Node loads as it is.
  transformIgnorePatterns: ['/node_modules/'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  // Two at a time, whatever the machine: no result depends on what else it does, but deadlines must be kept.
  maxWorkers: 2,
  maxConcurrency: 2,
  // For what hangs. What is to be quick says so itself.
  testTimeout: 180_000,
  // A test that failed may have left a process behind, whose pipes would keep jest waiting for ever.
  forceExit: true,
};

export default config;
