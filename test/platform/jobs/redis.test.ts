import { describe } from 'vitest'
import { redisUrl } from '../../support/redis.ts'
import { describeJobs } from './job-contract.ts'

// Without an installed Redis the run says so in a line; in CI that is an error.
describe.runIf(redisUrl)('with a Redis', () => describeJobs('redis'))
