from components.cluster.proxy import Proxy, unit_environment


def test_without_a_proxy_a_unit_gets_no_environment() -> None:
    assert unit_environment(Proxy(direct=("example.com",)), ["10.96.0.0/12"]) == ""


def test_what_belongs_to_the_cluster_never_goes_through_the_proxy() -> None:
    proxy = Proxy(http="http://proxy:3128", direct=("192.0.2.0/24",))
    lines = unit_environment(proxy, ["api.x.internal", "10.96.0.0/12"]).splitlines()
    direct = next(line for line in lines if "NO_PROXY" in line).split("=", 2)[2].rstrip('"')
    assert direct.split(",") == [
        "127.0.0.1",
        "localhost",
        ".svc",
        ".cluster.local",
        "api.x.internal",
        "10.96.0.0/12",
        "192.0.2.0/24",
    ]


def test_only_the_proxies_that_are_given_are_set() -> None:
    text = unit_environment(Proxy(https="http://proxy:3128"), [])
    assert 'Environment="HTTPS_PROXY=http://proxy:3128"' in text
    assert 'Environment="https_proxy=http://proxy:3128"' in text
    assert "HTTP_PROXY=" not in text
