"""Reference values for flow matching, from definitions, in ball arithmetic."""


def all_jobs():
    """Everything there is to generate: (paths below Fixtures/, function, arguments)."""
    from . import (
        cases_conditional, cases_continuous, cases_entropic, cases_fields, cases_flows, cases_grids, cases_large,
        cases_likelihoods, cases_marginal, cases_paths, cases_residual, cases_sources, cases_steps, cases_transport, cases_unequal)

    out = []
    for module in (
            cases_paths, cases_conditional, cases_marginal, cases_residual, cases_fields, cases_grids,
            cases_continuous, cases_sources, cases_transport, cases_entropic, cases_steps, cases_flows, cases_likelihoods,
            cases_large, cases_unequal):
        out += module.jobs()
    return out
