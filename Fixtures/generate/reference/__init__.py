"""Reference values for flow matching, from definitions, in ball arithmetic."""


def all_jobs():
    """Everything there is to generate: (paths below Fixtures/, function, arguments)."""
    from . import cases_conditional, cases_marginal, cases_paths

    return cases_paths.jobs() + cases_conditional.jobs() + cases_marginal.jobs()
