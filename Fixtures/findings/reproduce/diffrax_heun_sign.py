"""The weights of the error estimates: Heun's and Midpoint's are embedded - b_sol (Euler's are 1, 0), Bosh3's are b_sol - embedded."""
import diffrax, jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
term = diffrax.ODETerm(lambda t, x, args: t**3 + 0 * x)
t, h, x = jnp.array(0.5), jnp.array(0.5), jnp.array([0.0])
for solver in (diffrax.Heun(), diffrax.Midpoint(), diffrax.Bosh3(), diffrax.Tsit5()):
    tableau = solver.tableau
    _, error, *_ = solver.step(term, t, t + h, x, None, solver.init(term, t, t + h, x, None), made_jump=False)
    print(f"{type(solver).__name__:9s} y_error {error[0]: .6f}   b_sol {[round(float(w), 4) for w in tableau.b_sol]}")
    print(f"{'':31s} b_error {[round(float(w), 4) for w in tableau.b_error]}")
