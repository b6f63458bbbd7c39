// The densities whose answers are compiled for their own type.

extension LaplaceDensity: BuiltInDensity {}
extension LogisticDensity: BuiltInDensity {}
extension StudentTDensity: BuiltInDensity {}
extension TriangularDensity: BuiltInDensity {}
extension BetaDensity: BuiltInDensity {}
extension UniformDensity: BuiltInDensity {}
extension CustomDensity: BuiltInDensity {}
