/* Exact reference values for flow matching, for every language that can call C. docs/c.md explains it.
 *
 * Rules that hold for every function here:
 * - It returns FLOWREF_OK or one of the codes below. With a code, `error` (unless it is NULL) says which field
 *   is to blame and why, and the results are not to be used.
 * - Vectors are rows of float64, points and matrices rows first; every array is the caller's memory, is read or
 *   written during the call and not kept.
 * - `times` are `time_count` numbers, one for all points or one for each. They are t, or 1 - t where
 *   `remaining` is not 0, which names times next to 1 that no double can.
 * - Names of quantities, solvers and the like, and texts in JSON, are those of the wire protocol. Texts end with
 *   a NUL byte.
 * - Handles may be used by several threads at a time, an oracle by one. Handles that are made of others do not
 *   need them afterwards. Freeing NULL does nothing.
 * - `run` may be NULL: one thread for each processor, no limit of time, the machine's memory.
 */
#ifndef FLOWREF_H
#define FLOWREF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The codes of errors, with the protocol's names in its order of precedence. */
enum {
  FLOWREF_OK = 0,
  FLOWREF_MALFORMED_JSON = 1,
  FLOWREF_TOO_LARGE = 2, /* more memory or time than allowed */
  FLOWREF_UNKNOWN_OP = 3,
  FLOWREF_UNKNOWN_FIELD = 4,
  FLOWREF_MISSING_FIELD = 5,
  FLOWREF_INVALID_FIELD = 6,
  FLOWREF_DIMENSION_MISMATCH = 7,
  FLOWREF_NON_FINITE = 8,
  FLOWREF_OUT_OF_DOMAIN = 9,
  FLOWREF_SINGULAR = 10, /* the quantity does not exist there */
  FLOWREF_UNSUPPORTED = 11,
  FLOWREF_NO_CONVERGENCE = 12,
  FLOWREF_CANCELLED = 13
};

typedef struct flowref_error {
  int32_t code;
  char field[124];   /* UTF-8, cut where it is longer */
  char message[896];
} flowref_error;

/* "singular" and so on; "ok" and "cancelled"; NULL for other numbers. */
const char *flowref_code_name(int32_t code);

/* The version of the library, such as "0.1.0". */
const char *flowref_version(void);

/* Everything that has a name, as JSON: paths, targets, quantities, operations, solvers, their parameters and
 * defaults. */
const char *flowref_catalogue(void);

/* ---- How a call runs ------------------------------------------------------------------------------- */

/* Ends calls from another thread. */
typedef struct flowref_cancellation flowref_cancellation;
flowref_cancellation *flowref_cancellation_create(void);
void flowref_cancel(flowref_cancellation *cancellation);
void flowref_cancellation_free(flowref_cancellation *cancellation);

/* Told from the calling thread how many points are done; anything but 0 cancels. */
typedef int32_t (*flowref_progress)(void *context, size_t done, size_t total);

typedef struct flowref_run {
  int32_t threads;                    /* at most so many; 0: one for each processor */
  double seconds;                     /* 0: no limit */
  double memory;                      /* bytes; 0: what the machine has */
  flowref_cancellation *cancellation; /* or NULL */
  flowref_progress progress;          /* or NULL */
  void *context;
} flowref_run;

/* ---- The wire protocol in process -------------------------------------------------------------------- */

typedef struct flowref_oracle flowref_oracle;

/* Targets from files only where `allow_files` is not 0. `memory` in bytes and `seconds` limit each request; 0: 4 GB
 * and 60 s, as `flowref oracle` has them. */
int32_t flowref_oracle_create(
    int32_t allow_files, double memory, double seconds, flowref_oracle **oracle, flowref_error *error);

/* Answers one request, or several: a line each. The answer has a line feed after every line and belongs to the
 * oracle until its next call. What is wrong with a request stands in its answer. */
int32_t flowref_oracle_answer(
    flowref_oracle *oracle, const char *request, size_t length, const char **answer, size_t *answer_length,
    flowref_error *error);
void flowref_oracle_free(flowref_oracle *oracle);

/* What the engine expects of a request, as fixtures have it: {"value","tail","sensitivity","radius"}, {"error":code},
 * or null where there is nothing to compare with. The sensitivities are from differences, not certified. `precision`
 * is float64, float32, float16 or bfloat16. The text is the caller's, to be freed by flowref_text_free. */
int32_t flowref_expectation(
    const char *request, size_t length, const char *precision, char **text, flowref_error *error);
void flowref_text_free(char *text);

/* ---- Paths -------------------------------------------------------------------------------------------- */

typedef struct flowref_path flowref_path;

/* From JSON: {"kind":"vp","beta_min":0.1}. */
int32_t flowref_path_create(const char *json, flowref_path **path, flowref_error *error);
void flowref_path_free(flowref_path *path);

/* Eight numbers for each time: alpha, sigma, variance, their derivatives, log_snr and its derivative. */
int32_t flowref_schedule(
    const flowref_path *path, const double *times, size_t time_count, int32_t remaining, double *result,
    flowref_error *error);

int32_t flowref_time_at_log_snr(
    const flowref_path *path, const double *log_snr, size_t count, double *t, double *one_minus_t,
    flowref_error *error);

/* `name` is conditional_flow (of rows x0, x1), conditional_velocity, conditional_score or conditional_log_density
 * (of rows x, x1; one number each). */
int32_t flowref_conditional(
    const flowref_path *path, const char *name, const double *times, size_t time_count, int32_t remaining,
    const double *x, const double *x1, size_t count, size_t dimension, double *result, flowref_error *error);

/* `kind` is icfm, schrodinger_bridge or vp_trigonometric. */
int32_t flowref_pair_velocity(
    const char *kind, double sigma, const double *times, size_t time_count, int32_t remaining, const double *x,
    const double *x0, const double *x1, size_t count, size_t dimension, double *result, flowref_error *error);

/* Between velocity, x1, noise, score and v. */
int32_t flowref_convert(
    const flowref_path *path, const char *from, const char *to, const double *times, size_t time_count,
    int32_t remaining, const double *x, const double *value, size_t count, size_t dimension, double *result,
    flowref_error *error);

/* ---- Targets ------------------------------------------------------------------------------------------ */

typedef struct flowref_target flowref_target;

/* From JSON, for those that need few numbers: {"kind":"ring","radius":2,"std":0.1}. Files may be read. */
int32_t flowref_target_create(const char *json, flowref_target **target, flowref_error *error);

/* sum_k w_k N(m_k, s_k^2 I), a point cloud where every s is 0. `stds` are one for all or `count`; `weights`, relative,
 * and `labels` may be NULL. */
int32_t flowref_target_mixture(
    size_t dimension, size_t count, const double *means, const double *stds, size_t std_count,
    const double *weights, const char *const *labels, flowref_target **target, flowref_error *error);

/* With `count` matrices of covariance. */
int32_t flowref_target_full_mixture(
    size_t dimension, size_t count, const double *means, const double *covariances, const double *weights,
    const char *const *labels, flowref_target **target, flowref_error *error);

/* Uniform on boxes, given by opposite corners. */
int32_t flowref_target_boxes(
    size_t dimension, size_t count, const double *lower, const double *upper, const double *weights,
    flowref_target **target, flowref_error *error);

/* Independent factors. */
int32_t flowref_target_product(
    const flowref_target *const *factors, size_t count, flowref_target **target, flowref_error *error);

/* Data and a source other than N(0, I), both mixtures or clouds. `tube` is NULL, "constant" (noise of variance
 * sigma^2 around pairs) or "bridge" (sigma^2 alpha sigma). */
int32_t flowref_target_sourced(
    const flowref_target *data, const flowref_target *source, const char *tube, double sigma,
    flowref_target **target, flowref_error *error);

size_t flowref_target_dimension(const flowref_target *target);
/* 0 where it has none. */
size_t flowref_target_components(const flowref_target *target);

/* Samples first, first + 1, ... of a seed: each depends on the seed and its number alone. */
int32_t flowref_target_samples(
    const flowref_target *target, uint64_t seed, uint64_t first, size_t count, double *result,
    flowref_error *error);
void flowref_target_free(flowref_target *target);

/* ---- Fields ------------------------------------------------------------------------------------------- */

typedef struct flowref_field flowref_field;

int32_t flowref_field_create(
    const flowref_path *path, const flowref_target *target, flowref_field **field, flowref_error *error);
size_t flowref_field_dimension(const flowref_field *field);
void flowref_field_free(flowref_field *field);

/* How many numbers a quantity has at one point. */
int32_t flowref_field_width(
    const flowref_field *field, const char *quantity, size_t *width, flowref_error *error);

/* The quantity at `count` points: `count` rows of its width. */
int32_t flowref_field_values(
    const flowref_field *field, const char *quantity, const double *times, size_t time_count,
    int32_t remaining, const double *points, size_t count, double *result, const flowref_run *run,
    flowref_error *error);

/* Velocities and (du/dx) v for one direction v per point. */
int32_t flowref_field_jacobian_products(
    const flowref_field *field, const double *times, size_t time_count, int32_t remaining,
    const double *points, const double *directions, size_t count, double *velocities, double *products,
    const flowref_run *run, flowref_error *error);

/* Velocities and their divergences in one pass. */
int32_t flowref_field_divergences(
    const flowref_field *field, const double *times, size_t time_count, int32_t remaining,
    const double *points, size_t count, double *velocities, double *divergences, const flowref_run *run,
    flowref_error *error);

/* du/dt at fixed x. */
int32_t flowref_field_time_derivatives(
    const flowref_field *field, const double *times, size_t time_count, int32_t remaining,
    const double *points, size_t count, double *result, const flowref_run *run, flowref_error *error);

/* u + weight (u_label - u). */
int32_t flowref_field_guided_velocities(
    const flowref_field *field, const char *label, double weight, const double *times, size_t time_count,
    int32_t remaining, const double *points, size_t count, double *result, const flowref_run *run,
    flowref_error *error);

/* The field carried from its path to another; times are on the other. */
int32_t flowref_field_transformed_velocities(
    const flowref_field *field, const flowref_path *to_path, const double *times, size_t time_count,
    int32_t remaining, const double *points, size_t count, double *result, const flowref_run *run,
    flowref_error *error);

/* d log p/dt + div u + u . grad log p, and the size of what cancels; `method` is analytic or automatic. */
int32_t flowref_field_continuity_residuals(
    const flowref_field *field, const char *method, const double *times, size_t time_count,
    int32_t remaining, const double *points, size_t count, double *residuals, double *scales,
    const flowref_run *run, flowref_error *error);

/* L_CFM - L_FM at one time, and its standard error; of a mixture. */
int32_t flowref_field_loss_gap(
    const flowref_field *field, double time, int32_t remaining, size_t samples, uint64_t seed,
    double *value, double *standard_error, const flowref_run *run, flowref_error *error);

/* ---- Flows -------------------------------------------------------------------------------------------- */

typedef struct flowref_steps {
  const char *solver;     /* NULL: dop853 */
  size_t steps;           /* so many equal ones; 0: by the tolerance */
  double rtol, atol;
  const char *controller; /* NULL: I */
  size_t step_limit;      /* 0: 100,000 */
} flowref_steps;

/* How a trajectory ended, in the order of the catalogue's statuses, and what it took. */
typedef struct flowref_solution {
  int32_t status; /* 0: success */
  double t;       /* the time reached */
  int64_t nfe, nfe_initial, nfe_rejected, jacobian_evaluations, accepted, rejected;
  double t_min, t_max; /* the times asked for; NaN where none was */
} flowref_solution;

/* "success", "step_limit", ...; NULL for other numbers. */
const char *flowref_status_name(int32_t status);

/* Points carried from t0 to t1: the last good states. `solutions` may be NULL. */
int32_t flowref_flow(
    const flowref_field *field, double t0, double t1, const double *points, size_t count,
    const flowref_steps *steps, double *result, flowref_solution *solutions, const flowref_run *run,
    flowref_error *error);

/* The exact flow from t0 to t1 by levels of distribution functions, for targets on a line, products of such and one
 * Gaussian: where points end and what rounding may have done to that, rows of the dimension; (ends - points)/(t1 - t0), which does
 * not cancel; the Jacobian, a matrix of rows at every point; and its log determinant. What is NULL is not computed. */
int32_t flowref_exact_flow(
    const flowref_field *field, double t0, double t1, const double *points, size_t count, double *ends,
    double *uncertainties, double *averages, double *jacobians, double *log_determinants, const flowref_run *run,
    flowref_error *error);

/* Log densities of points at t1, carried back to t0. `base` is exact, normal or prior. `law` is NULL for the exact
 * divergence, or rademacher or gaussian for `probes` probes of a seed: row i has those of the number first + i. NaN
 * stands for a density that was not reached and for a standard error that there is not. `standard_errors`, `x0`
 * and `solutions` may be NULL. */
int32_t flowref_log_likelihood(
    const flowref_field *field, double t0, double t1, const double *points, size_t count,
    const flowref_steps *steps, const char *base, const char *law, size_t probes, uint64_t seed,
    uint64_t first, double *log_densities, double *standard_errors, double *x0, flowref_solution *solutions,
    const flowref_run *run, flowref_error *error);

/* Samples first, first + 1, ... of p_t itself: alpha x1 + sigma x0 with the field's source. */
int32_t flowref_field_samples(
    const flowref_field *field, double time, int32_t remaining, uint64_t seed, uint64_t first, size_t count,
    double *result, flowref_error *error);

/* Points carried from t0 to t1 > t0 with the constant diffusion g; `scheme` is euler_maruyama or heun. Row i has the
 * noise of the number first + i of the seed. */
int32_t flowref_stochastic(
    const flowref_field *field, double t0, double t1, const double *points, size_t count, const char *scheme,
    size_t steps, double diffusion, uint64_t seed, uint64_t first, double *result, const flowref_run *run,
    flowref_error *error);

/* ---- Couplings ---------------------------------------------------------------------------------------- */

/* The cheapest pairing by squared distances: row i of x0 with row permutation[i] of x1. */
int32_t flowref_assignment(
    const double *x0, const double *x1, size_t count, size_t dimension, int64_t *permutation, double *cost,
    const flowref_run *run, flowref_error *error);

/* The entropic plan, count0 rows of count1, its cost and a bound on its gap. Weights may be NULL. */
int32_t flowref_sinkhorn(
    const double *x0, size_t count0, const double *x1, size_t count1, size_t dimension, const double *weights0,
    const double *weights1, double epsilon, double tolerance, double *plan, double *cost, double *gap,
    const flowref_run *run, flowref_error *error);

/* The optimal map of N(mean0, covariance0) to N(mean1, covariance1) at `count` points, and W_2^2 (or NULL). */
int32_t flowref_gaussian_map(
    size_t dimension, const double *mean0, const double *covariance0, const double *mean1,
    const double *covariance1, const double *points, size_t count, double *result, double *squared_distance,
    flowref_error *error);

#ifdef __cplusplus
}
#endif

#endif
