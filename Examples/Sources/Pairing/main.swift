// Minibatch optimal transport: exact pairs of noise and data, and the entropic plan that nears them.
import FlowMatching

let target = try Preset.eightGaussians()
let count = 64
let noise = RandomStream(seed: 2).normals(2 * count, at: 0)
let data = target.samples(count, from: RandomStream(seed: 3))
let costs = try CostMatrix(squaredDistancesFrom: noise, to: data, dimension: 2)

let assignment = try Assignment(costs)
print("mean |x0 - x1|^2 of the optimal pairs:", assignment.cost / Double(count))
for epsilon in [10.0, 1, 0.1] {
  let plan = try EntropicPlan(costs, epsilon: epsilon)
  print("by Sinkhorn with epsilon = \(epsilon):", plan.cost)
}
