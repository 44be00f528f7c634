// Looks at pictures in a browser. Standard input: {packages, browser, environment, mermaid, pictures: [{file, scheme, picture}], charts: [text]};
// standard output: {pictures, charts}, in their order. It judges nothing.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const asked = JSON.parse(readFileSync(0, 'utf8'))
const { chromium } = createRequire(asked.packages + '/')('playwright-core')
const browser = await chromium.launch({
  executablePath: asked.browser,
  env: { ...process.env, ...asked.environment },
  args: ['--headless=shell', '--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage'],
})
const pictures = []
for (const one of asked.pictures ?? []) pictures.push(await look(one))
const charts = asked.charts?.length ? await draw(asked.charts) : []
await browser.close()
process.stdout.write(JSON.stringify({ pictures, charts }))

async function look({ file, scheme, picture }) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 }, colorScheme: scheme })
  const said = [], requests = []
  page.on('console', message => said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', error => said.push(`error: ${error}`))
  page.on('request', request => requests.push(request.url()))
  const address = pathToFileURL(file).href
  await page.goto(address)
  const found = await page.evaluate(measure)
  if (picture) {
    await page.setViewportSize({ width: 1000, height: Math.ceil(found.size[1]) })
    await page.screenshot({ path: picture })
  }
  await page.close()
  return { ...found, said, requests: requests.filter(url => url !== address) }
}

function measure() {
  const box = element => { const { left, top, right, bottom } = element.getBoundingClientRect(); return [left, top, right, bottom] }
  const root = document.documentElement
  const ratio = root.getBoundingClientRect()
  return {
    size: [ratio.width, ratio.height],
    title: root.querySelector('title')?.textContent ?? '',
    description: root.querySelector('desc')?.textContent ?? '',
    texts: [...root.querySelectorAll('text')].map(element => ({
      words: element.textContent, box: box(element), colour: getComputedStyle(element).fill, classes: element.getAttribute('class') ?? '',
    })),
    badges: [...root.querySelectorAll('rect.badge')].map(element => ({
      box: box(element), colour: getComputedStyle(element).fill, classes: element.getAttribute('class'),
    })),
    card: getComputedStyle(root.querySelector('rect.card')).fill,
    elements: [...new Set([...root.querySelectorAll('*')].map(element => element.tagName))],
    alien: window.alien ?? null,
  }
}

async function draw(texts) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, timezoneId: 'UTC' })
  await page.setContent('<!doctype html><title>charts</title><body></body>')
  await page.addScriptTag({ path: asked.mermaid })
  const drawn = await page.evaluate(async texts => {
    const mermaid = window.mermaid
    mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })
    const found = []
    for (const [number, text] of texts.entries()) {
      try {
        const { diagramType } = await mermaid.parse(text)
        const { svg } = await mermaid.render(`chart${number}`, text)
        const holder = document.createElement('div')
        holder.innerHTML = svg
        document.body.append(holder)
        const words = [...holder.querySelectorAll('text')].map(element => element.textContent.trim()).filter(Boolean)
        found.push({ type: diagramType, words, alien: window.alien ?? null })
      } catch (error) {
        found.push({ error: String(error) })
      }
    }
    return found
  }, texts)
  if (asked.chartPicture) await page.screenshot({ fullPage: true, path: asked.chartPicture })
  await page.close()
  return drawn
}
