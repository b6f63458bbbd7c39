import ArgumentParser

/// Positive whole numbers separated by commas.
struct NumberList: ExpressibleByArgument {
  let numbers: [Int]

  init(numbers: [Int]) { self.numbers = numbers }

  init?(argument: String) {
    var numbers: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = Int(part), number > 0, number <= 1_000_000 else { return nil }
      numbers.append(number)
    }
    self.numbers = numbers
  }

  var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}
