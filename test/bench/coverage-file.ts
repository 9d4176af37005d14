/** A file of coverage as the FCC publishes it, made up: lines in the order of their locations, some forty of them in a cell, a few providers at each. */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { cellToChildren, gridDisk, latLngToCell } from 'h3-js'

const HEADER = 'frn,provider_id,brand_name,location_id,technology,max_advertised_download_speed,max_advertised_upload_speed,low_latency,business_residential_code,state_usps,block_geoid,h3_res8_id'
const PER_CELL = 40
const LINES = [
  '0001857952,131425,"Harbour Fibre, Inc.",#,50,1000,500,1,X,NJ,340170001001000,',
  '0004963088,130317,Gannet Cable,#,40,1200,35,1,X,NJ,340170001001000,',
  '0006945950,130228,Gannet Cable,#,10,25,3,1,R,NJ,340170001001000,',
  '0018506568,131310,Kittiwake,#,71,300,20,1,B,NJ,340170001001000,',
]

/** Cells of resolution 8 around Newark, as many as are needed. */
const cellsFor = (count: number): string[] => {
  const cells: string[] = []
  for (const wide of gridDisk(latLngToCell(40.7, -74.2, 4), 12)) {
    for (const cell of cellToChildren(wide, 8)) {
      cells.push(cell)
      if (cells.length === count) return cells
    }
  }
  throw new Error(`no ${count} cells`)
}

/** Writes a file of so many lines; answers the cells in it. */
export const writeCoverageFile = async (file: string, rows: number): Promise<string[]> => {
  const cells = cellsFor(Math.ceil(rows / (PER_CELL * LINES.length)))
  const out = createWriteStream(file)
  let text = `${HEADER}\n`
  for (let row = 0; row < rows; row += 1) {
    const location = Math.floor(row / LINES.length)
    text += `${LINES[row % LINES.length]!.replace('#', String(1_000_000_000 + location))}${cells[Math.floor(location / PER_CELL)]!}\n`
    if (text.length > 1_000_000) {
      if (!out.write(text)) await once(out, 'drain')
      text = ''
    }
  }
  out.end(text)
  await once(out, 'finish')
  return cells
}
