/* The exact field of two Gaussians, by the C interface.
 *
 *   cc -std=c11 fields.c -I Sources/CFlowReference -L DIRECTORY -l:libflowref-native.so -o fields
 */
#include <flowref.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static flowref_error error;

/* Ends the program with what a call says. */
static void check(int32_t code) {
  if (code == FLOWREF_OK) return;
  fprintf(stderr, "%s (%s): %s\n", flowref_code_name(code), error.field, error.message);
  exit(1);
}

static int32_t tell(void *context, size_t done, size_t total) {
  (void)done;
  (void)total;
  ++*(int *)context;
  return 0;
}

int main(void) {
  printf("flowref %s\n", flowref_version());

  flowref_path *path;
  check(flowref_path_create("{\"kind\":\"ot\"}", &path, &error));
  const double means[] = {-2, 0, 2, 0}, std = 0.5, weights[] = {1, 3};
  flowref_target *target;
  check(flowref_target_mixture(2, 2, means, &std, 1, weights, NULL, &target, &error));
  flowref_field *field;
  check(flowref_field_create(path, target, &field, &error));
  flowref_path_free(path); /* the field keeps what it needs */
  flowref_target_free(target);

  /* One time for all points, or one for each. */
  const double points[] = {0.2, -0.1, 1.5, 0.7}, times[] = {0.5, 0.25};
  double velocities[4], log_densities[2];
  check(flowref_field_values(field, "marginal_velocity", times, 1, 0, points, 2, velocities, NULL, &error));
  check(flowref_field_values(field, "marginal_log_density", times, 2, 0, points, 2, log_densities, NULL, &error));
  for (int row = 0; row < 2; ++row)
    printf("u = (%.17g, %.17g), log p = %.17g\n", velocities[2 * row], velocities[2 * row + 1], log_densities[row]);

  /* Along the flow to the data, on one thread. */
  flowref_steps steps = {.solver = "dop853", .rtol = 1e-10, .atol = 1e-10};
  int told = 0;
  flowref_run run = {.threads = 1, .seconds = 60, .progress = tell, .context = &told};
  double ends[4];
  flowref_solution solutions[2];
  check(flowref_flow(field, 0, 1, points, 2, &steps, ends, solutions, &run, &error));
  for (int row = 0; row < 2; ++row)
    printf("x = (%.15g, %.15g) after %lld evaluations: %s\n", ends[2 * row], ends[2 * row + 1],
           (long long)solutions[row].nfe, flowref_status_name(solutions[row].status));

  /* A refusal: the field and the accepted range. */
  const double late = 1.5;
  int32_t code = flowref_field_values(field, "marginal_velocity", &late, 1, 0, points, 2, velocities, NULL, &error);
  printf("%s (%s): %s\n", flowref_code_name(code), error.field, error.message);

  /* The wire protocol. */
  flowref_oracle *oracle;
  check(flowref_oracle_create(0, 0, 0, &oracle, &error));
  const char *request = "{\"id\":1,\"op\":\"conditional_velocity\",\"path\":{\"kind\":\"ot\"},\"t\":0.5,\"x\":[0],\"x1\":[1]}";
  const char *answer;
  size_t length;
  check(flowref_oracle_answer(oracle, request, strlen(request), &answer, &length, &error));
  printf("%.*s", (int)length, answer);
  flowref_oracle_free(oracle);
  flowref_field_free(field);
  return 0;
}
