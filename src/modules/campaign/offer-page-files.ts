/**
 * The page that a link of a campaign opens, its style and its script. The token stands in the fragment of the link, which browsers send to nobody:
 * the script sends it in the body of a request, so that no log and no other site gets to know it. Everything shown is made by the server.
 */
import { html, type Html } from './html.ts'
import type { Words } from './offer-page-words.ts'

/** Nothing but the page's own files, and nobody may frame it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
  'cross-origin-opener-policy': 'same-origin',
}

export const pageOf = (words: Words): Html => html`<!doctype html>
<html lang="${words.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${words.title}</title>
<link rel="stylesheet" href="offer/page.css">
<script src="offer/page.js" defer></script>
</head>
<body>
<main id="offer" tabindex="-1" aria-live="polite"><p>${words.loading}</p><noscript><p>${words.needsScript}</p></noscript></main>
<template id="trouble"><p role="alert">${words.trouble}</p><button type="button" data-again>${words.again}</button></template>
</body>
</html>
`

export const PAGE_STYLE = `:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif }
body { margin: 0; padding: 1rem }
main { max-width: 38rem; margin: 2rem auto; outline: none }
main[aria-busy=true] { opacity: .6 }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1rem }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem }
ul { padding-inline-start: 1.2rem; margin: 0 }
dl { display: grid; grid-template-columns: 1fr auto; gap: .35rem 1.5rem; margin: 0 }
dd { margin: 0; text-align: end; font-weight: 600 }
button, a.go { display: inline-block; font: inherit; font-weight: 600; margin: 1.25rem 0 .5rem; padding: .75rem 1.5rem; border: 2px solid; border-radius: .5rem; color: #fff; background: #1a4fd0; border-color: #1a4fd0; text-decoration: none; cursor: pointer }
button:focus-visible, a:focus-visible { outline: 3px solid currentColor; outline-offset: 3px }
button[disabled] { cursor: progress }
output { display: block; font: 600 1.6rem/1.6 ui-monospace, monospace; letter-spacing: .1em }
`

export const PAGE_SCRIPT = `'use strict'
{
  const main = document.getElementById('offer')
  const send = (what, link) => fetch('offer/' + what, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ link }), credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' })
  const localTimes = () => {
    for (const time of main.querySelectorAll('time')) time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(time.dateTime))
  }
  let asked = 'shown'
  const ask = async what => {
    asked = what
    const link = location.hash.slice(1)
    main.setAttribute('aria-busy', 'true')
    for (const button of main.querySelectorAll('button')) button.disabled = true
    try {
      const answer = await send(what, link)
      if (!(answer.headers.get('content-type') || '').startsWith('text/html')) throw new Error(String(answer.status))
      main.innerHTML = await answer.text()
      localTimes()
      const heading = main.querySelector('h1')
      if (heading) document.title = heading.textContent
      if (what === 'shown' && answer.ok) void send('opened', link).catch(() => undefined)
    } catch {
      main.replaceChildren(document.getElementById('trouble').content.cloneNode(true))
    }
    main.removeAttribute('aria-busy')
    if (what !== 'shown') main.focus()
  }
  main.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    if (button) void ask(button.dataset.ask || asked)
  })
  addEventListener('hashchange', () => void ask('shown'))
  void ask('shown')
}
`
