public import FlowMatching

/// What a member of an answer is, which says when it is judged.
public enum MemberKind: String, Sendable, CaseIterable, Explained {
  case value, index, offered, count, estimate, questions
  case askedTime = "asked_time"
  case remainingTime = "remaining_time"

  package var help: String {
    switch self {
    case .value: "judged always; a member that is missing is wrong"
    case .index: "whole numbers, compared exactly; a member that is missing is wrong"
    case .offered:
      "judged where the answer and the fixture have it; of a claimed method a member that is missing is wrong"
    case .count:
      "a whole number, compared exactly where the method is claimed and the answer has it, else information"
    case .estimate: "judged where the method is claimed and the answer has it, else information"
    case .questions:
      "a whole number: how many slopes of the harness were used; compared exactly where the answer has it"
    case .askedTime:
      "where the answer has it: inside the interval of the request; of a claimed method as certified"
    case .remainingTime: "judged unless the implementation names times only as t"
    }
  }

  /// Whether numbers are counted instead of measured.
  var isCounted: Bool { self == .index || self == .count || self == .questions }
}

/// The members of answers that are not plain values.
struct AnswerMember: Sendable {
  /// Operations whose answers have it.
  let operations: Set<String>
  let names: [String]
  let kind: MemberKind
  /// The flags that speak of these members alone, so that they say nothing of a failure elsewhere.
  var flags: Set<String> = []
  let help: String

  private static let trajectories: Set<String> = ["flow_map", "log_likelihood"]
  private static let integration: Set<String> = ["integrate"]

  static let all: [AnswerMember] = [
    AnswerMember(
      operations: ["solver_step"], names: ["error_estimate"], kind: .estimate,
      flags: ["embedded"], help: "h sum (b - embedded) k"),
    AnswerMember(
      operations: trajectories,
      names: [
        "nfe", "nfe_initial", "nfe_rejected", "jacobian_evaluations", "accepted", "rejected",
      ],
      kind: .count, flags: ["evaluations", "fsal"], help: "evaluations and steps"),
    AnswerMember(
      operations: trajectories, names: ["t_min", "t_max"], kind: .askedTime,
      flags: ["evaluations"], help: "the first and the last time at which the field was asked"),
    AnswerMember(
      operations: integration, names: ["t_min", "t_max"], kind: .askedTime,
      flags: ["integrator_inside"],
      help: "the first and the last time at which the harness was asked"),
    AnswerMember(
      operations: integration, names: ["t"], kind: .offered, flags: ["integrator_lands"],
      help: "the time at which the integration stands"),
    AnswerMember(
      operations: integration, names: ["nfe"], kind: .questions, flags: ["integrator_counts"],
      help: "evaluations of the field"),
    AnswerMember(
      operations: ["log_likelihood"], names: ["standard_error"], kind: .offered,
      flags: ["likelihood_probes"], help: "of the mean over the probes"),
    AnswerMember(
      operations: ["cfm_gap"], names: ["standard_error"], kind: .offered,
      help: "of the mean over the samples"),
    AnswerMember(
      operations: ["sinkhorn"], names: ["gap"], kind: .offered,
      help: "by how much the cost may still fall"),
    AnswerMember(
      operations: ["assignment"], names: ["permutation"], kind: .index,
      help: "for every row its column"),
    AnswerMember(
      operations: ["time_at_log_snr"], names: ["one_minus_t"], kind: .remainingTime,
      flags: ["inverse_tail"], help: "1 - t to all its digits"),
  ]

  /// The entry of a member; nil for a plain value.
  static func named(_ name: String, of operation: String) -> AnswerMember? {
    all.first { $0.operations.contains(operation) && $0.names.contains(name) }
  }

  /// Whether a flag may explain a failure of a member (nil: of the answer as a whole).
  static func explains(_ flag: String, _ member: String?, of operation: String) -> Bool {
    guard let member else { return true }
    let own = named(member, of: operation)?.flags ?? []
    if own.contains(flag) { return true }
    return !all.contains { $0.operations.contains(operation) && $0.flags.contains(flag) }
  }
}
