"""solve_ivp with atol = 0 and a component that starts at 0: no step is ever taken. Counts evaluations for one second."""
import time, warnings
from scipy.integrate import solve_ivp
warnings.simplefilter("ignore")
end, count = time.monotonic() + 1, 0
def field(t, x):
    global count
    count += 1
    if time.monotonic() > end:
        raise TimeoutError(f"more than 1000 evaluations: {count > 1000}, t = {t}")
    return [1.0, -x[1]]
try:
    print(solve_ivp(field, (0, 1), [0.0, 0.5], rtol=1e-6, atol=0).message)
except TimeoutError as error:
    print("no end:", error)
print(solve_ivp(lambda t, x: [1.0, -x[1]], (0, 1), [0.0, 0.5], rtol=1e-6, atol=1e-12).message)
