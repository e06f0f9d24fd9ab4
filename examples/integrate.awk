# Computes pi as the integral of 4 / (1 + x^2) from 0 to 1: awk -v rule=midpoint -v steps=1000 -f integrate.awk
function f(x) { return 4 / (1 + x * x) }

# Weight of the point i of 0..steps.
function weight(i) {
  if (rule == "trapezoid") return i == 0 || i == steps ? 0.5 : 1
  return i == 0 || i == steps ? 1 / 3 : i % 2 ? 4 / 3 : 2 / 3
}

BEGIN {
  if (rule == "midpoint") for (i = 0; i < steps; i++) sum += f((i + 0.5) / steps)
  else for (i = 0; i <= steps; i++) sum += weight(i) * f(i / steps)
  pi = sum / steps
  error = pi - atan2(0, -1)
  printf "pi=%.15f\nerror=%.3e\n", pi, error < 0 ? -error : error
}
