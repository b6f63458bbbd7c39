"""Reference values for flow matching, from definitions, in ball arithmetic."""


def all_jobs():
    """Everything there is to generate: (paths below Fixtures/, function, arguments)."""
    from . import (
        cases_conditional, cases_continuous, cases_couplings, cases_deficient, cases_entropic, cases_few_steps, cases_fields,
        cases_flows, cases_grids, cases_integrate, cases_large, cases_level_flows, cases_levels, cases_likelihoods, cases_limits, cases_marginal,
        cases_normalised, cases_paths, cases_rates, cases_residual, cases_scales, cases_sharp, cases_small, cases_sources, cases_steps,
        cases_transport, cases_unequal)

    out = []
    for module in (
            cases_paths, cases_conditional, cases_marginal, cases_residual, cases_fields, cases_grids,
            cases_continuous, cases_sources, cases_transport, cases_entropic, cases_steps, cases_flows, cases_likelihoods,
            cases_large, cases_unequal, cases_small, cases_normalised, cases_scales, cases_deficient, cases_rates, cases_couplings,
            cases_sharp, cases_limits, cases_levels, cases_level_flows, cases_few_steps, cases_integrate):
        out += module.jobs()
    return out
