import { describeJobs } from './job-contract.ts'

describeJobs('postgres')
