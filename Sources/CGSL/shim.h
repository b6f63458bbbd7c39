// The GNU Scientific Library as a Swift module. GSL's stepper types are global variables, which Swift 6
// does not let concurrent code read; each gets a function here.

#ifndef CGSL_SHIM_H
#define CGSL_SHIM_H

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_odeiv2.h>
#include <gsl/gsl_sf.h>

#define CGSL_STEP_TYPE(name)                                              \
  static inline const gsl_odeiv2_step_type *cgsl_step_##name(void) {      \
    return gsl_odeiv2_step_##name;                                        \
  }

CGSL_STEP_TYPE(rk2)
CGSL_STEP_TYPE(rk4)
CGSL_STEP_TYPE(rkf45)
CGSL_STEP_TYPE(rkck)
CGSL_STEP_TYPE(rk8pd)
CGSL_STEP_TYPE(rk1imp)
CGSL_STEP_TYPE(rk2imp)
CGSL_STEP_TYPE(rk4imp)
CGSL_STEP_TYPE(bsimp)
CGSL_STEP_TYPE(msadams)
CGSL_STEP_TYPE(msbdf)

#undef CGSL_STEP_TYPE

#endif
