// A cameo process, pictures with known pixels, and cases with a verdict: the JavaScript twin of the
// Python suites' harness.

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import jpeg from 'jpeg-js'

export const CODE = '12345'
const CASE_MS_MAX = 60_000

let anyFailed = false

/** A folder that goes with this process, unless a case failed: then its log is wanted. */
function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-compat-'))
  process.on('exit', () => anyFailed || rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** One cameo process on its own data folder; a restart keeps folder and port. */
export class Server {
  data = scratch()
  listen = '127.0.0.1:0'

  async start() {
    const log = openSync(join(this.data, 'log.txt'), 'a')
    const words = ['serve', '--data', this.data, '--listen', this.listen, '--login-code', CODE]
    this.process = spawn(process.env.COMPAT_BIN, words, { stdio: ['ignore', 'pipe', log] })
    const line = await new Promise((resolve, reject) => {
      this.process.stdout.once('data', data => resolve(String(data)))
      this.process.once('exit', code => reject(new Error(`the server ended with ${code}`)))
    })
    const ready = Object.fromEntries(line.trim().split(' ').slice(1).map(word => word.split('=')))
    this.listen = ready.listen
    const at = ready.listen.lastIndexOf(':')
    this.host = ready.listen.slice(0, at)
    this.port = Number(ready.listen.slice(at + 1))
    this.pem = readFileSync(ready.public_key, 'utf8')
  }

  end(signal) {
    return new Promise(resolve => {
      this.process.removeAllListeners('exit')
      this.process.once('exit', resolve)
      this.process.kill(signal)
    })
  }

  /** Makes a bot of a person, as whoever runs the server does; returns its token. */
  bot(owner, username, name) {
    const words = ['admin', 'bots', 'create', String(owner), username, name]
    words.push('--data', this.data, '--json')
    return JSON.parse(execFileSync(process.env.COMPAT_BIN, words, { encoding: 'utf8' })).token
  }

  /** As a power cut would end the process, and again. */
  async restart() {
    await this.end('SIGKILL')
    await this.start()
  }
}

/** A JPEG of one colour with a white dot in the middle. */
export function picture(colour, side = 800) {
  const data = Buffer.alloc(side * side * 4, 255)
  const middle = side / 2
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if ((x - middle) ** 2 + (y - middle) ** 2 > (side / 5) ** 2) {
        data.set(colour, (y * side + x) * 4)
      }
    }
  }
  return new Uint8Array(jpeg.encode({ data, width: side, height: side }, 95).data)
}

/** An MP4: a second of each colour with a white square in the middle. */
export function clip(colours, side = 800) {
  const hex = ([r, g, b]) => ((r << 16) | (g << 8) | b).toString(16).padStart(6, '0')
  const box = 'drawbox=x=iw*3/10:y=ih*3/10:w=iw*2/5:h=ih*2/5:color=white:t=fill'
  const parts = colours.map((colour, at) =>
    `color=c=0x${hex(colour)}:s=${side}x${side}:r=30:d=1,${box}[c${at}]`)
  const names = colours.map((_, at) => `[c${at}]`).join('')
  parts.push(`${names}concat=n=${colours.length}:v=1[v]`)
  const out = join(scratch(), 'clip.mp4')
  const words = ['-loglevel', 'error', '-y', '-filter_complex', parts.join(';'), '-map', '[v]']
  execFileSync('ffmpeg', [...words, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '18', out])
  return new Uint8Array(readFileSync(out))
}

/** Throws unless `bytes` is `picture(colour)` cut to a square of `side` pixels. */
export function looksLike(bytes, colour, side) {
  const image = jpeg.decode(bytes)
  if (image.width !== side || image.height !== side) {
    throw new Error(`${image.width}x${image.height}, not ${side}`)
  }
  const places = [[side >> 3, side >> 3, colour], [side >> 1, side >> 1, [255, 255, 255]]]
  for (const [x, y, wanted] of places) {
    const at = (y * side + x) * 4
    const got = [...image.data.subarray(at, at + 3)]
    if (got.some((value, index) => Math.abs(value - wanted[index]) > 12)) {
      throw new Error(`pixel ${x},${y} is ${got}, not ${wanted}`)
    }
  }
}

export async function until(condition, what, ms = 10_000) {
  for (let waited = 0; waited < ms; waited += 20) {
    const found = condition()
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`waited in vain for ${what}`)
}

/** The call must end with exactly this error name. */
export async function refused(promise, name) {
  try {
    await promise
  } catch (error) {
    if ((error.text ?? error.message) === name) return
    throw new Error(`refused with ${error.text ?? error.message}, not ${name}`)
  }
  throw new Error(`not refused, wanted ${name}`)
}

export function check(truth, what) {
  if (!truth) throw new Error(`not true: ${what}`)
}

const cases = []

export function test(name, run) {
  cases.push([name, run])
}

export async function runAll(world) {
  let failed = 0
  for (const [name, run] of cases) {
    let timer
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('took too long')), CASE_MS_MAX)
    })
    try {
      await Promise.race([run(world), late])
      console.log(`${name}\tpass`)
    } catch (error) {
      failed++
      anyFailed = true
      console.error(`--- ${name}\n`, error)
      console.log(`${name}\tfail`)
    }
    clearTimeout(timer)
  }
  console.error(`${cases.length - failed} passed, ${failed} failed`)
}
