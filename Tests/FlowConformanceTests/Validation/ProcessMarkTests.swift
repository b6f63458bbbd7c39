import FlowFiles
import TestSupport
import Testing

@testable import FlowConformance

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

#if os(Linux)
  struct ProcessMarkTests {
    /// One child in the process group, one in a session of its own, one more that a dead child left.
    @Test func whatTheProcessLeavesBehindIsKilled() async throws {
      try await TemporaryFolder.use { folder in
        let file = folder.file("processes")
        let command = FakeImplementation.command(
          before: """
            import subprocess
            def note(process): print(process.pid, file=open("\(file)", "a"))
            sleep = ["sleep", "1000"]
            note(subprocess.Popen(sleep, stdout=subprocess.DEVNULL))
            note(subprocess.Popen(sleep, stdout=subprocess.DEVNULL, start_new_session=True))
            subprocess.run(["sh", "-c", "setsid sleep 1000 > /dev/null & echo $! >> \(file)"])
            """)
        let validation = await FakeImplementation.validate(command)
        #expect(validation.outcomes.map(\.kind) == Array(repeating: .passed, count: 8))
        let text = String(decoding: try FileBytes.read(file), as: UTF8.self)
        let processes = text.split(separator: "\n").compactMap { Int32($0) }
        #expect(processes.count == 3)
        for process in processes { #expect(await hasEnded(process), "\(text)") }
      }
    }

    /// Ended, or waiting for its parent to take notice.
    private func hasEnded(_ process: Int32) async -> Bool {
      for _ in 0..<100 {
        let bytes = try? FileBytes.read("/proc/\(process)/stat")
        guard let bytes else { return kill(process, 0) != 0 }
        if String(decoding: bytes, as: UTF8.self).contains(") Z ") { return true }
        try? await Task.sleep(for: .milliseconds(20))
      }
      return false
    }
  }
#endif
