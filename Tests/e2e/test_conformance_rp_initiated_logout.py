"""The modules of the plan RP-Initiated Logout: who may be sent where when they sign out."""

import pytest
from support.conformance_checks import unsigned
from support.conformance_discovery import check_discovery
from support.conformance_logout import RETURNED, Leaver, forged

pytestmark = pytest.mark.plans("rp_initiated_logout")


@pytest.fixture(scope="module")
def leaver(leavers) -> Leaver:
    return leavers("Leaving")


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(provider, plan):
    document = check_discovery(provider.url)
    assert document["end_session_endpoint"].startswith(document["issuer"] + "/")


def test_oidcc_rp_initiated_logout(leaver, plan):
    flow = leaver.flow()
    assert leaver.is_signed_in()
    leaver.returns(leaver.parameters(flow))
    leaver.check_over()


@pytest.mark.choice("signed out, on our page")
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(leaver, plan):
    bad = leaver.listener.url + RETURNED + "-elsewhere"
    leaver.stays(leaver.parameters(leaver.flow(), post_logout_redirect_uri=bad), asks=False)
    leaver.check_over()


@pytest.mark.choice("the person is asked, and stays on our page")
def test_oidcc_rp_initiated_logout_modified_id_token_hint(leaver, plan):
    flow = leaver.flow()
    leaver.stays(leaver.parameters(flow, id_token_hint=unsigned(flow.claims)), asks=True)
    leaver.check_over()


@pytest.mark.choice("the person is asked, and stays on our page")
def test_oidcc_rp_initiated_logout_bad_id_token_hint(leaver, plan):
    flow = leaver.flow()
    hint = forged(flow.tokens["id_token"], flow.claims)
    leaver.stays(leaver.parameters(flow, id_token_hint=hint), asks=True)
    leaver.check_over()


@pytest.mark.choice("the person is asked, and stays on our page")
def test_oidcc_rp_initiated_logout_no_id_token_hint(leaver, plan):
    leaver.stays(leaver.parameters(leaver.flow(), id_token_hint=None), asks=True)
    leaver.check_over()


@pytest.mark.choice("the person is asked")
def test_oidcc_rp_initiated_logout_no_params(leaver, plan):
    leaver.flow()
    leaver.stays({}, asks=True)
    leaver.check_over()


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(leaver, plan):
    leaver.stays(leaver.parameters(leaver.flow(), post_logout_redirect_uri=None), asks=False)
    leaver.check_over()


def test_oidcc_rp_initiated_logout_no_state(leaver, plan):
    leaver.returns(leaver.parameters(leaver.flow(), state=None))
    leaver.check_over()


@pytest.mark.choice("the person is asked")
def test_oidcc_rp_initiated_logout_only_state(leaver, plan):
    flow = leaver.flow()
    leaver.stays({"state": leaver.parameters(flow)["state"]}, asks=True)
    leaver.check_over()


@pytest.mark.choice("signed out, on our page")
def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(leaver, plan):
    added = leaver.listener.url + RETURNED + "?foo=bar"
    leaver.stays(leaver.parameters(leaver.flow(), post_logout_redirect_uri=added), asks=False)
    leaver.check_over()
