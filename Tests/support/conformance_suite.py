"""What the OpenID Foundation's own suite said of one run, in its own words: apart from what our tests show.

PASSED and FAILED are its judgement. WARNING: something that the specifications recommend is missing. REVIEW: a person has to look at
a screenshot. SKIPPED: the suite asks for something that is not offered here.
"""

# Six plans with static clients, 86 modules, of which one failed.
RUN = "29 November 2026, commit e17faed"

# Of the 38 modules of the two large plans the suite runs 35 with static clients.
_NOT_STATIC = (
    "oidcc-idtoken-unsigned",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
)
_REQUEST_OBJECT = "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported"

# The run counted the others among those that hold; which of its words it had for them was not written down.
HOLDS = "holds"

_BOTH = {
    **dict.fromkeys(_NOT_STATIC, "not run"),
    **dict.fromkeys(("oidcc-server", "oidcc-scope-profile", "oidcc-scope-email", "oidcc-alternate-happy-flow"), "WARNING"),
    **dict.fromkeys(("oidcc-scope-address", "oidcc-scope-phone", "oidcc-scope-all"), "SKIPPED"),
}

# Where it ends on a page of ours, which a person looks at.
_LOGOUT = dict.fromkeys(
    [f"oidcc-rp-initiated-logout-{name}" for name in (
        "bad-post-logout-redirect-uri", "modified-id-token-hint", "no-id-token-hint", "no-params", "no-post-logout-redirect-uri",
        "only-state", "query-added-to-post-logout-redirect-uri", "bad-id-token-hint")], "REVIEW")

_WORDS = {
    "basic": _BOTH | {_REQUEST_OBJECT: "SKIPPED"},
    "form_post": _BOTH | {_REQUEST_OBJECT: "FAILED"},
    "rp_initiated_logout": _LOGOUT,
}


def word(plan: str, module: str) -> str:
    """What the suite called the module in that run."""
    return _WORDS.get(plan, {}).get(module, HOLDS)
