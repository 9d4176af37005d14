/** A plain PDF: a title, headings with lines below them, rows with an amount at the right. The fonts that every reader has, so that nothing is embedded. */

export interface PdfBlock {
  heading?: string
  /** Lines of text; `indent` in steps. */
  line?: readonly { text: string; amount?: string; indent?: number; strong?: boolean }[]
}

export interface PdfContent {
  title: string
  subtitle: string
  /** The moment that the file says it is from: the same content gives the same bytes. */
  date: Date
  block: readonly PdfBlock[]
  footer: string
}

/** What the standard fonts can show (Windows-1252); the rest becomes a question mark instead of something else. */
const shown = (text: string): string => text.replace(/→/g, '>').replace(/[^\u0020-\u007e\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu, '?')

export const pdfOf = async (content: PdfContent): Promise<Buffer> => {
  // Its fonts and tables are megabytes that most processes never need.
  const { default: PDFDocument } = await import('pdfkit')
  return await new Promise((resolve, reject) => {
    const pdf = new PDFDocument({ size: 'A4', margin: 50, bufferPages: true, info: { Title: shown(content.title), CreationDate: content.date, ModDate: content.date } })
    const chunks: Buffer[] = []
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
    const width = pdf.page.width - 100
    pdf.font('Helvetica-Bold').fontSize(18).text(shown(content.title)).font('Helvetica').fontSize(10).fillColor('#444444').text(shown(content.subtitle)).fillColor('black').moveDown()
    for (const { heading, line = [] } of content.block) {
      if (heading !== undefined) pdf.moveDown(0.5).font('Helvetica-Bold').fontSize(12).text(shown(heading), 50).moveDown(0.2)
      for (const { text, amount, indent = 0, strong = false } of line) {
        pdf.font(strong ? 'Helvetica-Bold' : 'Helvetica').fontSize(10)
        const left = 50 + indent * 14
        const room = width - indent * 14 - (amount === undefined ? 0 : 160)
        if (pdf.y + pdf.heightOfString(shown(text), { width: room }) > pdf.page.height - 60) pdf.addPage()
        const top = pdf.y
        if (amount !== undefined) pdf.text(shown(amount), 50 + width - 150, top, { width: 150, align: 'right', lineBreak: false })
        pdf.text(shown(text), left, top, { width: room })
      }
    }
    const { count } = pdf.bufferedPageRange()
    for (let page = 0; page < count; page++) {
      pdf.switchToPage(page)
      pdf.page.margins.bottom = 0
      pdf.font('Helvetica').fontSize(8).fillColor('#444444').text(shown(`${content.footer}    ${page + 1}/${count}`), 50, pdf.page.height - 36, { width, align: 'center', lineBreak: false })
    }
    pdf.end()
  })
}
