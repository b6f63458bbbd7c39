import Dispatch
import FlowFiles
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif
#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A program outside this one, with which lines are exchanged.
struct OutsideProcess: Sendable {
  /// How a process came to its end.
  enum Ending: Equatable, Sendable {
    case exited(Int32)
    case signal(Int32)
    /// It did not end by itself.
    case killed

    /// `exit code 3`, `signal 11 (Segmentation fault)`.
    var description: String {
      switch self {
      case .exited(let code): "exit code \(code)"
      case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
      case .killed: "killed by the validator"
      }
    }
  }

  /// The program and its arguments; a name without a slash is looked up in PATH.
  let command: [String]

  /// Starts the program, lets `body` converse with it on a thread of its own, and ends it: its input
  /// is closed, and whatever of it still runs after the grace that `body` returns is killed, children
  /// included; so it is when a signal ends this process (``Termination``).
  /// - Throws: when the program cannot be started.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable (inout PipeConversation) -> (result: Result, grace: Duration)
  ) async throws(StartFailure) -> (result: Result, ending: Ending) {
    Descriptor.ignoreBrokenPipes()
    let (toProcess, fromProcess, errors) = (try Pipe(), try Pipe(), try Pipe())
    var options = PlatformOptions()
    options.processGroupID = 0
    let name = command[0]
    let mark = ProcessMark()
    let configuration = Configuration(
      executable: name.contains("/") ? .path(FilePath(name)) : .name(name),
      arguments: Arguments(Array(command.dropFirst())), environment: mark.environment,
      platformOptions: options)
    do {
      let outcome = try await Subprocess.run(
        configuration,
        input: .fileDescriptor(.init(rawValue: toProcess.reading), closeAfterSpawningProcess: true),
        output: .fileDescriptor(
          .init(rawValue: fromProcess.writing), closeAfterSpawningProcess: true),
        error: .fileDescriptor(.init(rawValue: errors.writing), closeAfterSpawningProcess: true)
      ) { execution in
        let process = execution.processIdentifier.value
        let step = Termination.add { mark.kill(groupOf: process) }
        return await withCheckedContinuation { continuation in
          DispatchQueue(label: "outside process").async {
            var conversation = PipeConversation(
              input: toProcess.writing, output: fromProcess.reading, error: errors.reading)
            let (result, grace) = body(&conversation)
            conversation.finishInput()
            let isKilled = !Self.hasEnded(process, within: grace, &conversation)
            mark.kill(groupOf: process)
            Termination.remove(step)
            continuation.resume(returning: (result, isKilled))
          }
        }
      }
      let (result, isKilled) = outcome.closureResult
      return (result, isKilled ? .killed : Ending(outcome.terminationStatus))
    } catch {
      for descriptor in [toProcess.writing, fromProcess.reading, errors.reading] {
        close(descriptor)
      }
      throw StartFailure(command: name, reason: "\(error)")
    }
  }

  /// Waits until the process has ended, dropping what it still says. It is not reaped here, so its
  /// number stays its own.
  private static func hasEnded(
    _ process: pid_t, within grace: Duration, _ conversation: inout PipeConversation
  ) -> Bool {
    let deadline = ContinuousClock.now + grace
    while true {
      var information = siginfo_t()
      let answer = waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
      if answer != 0 || information.si_signo != 0 { return true }
      let now = ContinuousClock.now
      if now >= deadline { return false }
      let event = conversation.next(until: min(deadline, now + .milliseconds(20)))
      if event == .ended || event == .lineTooLong { usleep(2000) }
    }
  }

  /// A program that cannot be started.
  struct StartFailure: Error, CustomStringConvertible {
    let command: String
    let reason: String
    var description: String { "cannot start \(command): \(reason)" }
  }

  /// A pipe that other processes started at the same time do not inherit.
  private struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws(StartFailure) {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else {
        throw StartFailure(command: "a pipe", reason: String(cString: strerror(errno)))
      }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      (reading, writing) = (ends[0], ends[1])
    }
  }
}

extension OutsideProcess.Ending {
  fileprivate init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code)
    case .signaled(let number): self = .signal(number)
    }
  }
}
