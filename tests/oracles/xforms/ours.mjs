// Our engine beside ODK's: `ruhu form drive`, one command and one answer a line.
import readline from 'node:readline'
import { spawn } from 'node:child_process'

export class Ours {
  constructor(ruhu) {
    this.process = spawn(ruhu, ['form', 'drive'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.lines = readline.createInterface({ input: this.process.stdout })[Symbol.asyncIterator]()
  }
  async ask(command) {
    this.process.stdin.write(JSON.stringify(command) + '\n')
    const { value, done } = await this.lines.next()
    if (done) throw new Error('our engine ended')
    const answer = JSON.parse(value)
    if (answer.error) throw new Error(`${JSON.stringify(command)}: ${answer.error}`)
    return answer
  }
  end() { this.process.stdin.end() }
}
