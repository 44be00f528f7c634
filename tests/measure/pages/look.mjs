// Looks at pages in a browser. Standard input: {packages, browser, environment, looks: [{file, width, scheme, picture, axe}]};
// standard output: what was seen, in the order of the looks. It judges nothing.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const asked = JSON.parse(readFileSync(0, 'utf8'))
const { chromium } = createRequire(asked.packages + '/')('playwright-core')
const axe = readFileSync(asked.axe, 'utf8')
const browser = await chromium.launch({
  executablePath: asked.browser,
  env: { ...process.env, ...asked.environment },
  args: ['--headless=shell', '--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage'],
})
const seen = []
for (const one of asked.looks) seen.push(await look(one))
await browser.close()
process.stdout.write(JSON.stringify(seen))

async function look({ file, width, scheme, picture }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: true })
  const page = await context.newPage()
  const said = [], requests = []
  page.on('console', message => said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', error => said.push(`error: ${error}`))
  page.on('request', request => requests.push(request.url()))
  const address = pathToFileURL(file).href
  await page.goto(address)
  const found = await page.evaluate(measure)
  const first = await focused(page)
  const tree = await page.locator('body').ariaSnapshot()
  const shot = await page.screenshot({ fullPage: true, path: picture })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  await page.emulateMedia({ media: 'print' })
  const printed = await page.evaluate(measure)
  const pdf = (await page.pdf({ format: 'A4' })).subarray(0, 5).toString()
  await context.close()
  return {
    ...found, first, tree, pdf, said, printed,
    requests: requests.filter(url => url !== address),
    colours: await colours(shot),
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).slice(0, 3).join(' | ')}`),
  }
}

function measure() {
  const size = element => { const { width, height } = element.getBoundingClientRect(); return [width, height] }
  const style = (selector, name) => getComputedStyle(document.querySelector(selector))[name]
  return {
    title: document.title,
    width: document.documentElement.scrollWidth,
    sections: [...document.querySelectorAll('main > section')].map(element => ({
      id: element.id, title: element.querySelector('h2')?.innerText ?? '', size: size(element), words: element.innerText.length,
    })),
    charts: [...document.querySelectorAll('svg[role=img]')].map(element => ({
      title: element.querySelector('title')?.textContent ?? '', size: size(element),
    })),
    tables: [...document.querySelectorAll('table')].map(element => ({
      caption: element.caption?.innerText ?? '', seen: element.checkVisibility(),
    })),
    background: style('body', 'backgroundColor'), card: style('main > section', 'backgroundColor'), ink: style('body', 'color'),
    scripts: document.scripts.length,
    alien: window.alien ?? null,
  }
}

async function focused(page) {
  await page.keyboard.press('Tab')
  const found = await page.evaluate(() => ({
    text: document.activeElement.innerText, top: document.activeElement.getBoundingClientRect().top,
  }))
  await page.keyboard.press('Enter')
  return { ...found, target: await page.evaluate(() => document.activeElement.id) }
}

async function colours(shot) {
  const page = await browser.newPage()
  const count = await page.evaluate(async data => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
    const canvas = new OffscreenCanvas(image.width, Math.min(image.height, 4000))
    const drawing = canvas.getContext('2d')
    drawing.drawImage(image, 0, 0)
    const { data: bytes } = drawing.getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(bytes.buffer)).size
  }, shot.toString('base64'))
  await page.close()
  return count
}
