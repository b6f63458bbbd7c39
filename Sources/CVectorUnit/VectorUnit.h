// The machine's vector unit: what the compiler may assume of it, and operations on whole vectors. The same flags
// reach Swift's code generation (-Xcc -march=native), so the constants choose tile shapes at compile time.
#ifndef FLOW_VECTOR_UNIT_H
#define FLOW_VECTOR_UNIT_H

#include <stdbool.h>

// 1 where a*b + c rounded once is an instruction; without it the fused operation is a function call.
#if defined(__FMA__) || defined(__aarch64__)
#define FLOW_HAS_FUSED_MULTIPLY_ADD 1
#else
#define FLOW_HAS_FUSED_MULTIPLY_ADD 0
#endif

// Rows and columns (floats) of the block of a matrix product that is kept in registers, leaving room
// for one row of the other factor: 16 of 32 registers of 16, 12 of 16 of 8, 24 of 32 or 12 of 16 of 4.
// Twelve rows of 32 would fit too, but need as many general registers for the addresses of the rows as
// there are where frame pointers are kept: sums are then spilled in the innermost loop (0.6 of the speed).
#if defined(__AVX512F__)
#define FLOW_TILE_ROWS 8
#define FLOW_TILE_COLUMNS 32
#elif defined(__AVX__) || defined(__aarch64__)
#define FLOW_TILE_ROWS 6
#define FLOW_TILE_COLUMNS 16
#else
#define FLOW_TILE_ROWS 3
#define FLOW_TILE_COLUMNS 16
#endif

// Single operations on eight doubles. Swift's own are written lane by lane, forty instructions each, in which the
// optimiser has to find the vector again: it often does, and takes its time.
typedef double FlowDoubles __attribute__((ext_vector_type(8)));
typedef long long FlowWholes __attribute__((ext_vector_type(8)));
typedef bool FlowMask __attribute__((ext_vector_type(8)));

#define FLOW_OPERATION static inline __attribute__((always_inline))

FLOW_OPERATION FlowDoubles flow_repeating(double x) { return x; }
FLOW_OPERATION FlowDoubles flow_sum(FlowDoubles a, FlowDoubles b) { return a + b; }
FLOW_OPERATION FlowDoubles flow_difference(FlowDoubles a, FlowDoubles b) { return a - b; }
FLOW_OPERATION FlowDoubles flow_product(FlowDoubles a, FlowDoubles b) { return a * b; }
FLOW_OPERATION FlowDoubles flow_quotient(FlowDoubles a, FlowDoubles b) { return a / b; }
// 0 - a: of zero the negative is zero, without a sign.
FLOW_OPERATION FlowDoubles flow_negative(FlowDoubles a) { return 0 - a; }
// a b + c, rounded once.
FLOW_OPERATION FlowDoubles flow_fused(FlowDoubles a, FlowDoubles b, FlowDoubles c) {
  return __builtin_elementwise_fma(a, b, c);
}
FLOW_OPERATION FlowDoubles flow_root(FlowDoubles a) { return __builtin_elementwise_sqrt(a); }
// Where a < b the first, elsewhere the second.
FLOW_OPERATION FlowDoubles flow_chosen(FlowDoubles a, FlowDoubles b, FlowDoubles first, FlowDoubles second) {
  return a < b ? first : second;
}
FLOW_OPERATION int flow_any_below(FlowDoubles a, FlowDoubles b) {
  return __builtin_reduce_or(__builtin_convertvector(a < b, FlowMask));
}
FLOW_OPERATION int flow_all_below(FlowDoubles a, FlowDoubles b) {
  return __builtin_reduce_and(__builtin_convertvector(a < b, FlowMask));
}

// p 2^n for the whole number n in the low bits of 1.5 * 2^52 + n, in two steps, so that a subnormal result is
// rounded once.
FLOW_OPERATION FlowDoubles flow_scaled_by_power(FlowDoubles p, FlowDoubles shifted) {
  // A shift by 52 drops all but the low bits.
  FlowWholes whole = (FlowWholes)shifted;
  FlowWholes bias = 1023ll << 52;
  FlowWholes low = ((whole >> 1) << 52) + bias;
  FlowWholes high = (whole << 52) - low + bias + bias;
  return p * (FlowDoubles)low * (FlowDoubles)high;
}

// Square roots of sixteen floats, correctly rounded. Swift's own goes through the library's function,
// lane by lane, since that may set errno.
typedef float FlowFloats __attribute__((ext_vector_type(16)));

FLOW_OPERATION FlowFloats flow_square_roots(FlowFloats x) {
  return __builtin_elementwise_sqrt(x);
}

#endif
