import ArgumentParser
import Foundation
import Launcher
import ServiceKit
import ServiceStore
import Synchronization

/// `latchkey audit`.
struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The record of what happened.",
    discussion: """
      Example:
        latchkey audit verify
      """,
    subcommands: [Verify.self])
}

/// `latchkey audit verify`.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that nobody changed, removed or added an entry of the record: exit code 0 or 1.",
    discussion: """
      Entries are sealed in batches, each on top of the one before, with a key that
      is derived from ENCRYPTION_KEY and is not in the database. Run this with the
      same DATA_DIR, ENCRYPTION_KEY and DB_CONNECTION_STRING as `latchkey serve`,
      which may be running.

      A cut at the newest end fits the seals that are left. To notice one, note the
      newest seal that this prints somewhere else, and pass it as --noted next time.

      Examples:
        latchkey audit verify
        latchkey audit verify --json
        latchkey audit verify --noted 41:0f3c9a5d7e21b86410ffd2a9c3e57b60
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(help: ArgumentHelp("A seal that was printed earlier and must still be there.", valueName: "batch:seal"))
  var noted: String?

  func run() async throws {
    let environment = try Console.environment()
    let seam = noted.flatMap(AuditReport.Seam.init)
    if let noted, seam == nil { throw ValidationError("\"\(noted)\" is no seal; expected batch:32 hexadecimal digits") }
    let ticker = Ticker()
    let report: AuditReport
    do {
      report = try await CommandContext.with(environment) { place in
        try await AuditCheck.run(place, noted: seam) { done, total in ticker.tell(done, total) }
      }
    } catch {
      throw Console.failure(error)
    }
    if json { Console.print(report.json) } else { report.lines.forEach(Console.print) }
    if !report.isWhole { throw ExitCode(ExitStatus.failure) }
  }
}

/// Reports the progress of long work every few seconds.
private final class Ticker: Sendable {
  private static let pause = Duration.seconds(3)
  private let next = Mutex(ContinuousClock.now + pause)

  func tell(_ done: Int, _ total: Int) {
    let isDue = next.withLock { next in
      guard ContinuousClock.now >= next else { return false }
      next = .now + Self.pause
      return true
    }
    if isDue { Console.note("\(done) of \(total) entries checked") }
  }
}

extension AuditReport {
  var lines: [String] {
    var lines: [String] = []
    let waitingText = waiting == 1 ? "1 waits for sealing" : "\(waiting) wait for sealing"
    let extent = "\(count(entries, "entry", "entries")) in \(count(batches, "batch", "batches"))"
    if isWhole {
      lines.append("\(extent) \(entries == 1 ? "is" : "are") whole; \(waitingText).")
    } else {
      lines.append("The record does not fit its seals: \(count(problems, "problem", "problems")) in \(extent).")
      lines += findings.map { "  \($0.sentence)" }
      if problems > findings.count { lines.append("  … and \(problems - findings.count) more.") }
    }
    if removed > 0 { lines.append("\(count(removed, "older batch was", "older batches were")) removed by age.") }
    if overdue > 0 {
      lines.append(
        "Warning: \(count(overdue, "entry has", "entries have")) waited for more than 10 minutes; is `latchkey serve` running?"
      )
    }
    if let newest { lines.append("Newest seal: \(newest)") }
    return lines
  }

  private func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

  var json: String {
    let result = Result(
      whole: isWhole, entries: entries, batches: batches, removedBatches: removed, waiting: waiting, overdue: overdue,
      newestSeal: newest?.description, problems: problems,
      findings: findings.map {
        Result.Finding(
          kind: $0.name, batch: $0.batch, entry: $0.entry?.uuidString.lowercased(), sentence: $0.sentence)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Whole numbers and texts always encode.
    return (try? encoder.encode(result)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private struct Result: Encodable {
    let whole: Bool
    let entries: Int
    let batches: Int
    let removedBatches: Int
    let waiting: Int
    let overdue: Int
    let newestSeal: String?
    let problems: Int
    let findings: [Finding]

    struct Finding: Encodable {
      let kind: String
      let batch: Int
      let entry: String?
      let sentence: String
    }
  }
}
