// What the compiler may assume of the machine's vector unit. The same flags reach Swift's code
// generation (-Xcc -march=native), so these constants choose tile shapes at compile time.
#ifndef FLOW_VECTOR_UNIT_H
#define FLOW_VECTOR_UNIT_H

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

// Square roots of sixteen floats, correctly rounded. Swift's own goes through the library's function,
// lane by lane, since that may set errno.
typedef float FlowFloats __attribute__((ext_vector_type(16)));

static inline __attribute__((always_inline)) FlowFloats flow_square_roots(FlowFloats x) {
  return __builtin_elementwise_sqrt(x);
}

#endif
