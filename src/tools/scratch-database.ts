/** A PostgreSQL for the time of one piece of work, gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded } from '../platform/database/embedded.ts'

export const withScratchDatabase = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tandem-scratch-'))
  chmodSync(folder, 0o755) // the database may run as another user
  const embedded = await startEmbedded({ dataDir: folder, disposable: true })
  try {
    return await work(embedded.url)
  } finally {
    await embedded.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
