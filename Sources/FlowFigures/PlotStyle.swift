/// What all figures share: thin axes, a light grid, and colours that remain apart for colour-blind eyes
/// and in print.
///
/// *Reference*: the eight colours of Okabe and Ito (2008), then four of Tol (2021, muted); the density's ramp is a
/// single hue.
package enum PlotStyle {
  /// Colours of lines, in the order in which they are taken.
  package static let colours = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999",
    "#882255", "#332288", "#999933", "#44AA99",
  ]
  static let dashes = ["1", "2", "4", "5"]
  static let points = [7, 5, 9, 13, 11, 4, 6, 8, 10, 12, 14, 15]

  /// Colour, dash and point of series `k`.
  static func line(
    _ k: Int, width: Double = 1.8, pointSize: Double = 0.7, dash given: String? = nil
  ) -> String {
    let colour = colours[k % colours.count]
    let dash = given ?? dashes[k / colours.count % dashes.count]
    let kind = points[k % points.count]
    return "lc rgb \"\(colour)\" lw \(width) dt \(dash) pt \(kind) ps \(pointSize)"
  }

  static let commands = """
    reset
    set encoding utf8
    set border 3 lc rgb "#555555" lw 0.8
    set tics out nomirror scale 0.6 tc rgb "#222222"
    set grid lc rgb "#e4e4e4" lw 0.6 lt 1
    set key samplen 1.6 spacing 1.15 tc rgb "#222222"
    set title tc rgb "#222222"
    set style fill solid noborder
    """

  /// gnuplot takes lines of text in SVG to be higher than they are; this brings them back to the axes.
  static let svgSpacing = """
    set xlabel offset 0,0.8
    set xtics offset 0,0.35
    set title offset 0,-0.55
    """

  /// White to dark blue.
  static let densityPalette = """
    set palette defined (0 "#ffffff", 0.12 "#d6e6f4", 0.35 "#8cbfdf", 0.65 "#3a84bf", 1 "#08306b")
    """
  /// Dark to light, monotone in lightness, from blue over grey to yellow.
  static let errorPalette = """
    set palette defined (0 "#00224e", 0.25 "#434e6c", 0.5 "#7d7c78", 0.75 "#bcae6c", 1 "#fee838")
    """
  /// Blue below zero, white, vermilion above.
  static let signedPalette = """
    set palette defined (-1 "#0072B2", -0.5 "#7fb8d8", 0 "#ffffff", 0.5 "#eaae7f", 1 "#D55E00")
    """
  static let arrowColour = "#B84300"
}
