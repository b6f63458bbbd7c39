/// A fixed set of names, each with a line of what it stands for: what a catalogue lists.
package protocol Explained: RawRepresentable<String>, CaseIterable {
  /// One line.
  var help: String { get }
}
