// The library FFTW (the fastest Fourier transform in the West) as a Swift module. Flags are macros with
// casts, which Swift does not import; each gets a constant here.

#ifndef CFFTW_SHIM_H
#define CFFTW_SHIM_H

#include <fftw3.h>

// Plans are chosen without timing anything, so that a transform has the same bits in every run, and for
// arrays at any address.
static const unsigned cfftw_flags = FFTW_ESTIMATE | FFTW_UNALIGNED;

#endif
